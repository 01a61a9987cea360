"""A module's network is determined by its file, whatever the card says; without weights, by the card."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from entries import assert_same_values, values

from tinybert import (
    Task,
    TinyBertConfig,
    TinyBertForMaskedLM,
    TinyBertForQuestionAnswering,
    TinyBertForSequenceClassification,
    TinyBertForTokenClassification,
    TinyBertModel,
)
from tinybert.checkpoint import save_checkpoint, save_folder, save_huggingface
from tinybert.errors import CheckpointError, ConfigError, OfflineError
from tinybert.hub import Module
from tinybert.hub.building import build
from tinybert.hub.cache import HubCache
from tinybert.hub.card import Asset
from tinybert.hub.integrity import sha256_of
from tinybert.hub.registry import published
from tinybert.text import BertTokenizer, Vocabulary
from tinybert.weights import build_network, checkpoint_of

UID = "somebody/1.0/mine"
SIZES = {
    "vocab_size": 50,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "max_position_embeddings": 16,
    "seq_length": 16,
}


@pytest.fixture
def make_module():
    """A function that makes a module with or without a file."""

    def make_module(file=None, file_format="ckpt", **changes):
        name = file.name if file else "mine.ckpt"
        asset = Asset(file_format, f"https://example.com/{name}", sha256_of(file) if file else "0" * 64)
        settings = {"num_attention_heads": "4"}
        facts = {"model_name": "mine", "assets": (asset,), "network_config": settings, **changes}
        card = dataclasses.replace(published()["mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"].card, **facts)
        paths = HubCache().entry(UID, card)
        if file:
            paths.folder.mkdir(parents=True, exist_ok=True)
            paths.asset.write_bytes(file.read_bytes())
        return Module(UID, card, paths)

    return make_module


@pytest.fixture
def save(tmp_path):
    """A function that saves a network and returns the file."""
    return lambda network, name="mine.ckpt", **options: save_checkpoint(
        checkpoint_of(network), tmp_path / name, **options
    )


def test_with_weights_the_file_tells_the_sizes(make_module, save, make_encoder):
    encoder = make_encoder()
    network = build(make_module(save(encoder)))
    assert type(network) is TinyBertModel
    assert_same_values(network, encoder)
    assert network.config.to_dict().items() >= SIZES.items()
    assert not network.training
    assert all(parameter.requires_grad for parameter in network.get_parameters())


def test_without_weights_the_card_and_the_caller_tell_them(make_module):
    network = build(make_module(), pretrained=False, **SIZES)
    assert network.config == TinyBertConfig(**SIZES)
    settings = {name: str(value) for name, value in SIZES.items()}
    module = make_module(network_config=settings)
    changed = build(module, True, pretrained=False, vocab_size=60, seq_length=8, compute_type="float32")
    assert changed.config == TinyBertConfig(**{**SIZES, "vocab_size": 60, "seq_length": 8, "compute_type": "float32"})
    assert changed.training


def test_untrained_weights_are_drawn_also_after_a_load(make_module, save, make_encoder):
    module = make_module(save(make_encoder()))
    build(module)
    arrays = values(build(module, pretrained=False, **SIZES))
    assert (arrays["dense.bias"] == 0).all()
    assert (arrays["tinybert_encoder.layers.1.output.layernorm.gamma"] == 1).all()
    assert 0.015 < arrays["dense.weight"].std() < 0.025
    again = values(build(module, pretrained=False, **SIZES))
    assert not np.array_equal(arrays["dense.weight"], again["dense.weight"])


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        ("sequence-classification", TinyBertForSequenceClassification),
        ("token-classification", TinyBertForTokenClassification),
    ],
)
def test_a_head_is_loaded_with_its_labels(make_module, save, make_encoder, task, kind):
    head = kind(make_encoder(), 3)
    labels = ("contradiction", "entailment", "neutral")
    network = build(make_module(save(head), task=task, labels=labels))
    assert type(network) is kind
    assert network.labels == labels
    assert_same_values(network, head)
    untrained = build(make_module(task=task, labels=labels), pretrained=False, **SIZES)
    assert type(untrained) is kind
    assert (untrained.labels, untrained.num_labels) == (labels, 3)


def test_a_head_for_questions(make_module, save, make_encoder):
    head = TinyBertForQuestionAnswering(make_encoder())
    module = make_module(save(head), task="question-answering")
    assert type(build(module)) is type(build(module, pretrained=False, **SIZES)) is TinyBertForQuestionAnswering
    assert_same_values(build(module), head)


def test_a_card_that_says_encoder_cannot_hide_a_head(make_module, save, make_encoder, fill):
    head = fill(TinyBertForSequenceClassification(make_encoder(), 3))
    network = build(make_module(save(head), task="encoder"))
    assert type(network) is TinyBertForSequenceClassification
    assert_same_values(network, head)


def test_a_card_that_says_classifier_cannot_invent_a_head(make_module, save, make_encoder):
    module = make_module(save(make_encoder()), task="sequence-classification", labels=("no", "yes"))
    assert type(build(module)) is TinyBertModel


def test_labels_that_do_not_fit_the_head_are_left_out_with_a_warning(make_module, save, make_encoder):
    head = TinyBertForSequenceClassification(make_encoder(), 3)
    module = make_module(save(head), task="sequence-classification", labels=("no", "yes"))
    with pytest.warns(UserWarning, match=f"{UID}: the card names 2 labels, but the checkpoint has 3"):
        assert build(module).labels == ()


def test_another_checkpoint_takes_the_place_of_the_module_s_own(make_module, save, make_encoder, tmp_path, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    module, other = make_module(), make_encoder(seed=7)
    with pytest.raises(OfflineError):
        build(module)
    for file in (
        save(other),
        save(other, "o.safetensors", layout="later"),
        save_huggingface(checkpoint_of(other), tmp_path / "hf"),
    ):
        assert_same_values(build(module, checkpoint=str(file)), other)
    assert_same_values(build(module, pretrained=False, checkpoint=save(other)), other)


def test_a_folder_that_takes_the_place_of_a_module_s_checkpoint_keeps_its_own_task(make_module, make_encoder, tmp_path):
    head = TinyBertForSequenceClassification(make_encoder(), 3, labels=("dull", "fine", "great"))
    tokenizer = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]"), do_lower_case=True))
    folder = save_folder(checkpoint_of(head), tmp_path / "own", tokenizer=tokenizer)
    module = make_module(task="sequence-classification", labels=("a", "b", "c"))
    assert build(module, checkpoint=str(folder)).labels == ("dull", "fine", "great")


def test_a_safetensors_file_may_be_published_as_a_checkpoint(make_module, save, make_encoder):
    assert_same_values(build(make_module(save(make_encoder(), "mine.safetensors"))), make_encoder())


def test_sizes_that_contradict_the_file_are_refused(make_module, save, make_encoder):
    with pytest.raises(CheckpointError, match="hidden_size is 24 by its shapes, but 48 was declared"):
        build(make_module(save(make_encoder())), hidden_size=48)


def test_another_format_is_refused_before_anything_is_fetched(make_module):
    with pytest.raises(CheckpointError, match="published as mindir; only ckpt"):
        build(make_module(file_format="mindir"))


def test_options_of_the_network(make_module, save, make_encoder, make_inputs):
    import mindspore as ms

    module = make_module(save(make_encoder()))
    assert build(module, compute_type=ms.float16).config.compute_type == "float16"
    network = build(module, seq_length=8, return_all_encoders=False, hidden_dropout_prob=0.3, is_training=True)
    assert (network.config.seq_length, network.config.hidden_dropout_prob, network.training) == (8, 0.3, True)
    network.set_train(False)
    assert len(network(*make_inputs())) == 3


@pytest.mark.parametrize("arguments", [{"is_training": 1}, {"is_training": "False"}, {"pretrained": None}])
def test_what_is_neither_true_nor_false_is_refused(make_module, arguments):
    with pytest.raises(ConfigError, match="must be True or False"):
        build(make_module(), **arguments)


def test_an_unknown_keyword_is_told_the_known_ones(make_module):
    for pretrained in (False, True):
        with pytest.raises(ConfigError, match=r"unknown keyword 'vocabsize'; known are is_training, .*, vocab_size"):
            build(make_module(), pretrained=pretrained, vocabsize=3)


def test_a_head_of_pre_training_is_left_out_unless_the_card_declares_it(make_module, save, tmp_path, tiny_config):
    network = build_network(tiny_config, Task("masked-language-modeling"))
    folder = save_huggingface(checkpoint_of(network), tmp_path / "theirs")
    file = save(network)
    for built in (
        build(make_module(file)),
        build(make_module(), checkpoint=file),
        build(make_module(), checkpoint=folder),
    ):
        assert type(built) is TinyBertModel
        assert_same_values(built, network.bert)
    declared = build(make_module(file, task="masked-language-modeling"))
    assert type(declared) is TinyBertForMaskedLM
    assert_same_values(declared, network)
