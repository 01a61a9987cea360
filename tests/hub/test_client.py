"""The substitute package `mindspore_hub`, with the official client's names and signatures."""

from __future__ import annotations

import inspect
import json
import os
import re
import textwrap
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from entries import CN_WIKI, MNLI, SST2, assert_same_values, exchange

import mindspore_hub as mshub
from tinybert import DEFAULT_MODEL, TinyBertForSequenceClassification, TinyBertModel
from tinybert.checkpoint import save_checkpoint
from tinybert.errors import CardError, HubError, IntegrityError, UnknownModuleError
from tinybert.hub import find_module, get_hub_dir, list_uids, publish, read_card, set_hub_dir
from tinybert.hub.card import render_card
from tinybert.hub.integrity import sha256_of
from tinybert.weights import checkpoint_of

OWN = "somebody/1.0/mine"


@pytest.fixture
def encoder(make_encoder):
    return make_encoder(num_attention_heads=12)


@pytest.fixture
def file(encoder, tmp_path):
    return save_checkpoint(checkpoint_of(encoder), tmp_path / "given.ckpt")


@pytest.fixture
def put(monkeypatch):
    """A function that makes a file the declared one of a published module and puts it into the cache."""

    def put(uid, file):
        exchange(monkeypatch, uid, file)
        target = find_module(uid).paths.asset
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        return target

    return put


def test_the_signatures_are_the_official_ones():
    def defaults(function):
        return {
            name: p.default for name, p in inspect.signature(function).parameters.items() if p.default is not p.empty
        }

    assert list(inspect.signature(mshub.load).parameters) == [
        "name",
        "args",
        "source",
        "pretrained",
        "force_reload",
        "kwargs",
    ]
    assert defaults(mshub.load) == {"source": "gitee", "pretrained": True, "force_reload": False}
    assert list(inspect.signature(mshub.manage.set_hub_dir).parameters) == ["dir_path"]


def test_load_gives_the_file_s_weights(put, file, encoder):
    put(CN_WIKI, file)
    assert_same_values(mshub.load(CN_WIKI, is_training=False), encoder)
    address = f"https://gitee.com/mindspore/hub/raw/master/mshub_res/assets/{CN_WIKI}.md"
    assert_same_values(mshub.load(address, True, source="github"), encoder)


def test_two_loads_share_nothing(put, file, encoder):
    put(CN_WIKI, file)
    first = mshub.load(CN_WIKI)
    first.dense.bias.set_data(first.dense.bias + 1)
    assert_same_values(mshub.load(CN_WIKI), encoder)


def test_both_uids_of_one_file_load_it(put, file, encoder, monkeypatch):
    put(CN_WIKI, file)
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    assert_same_values(mshub.load("mindspore/ascend/1.0/tinybert_v1.0_en-wiki"), encoder)


@pytest.mark.parametrize(("uid", "labels"), [(SST2, ("0", "1")), (MNLI, ("contradiction", "entailment", "neutral"))])
def test_a_task_asset_comes_with_its_head_and_its_labels(put, encoder, tmp_path, uid, labels):
    head = TinyBertForSequenceClassification(encoder, len(labels))
    put(uid, save_checkpoint(checkpoint_of(head), tmp_path / "head.ckpt", layout="later"))
    network = mshub.load(uid)
    assert type(network) is TinyBertForSequenceClassification
    assert network.labels == labels
    assert_same_values(network, head)


