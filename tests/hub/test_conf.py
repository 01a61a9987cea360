"""The factory behind the conf files: the network for each name, and its parameter names."""

from __future__ import annotations

from pathlib import Path

import pytest
from entries import CN_WIKI, SST2, assert_same_values, exchange, publish_as, values

from tinybert import TinyBertForSequenceClassification, TinyBertModel
from tinybert.checkpoint import read_checkpoint, save_checkpoint
from tinybert.errors import ConfigError, IntegrityError, OfflineError, UnknownModuleError
from tinybert.hub import find_module, install, publish
from tinybert.hub.cache import HubCache
from tinybert.hub.conf import create_network
from tinybert.weights import checkpoint_of

REPOSITORY = Path(__file__).resolve().parents[2]
SIZES = {"vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "intermediate_size": 32}


@pytest.fixture
def add(make_encoder, tmp_path):
    """A function that publishes a small encoder; returns its module."""

    def add(uid="somebody/1.0/mine", seed=0, cache=None):
        file = save_checkpoint(checkpoint_of(make_encoder(seed)), tmp_path / "source.ckpt")
        return publish_as(file, uid, config={"num_attention_heads": 4}, cache=cache)

    return add


@pytest.mark.parametrize("name", ["tinybert", "TinyBERT", "TinyBertModel", "mine", "Mine", True, False])
def test_the_names_of_the_module_itself(add, make_encoder, name):
    network = create_network(add().paths.code, name)
    assert_same_values(network, make_encoder())
    assert network.training is (name is True)


def test_the_file_beside_the_code_is_taken_whichever_cache_that_is(add, make_encoder, tmp_path, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    code = add(cache=HubCache(tmp_path / "other")).paths.code
    for name in ("tinybert", "mine"):
        assert_same_values(create_network(code, name), make_encoder())


def test_the_published_file_beside_the_code_is_taken_likewise(make_encoder, tmp_path, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    encoder = make_encoder(num_attention_heads=12)
    file = save_checkpoint(checkpoint_of(encoder), tmp_path / "file.ckpt")
    exchange(monkeypatch, CN_WIKI, file)
    code = install(CN_WIKI, checkpoint=file, cache=HubCache(tmp_path / "other")).code
    assert_same_values(create_network(code), encoder)


def test_a_name_means_the_card_beside_the_code(add, make_encoder):
    mine = add()
    add("somebody/1.0/other", seed=3)
    (mine.paths.folder / "README.md").write_text("# Notes\n")
    assert_same_values(create_network(mine.paths.code, "other"), make_encoder(seed=3))
    assert_same_values(create_network(mine.paths.code, "tinybert"), make_encoder())


def test_in_a_checkout_the_module_is_the_published_one(monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    with pytest.raises(OfflineError) as caught:
        create_network(REPOSITORY)
    assert str(find_module(CN_WIKI).paths.asset) in str(caught.value)
    with pytest.raises(OfflineError, match="enwiki128_sst2"):
        create_network(REPOSITORY, "tinybert_enwiki128_sst2")


def test_an_unknown_name_is_told_the_known_ones(add):
    code = add().paths.code
    with pytest.raises(UnknownModuleError) as caught:
        create_network(code, "bert")
    message = str(caught.value)
    assert message.startswith("no network is called 'bert'; known are tinybert, mine, tinybert_enwiki128_mnli, ")
    assert message.count("tinybert_enwiki128_sst2") == 1


@pytest.mark.parametrize("pretrained", [True, False])
def test_an_unknown_keyword_is_told_the_known_ones(pretrained):
    with pytest.raises(ConfigError) as caught:
        create_network(REPOSITORY, is_trainning=False, pretrained=pretrained)
    for word in ("'is_trainning'", "is_training", "pretrained", "checkpoint", "seq_length", "hidden_act"):
        assert word in str(caught.value)


def test_a_name_that_is_no_text():
    with pytest.raises(ConfigError, match="name is a int; it must be the name of a network"):
        create_network(REPOSITORY, 3)


def test_without_weights_the_parameters_are_called_as_in_the_file(add, make_encoder, tmp_path):
    network = create_network(add().paths.code, "mine", pretrained=False)
    assert type(network) is TinyBertModel
    file = find_module("somebody/1.0/mine").paths.asset
    assert {p.name for p in network.get_parameters()} == set(
        read_checkpoint(file, num_attention_heads=4).names.values()
    )

    head = create_network(REPOSITORY, "tinybert_enwiki128_sst2", pretrained=False, **SIZES)
    assert type(head) is TinyBertForSequenceClassification
    assert head.labels == ("0", "1")
    file = save_checkpoint(
        checkpoint_of(TinyBertForSequenceClassification(make_encoder(), 2)), tmp_path / "h.ckpt", layout="later"
    )
    names = read_checkpoint(file, num_attention_heads=4, head_act="relu").names
    assert {p.name for p in head.get_parameters()} == {*names.values()}
    assert "bert.bert_embedding_lookup.embedding_table" in {p.name for p in head.get_parameters()}
    assert find_module(SST2).layout == "later"


def test_the_length_of_the_published_signature_does_not_contradict_a_shorter_network(add):
    code = add().paths.code
    assert create_network(code, seq_length=128).config.seq_length == 16
    assert create_network(code, seq_length=8).config.seq_length == 8


def test_a_wrong_file_is_never_loaded(add):
    module = add()
    module.paths.asset.write_bytes(module.paths.asset.read_bytes() + b"\0")
    with pytest.raises(IntegrityError, match="publish the module again from its source"):
        create_network(module.paths.code)
    assert module.paths.asset.exists(), "it cannot be had again from anywhere"


def test_another_checkpoint(add, make_encoder, tmp_path):
    code = add().paths.code
    file = save_checkpoint(checkpoint_of(make_encoder(seed=9)), tmp_path / "other.ckpt")
    assert_same_values(create_network(code, checkpoint=file), make_encoder(seed=9))
    assert_same_values(create_network(code), make_encoder())


def test_a_module_that_is_called_like_the_code_is_itself_whatever_was_published_last():
    """Modules of the same version share the code folder, which contains the card of only one of them."""
    from small_modules import small_model

    own = publish(**small_model(1), uid="me/1.0/tinybert")
    other = publish(**small_model(2), uid="me/1.0/other")
    assert own.paths.code == other.paths.code
    for module in (own, other):
        network = create_network(module.paths.code, module.card.model_name)
        wanted = module.checkpoint().tensors
        assert {name: array.tobytes() for name, array in values(network).items()} == {
            name: array.tobytes() for name, array in wanted.items()
        }
