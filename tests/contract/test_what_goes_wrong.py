"""Failures: the user gets a clear error, nothing wrong is loaded, and the next call works."""

from __future__ import annotations

import hashlib
import os

import numpy as np
import pytest
from entries import CN_WIKI, SST2, assert_same_values, exchange, values

import mindspore_hub as mshub
from tinybert import TinyBertForSequenceClassification
from tinybert.checkpoint import read_checkpoint, save_checkpoint
from tinybert.errors import BindingError, DependencyError, InputError, IntegrityError, OfflineError, UnknownModuleError
from tinybert.hub import find_module, get_hub_dir
from tinybert.hub.conf import create_network
from tinybert.hub.registry import published
from tinybert.weights import bind, checkpoint_of


@pytest.fixture
def network(make_encoder):
    return make_encoder(num_attention_heads=12)


@pytest.fixture
def file(network, tmp_path):
    return save_checkpoint(checkpoint_of(network), tmp_path / "file.ckpt")


def test_unknown_uid():
    with pytest.raises(UnknownModuleError, match="closest") as caught:
        mshub.load("mindspore/ascend/1.0/tinybert_cn-wiki")
    assert caught.value.closest[0] == CN_WIKI
    assert CN_WIKI in str(caught.value)


@pytest.mark.parametrize("uid", [CN_WIKI, SST2])
def test_no_network_and_nothing_cached(uid, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    with pytest.raises(OfflineError) as caught:
        mshub.load(uid)
    asset, path = published()[uid].asset, find_module(uid).paths.asset
    for help_ in (asset.link, asset.sha256, str(path), "pretrained=False", f"tinybert hub install {uid}"):
        assert help_ in str(caught.value)


def test_the_advice_of_that_error_helps(file, network, monkeypatch):
    """Putting the file at the path named in the error is enough."""
    exchange(monkeypatch, CN_WIKI, file)
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    with pytest.raises(OfflineError) as caught:
        mshub.load(CN_WIKI)
    line = next(line for line in str(caught.value).splitlines() if "belongs at:" in line)
    path = line.partition("belongs at:")[2].strip()
    os.makedirs(os.path.dirname(path))
    os.replace(file, path)
    assert_same_values(mshub.load(CN_WIKI), network)


def damaged(content):
    """Ways in which a file may be damaged."""
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    return {"corrupt": bytes(flipped), "cut": content[: len(content) // 3], "exchanged": b"another file"}


@pytest.mark.parametrize("kind", ["corrupt", "cut", "exchanged"])
def test_a_file_in_the_cache_that_is_not_the_declared_one(file, network, server, monkeypatch, kind):
    content = file.read_bytes()
    server.files["/tinybert.ckpt"] = content
    exchange(monkeypatch, CN_WIKI, file, link=server.url("/tinybert.ckpt"))
    path = find_module(CN_WIKI).paths.asset
    path.parent.mkdir(parents=True)
    path.write_bytes(damaged(content)[kind])
    with pytest.raises(IntegrityError) as caught:
        mshub.load(CN_WIKI)
    assert hashlib.sha256(content).hexdigest() in str(caught.value)
    assert hashlib.sha256(damaged(content)[kind]).hexdigest() in str(caught.value)
    assert not path.exists()
    assert_same_values(mshub.load(CN_WIKI), network)
    assert path.read_bytes() == content


@pytest.mark.parametrize("kind", ["corrupt", "cut", "exchanged"])
def test_a_file_from_the_host_that_is_not_the_declared_one(file, server, monkeypatch, kind):
    server.files["/tinybert.ckpt"] = damaged(file.read_bytes())[kind]
    exchange(monkeypatch, CN_WIKI, file, link=server.url("/tinybert.ckpt"))
    with pytest.raises(IntegrityError) as caught:
        mshub.load(CN_WIKI)
    assert caught.value.expected in str(caught.value)
    assert caught.value.actual == hashlib.sha256(damaged(file.read_bytes())[kind]).hexdigest()
    assert not find_module(CN_WIKI).paths.asset.exists()


def test_a_checkpoint_of_another_size(file, make_encoder):
    larger = make_encoder(num_attention_heads=12, vocab_size=60, num_hidden_layers=3)
    before = values(larger)
    with pytest.raises(BindingError) as caught:
        bind(larger, read_checkpoint(file))
    message = str(caught.value)
    assert "embedding_table: (60, 24) in the network, (50, 24) in the file" in message
    assert "missing in the file: tinybert_encoder.layers.2.attention" in message
    assert set(caught.value.mismatched) == {"tinybert_embedding_lookup.embedding_table"}
    assert len(caught.value.missing) == 16
    for name, array in values(larger).items():
        np.testing.assert_array_equal(array, before[name])


def test_an_encoder_s_checkpoint_into_a_head_and_the_reverse(file, network, tmp_path):
    head = TinyBertForSequenceClassification(network, 2)
    of_head = read_checkpoint(save_checkpoint(checkpoint_of(head), tmp_path / "head.ckpt"), head_act="relu")
    with pytest.raises(
        BindingError, match="that of an encoder alone; the network has a head, which the file cannot fill"
    ):
        bind(head, read_checkpoint(file))
    with pytest.raises(BindingError, match="that of a task network, with a head; the network is an encoder alone"):
        bind(network, of_head)
    bind(head.bert, read_checkpoint(file))
    bind(network, of_head.encoder())


def test_calls_that_the_network_cannot_take(network, make_inputs):
    good = make_inputs()
    expected = network(*good)[0].asnumpy()
    ids, mask, segments = good
    for inputs, message in [
        (
            (ids + 50, mask, segments),
            r"input_ids\[0, 0\] is \d+: ids must be at least 0 and below the vocabulary size, 50",
        ),
        ((ids - 60, mask, segments), "at least 0"),
        ((ids[0], mask[0], segments[0]), r"input_ids has shape \(8,\): it must be \(B, T\)"),
        ((ids.astype(np.float32), mask, segments), "input_ids is of float32: it must be of an integer type"),
        (make_inputs(length=17), "17 tokens long: the network has 16 positions"),
    ]:
        with pytest.raises(InputError, match=message):
            network(*inputs)
        np.testing.assert_array_equal(network(*good)[0].asnumpy(), expected)


@pytest.mark.parametrize(
    ("arguments", "keywords", "known"),
    [
        (("tinybret",), {}, "tinybert_enwiki128_sst2"),
        ((), {"hiden_size": 3}, "hidden_size"),
        ((), {"train": True}, "is_training"),
    ],
)
def test_an_unknown_name_or_keyword_in_create_network(request, arguments, keywords, known):
    with pytest.raises((LookupError, ValueError), match=f"known are .*{known}"):
        create_network(request.config.rootpath, *arguments, **keywords)


WITHOUT = f"""
import sys, importlib.metadata
{{statement}}
from tinybert import hub
from tinybert.errors import DependencyError
for pretrained in (True, False):
    try:
        hub.load("{CN_WIKI}", pretrained=pretrained)
    except DependencyError as error:
        print(error)
"""


@pytest.fixture
def without(fresh_python):
    """A function that returns the output of a fresh process that runs a statement and then loads a module."""

    def without(statement):
        process = fresh_python("-c", WITHOUT.format(statement=statement), MSHUB_OFFLINE="1")
        assert process.stderr == ""
        assert not os.path.exists(get_hub_dir()), "nothing is fetched in vain"
        return process.stdout.splitlines()

    return without


def test_mindspore_is_missing(without):
    said = without('sys.modules["mindspore"] = None')
    assert len(said) == 2
    assert all(
        "MindSpore is not installed" in line and "pip install 'mindspore>=2.7,<3' 'numpy<2'" in line for line in said
    )


def test_numpy_2_is_installed(without):
    said = without('importlib.metadata.version = lambda name: "2.1.0"')
    assert len(said) == 2
    assert all("NumPy 2.1.0 is installed" in line and "pip install 'numpy<2'" in line for line in said)
    assert issubclass(DependencyError, ImportError)