@pytest.mark.parametrize(
    ("uid", "kind"),
    [(CN_WIKI, TinyBertModel), ("mindspore/1.10/tinybert_enwiki128_qnli", TinyBertForSequenceClassification)],
)
def test_untrained_networks_need_no_file(uid, kind, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    network = mshub.load(uid, pretrained=False, vocab_size=50)
    assert type(network) is kind
    assert (network.config.hidden_size, network.config.num_hidden_layers) == (384, 4)
    assert not Path(get_hub_dir()).exists()


def test_force_reload_heals_a_damaged_file_in_one_call(file, encoder, server, monkeypatch):
    server.files["/tinybert.ckpt"] = file.read_bytes()
    exchange(monkeypatch, CN_WIKI, file, link=server.url("/tinybert.ckpt"))
    mshub.load(CN_WIKI)
    target = find_module(CN_WIKI).paths.asset
    target.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(IntegrityError):
        mshub.load(CN_WIKI)
    target.write_bytes(file.read_bytes()[:-1])
    assert_same_values(mshub.load(CN_WIKI, force_reload=True), encoder)
    assert len(server.requests) == 2
    mshub.load(CN_WIKI, force_reload=True)
    assert len(server.requests) == 2, "a file whose hash is right is not fetched again"


def test_a_card_by_its_path(make_encoder, tmp_path):
    module = publish(checkpoint_of(make_encoder()), OWN)
    moved = tmp_path / "moved"
    module.paths.folder.rename(moved)
    assert_same_values(mshub.load(str(moved / "mine.md"), source="local"), make_encoder())
    with pytest.raises(UnknownModuleError):
        mshub.load(OWN)


def test_every_published_card_is_loaded_by_its_path(encoder, tmp_path, server, monkeypatch):
    """The real files have other hashes, so each card gets the hash of a small network, served at its address."""
    head = TinyBertForSequenceClassification(encoder, 2)
    file = save_checkpoint(checkpoint_of(head), tmp_path / "head.ckpt", layout="later")
    monkeypatch.setenv("MSHUB_MIRROR", server.url(""))
    headers = json.loads(Path(__file__).with_name("card").joinpath("published_headers.json").read_text("utf-8"))
    cards = {uid: header for uid, header in headers.items() if "/tinybert_" in uid}
    assert len(cards) == 21
    for uid, header in cards.items():
        path = tmp_path / uid / "card.md"
        path.parent.mkdir(parents=True)
        path.write_text(f"# TinyBERT\n---\n{re.sub('[0-9a-f]{64}', sha256_of(file), header)}\n---\n")
        asset = read_card(path).asset
        server.files[urlsplit(asset.link).path] = file.read_bytes()
        assert_same_values(mshub.load(str(path), source="local", is_training=False), head)
        assert (path.parent / asset.file_name).is_file()


@pytest.mark.parametrize(("old", "new"), [("[0-9a-f]{64}", "77dcaf0f"), ("https://download", "http://download")])
def test_a_card_that_cannot_say_which_file_is_meant_loads_nothing(old, new, tmp_path):
    text = render_card(find_module(SST2).card)
    path = tmp_path / "card.md"
    path.write_text(re.sub(old, new, text))
    with pytest.raises(CardError, match="cannot be obtained"):
        mshub.load(str(path), source="local")


def test_load_weights_gives_the_file_s_own_names(put, encoder, tmp_path):
    head = TinyBertForSequenceClassification(encoder, 2)
    put(SST2, save_checkpoint(checkpoint_of(head), tmp_path / "head.ckpt", layout="later"))
    weights = mshub.load_weights(SST2)
    assert len(weights) == len(head.trainable_params())
    table = weights["bert.bert_embedding_lookup.embedding_table"]
    assert table.name == "bert.bert_embedding_lookup.embedding_table"
    np.testing.assert_array_equal(table.asnumpy(), encoder.embedding_table.asnumpy())


def test_load_weights_reads_safetensors_too(put, encoder, tmp_path, server, monkeypatch):
    file = save_checkpoint(checkpoint_of(encoder), tmp_path / "m.safetensors")
    server.files["/m.safetensors"] = file.read_bytes()
    exchange(monkeypatch, CN_WIKI, file, link=server.url("/m.safetensors"))
    assert len(mshub.load_weights(CN_WIKI)) == len(encoder.trainable_params())


def test_hub_list_names_the_packages_own_and_published_modules_and_those_in_the_cache(make_encoder, tmp_path):
    names = {uid.rsplit("/", 1)[-1] for uid in (DEFAULT_MODEL, *list_uids())}
    assert mshub.hub_list() == sorted(names)
    publish(checkpoint_of(make_encoder()), OWN)
    assert mshub.hub_list() == sorted({*names, "mine"})
    assert mshub.hub_list("1.0") == ["mine", "tinybert-en", "tinybert_v1.0_cn-wiki", "tinybert_v1.0_en-wiki"]
    assert mshub.hub_list("r1.10") == mshub.hub_list("1.10") == sorted(n for n in names if n.startswith("tinybert_enw"))
    assert mshub.hub_list("9.9") == []
    for version in (None, "master", "r1.8"):
        assert mshub.hub_list(version, True) == mshub.hub_list(version, False)
    assert mshub.hub_list("master") == mshub.hub_list()


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: mshub.load("https://www.example.org"), ValueError),
        (lambda: mshub.load("test/test/test"), ValueError),
        (lambda: mshub.load("mindspore/gpu/0.6/test"), ValueError),
        (lambda: mshub.load("https://gitee.com/mindspore/hub/raw/master/mshub_res/assets/mindspore"), ValueError),
        (lambda: mshub.load(1), TypeError),
        (lambda: mshub.load("mindspore/ascend/0.7/googlenet_v1_cifar10", pretrained="True"), TypeError),
        (lambda: mshub.load("mindspore/ascend/0.7/googlenet_v1_cifar10", force_reload=1.0), TypeError),
        (lambda: mshub.load(CN_WIKI, source="gitlab"), ValueError),
        (lambda: mshub.load_weights(CN_WIKI, force_reload="no"), TypeError),
        (lambda: mshub.hub_list(1.8), TypeError),
        (lambda: mshub.hub_list(force_reload=None), TypeError),
    ],
)
def test_the_errors_are_those_that_users_of_the_official_client_catch(call, kind):
    with pytest.raises(HubError) as caught:
        call()
    assert isinstance(caught.value, kind)


def test_what_is_imported_from_the_official_client_s_modules(fresh_python):
    code = """
        from mindspore_hub.load import load, load_weights
        from mindspore_hub.list import hub_list
        from mindspore_hub.manage import get_hub_dir
        import mindspore_hub
        import mindspore_hub.load
        assert mindspore_hub.load is load and mindspore_hub.hub_list is hub_list
        assert mindspore_hub.info.CellInfo
    """
    fresh_python("-c", textwrap.dedent(code))


def test_info_has_the_facts_of_a_card(tmp_path):
    info = mshub.info.CellInfo(Path(__file__).parent / "card_as_published.md")
    assert (info.name, info.type, info.fine_tunable, info.dataset) == ("tinybert", "nlp", True, "cn-wiki")
    assert (info.input_shape, info.backend, info.asset_id) == ([[1, 128]] * 3, "ascend", 0)
    assert info.asset[0].keys() == {"file-format", "asset-link", "asset-sha256"}
    header = json.loads(Path(__file__).with_name("card").joinpath("published_headers.json").read_text("utf-8"))[MNLI]
    path = tmp_path / "card.md"
    path.write_text(f"---\n{header}\n---\n")
    info.update(path)
    assert (info.model_version, info.input_shape, info.backend) == ("1.3", None, None)
    with pytest.raises(ValueError, match="cannot be read"):
        mshub.info.CellInfo(tmp_path / "gone.md")


def test_the_folder_of_the_cache(tmp_path, monkeypatch, put, file):
    assert mshub.manage.get_hub_dir() == os.environ["MSHUB_CACHE"]
    mshub.manage.set_hub_dir(str(tmp_path / "chosen"))
    assert mshub.manage.get_hub_dir() == str(tmp_path / "chosen")
    assert put(CN_WIKI, file).is_relative_to(tmp_path / "chosen")
    mshub.load(CN_WIKI)
    mshub.manage.set_hub_dir()
    monkeypatch.delenv("MSHUB_CACHE")
    assert mshub.manage.get_hub_dir() == str(Path.home() / ".mscache")
    set_hub_dir(None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": 3}, "name is a int; it must be a uid"),
        ({"name": CN_WIKI, "source": "gitlab"}, "source is 'gitlab'; it must be one of gitee, github, local"),
    ],
)
def test_wrong_arguments_are_told_what_is_right(arguments, message):
    with pytest.raises(HubError, match=message):
        mshub.load(**arguments)


def test_the_package_works_without_the_client(fresh_python):
    code = "import sys; sys.modules['mindspore_hub'] = None; import tinybert.hub; tinybert.hub.load"
    fresh_python("-c", code)
