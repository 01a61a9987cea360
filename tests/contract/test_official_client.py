"""The official client's steps, reimplemented: it binds by itself and ignores what `load_param_into_net` reports."""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
import yaml
from entries import CN_WIKI, MNLI, exchange

from tinybert import DEFAULT_MODEL
from tinybert.checkpoint import read_checkpoint
from tinybert.hub import find_module, get_hub_dir, install, publish, registry
from tinybert.task import Task

ENCODER, HEAD = "somebody/1.0/encoder", "somebody/cpu/2.0/head"
NOTHING_LEFT = ([], [])
HOSTED = "https://example.org/models"


def official_load(uid, *args, **kwargs):
    """Return the network and what the client ignores: the parameters that were not loaded, on either side."""
    folder, name = Path(get_hub_dir(), os.path.dirname(uid)), os.path.basename(uid)
    header = yaml.load((folder / f"{name}.md").read_text(encoding="utf-8").split("---")[1], Loader=yaml.FullLoader)
    code = folder / os.path.basename(header["repo-link"].strip("<>"))
    sys.path.insert(0, str(code))
    path = code / "mindspore_hub_conf.py"
    spec = importlib.util.spec_from_file_location("mindspore_hub_conf.py", path)
    conf = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conf)
    before = Path.cwd()
    os.chdir(code)
    try:
        network = conf.create_network(header["model-name"].lower(), *args, **kwargs)
    finally:
        os.chdir(before)
    asset = [asset for asset in header["asset"] if asset["file-format"] == "ckpt"][-1]
    parameters = ms.load_checkpoint(str(folder / os.path.basename(asset["asset-link"].strip("<>"))))
    return network, ms.load_param_into_net(network, parameters)


@pytest.fixture(autouse=True)
def process(monkeypatch):
    """Forbid network access, and remove what the client leaves on `sys.path`."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("MSHUB_OFFLINE", "1")


def package_of(network):
    """The name that the network's package has in `sys.modules`."""
    return type(network).__module__.partition(".")[0]


def assert_close(output, published):
    np.testing.assert_allclose(output.asnumpy(), published, rtol=1e-5, atol=1e-5)


def test_two_modules_in_one_process(golden_file):
    file, _, encoder_data = golden_file("encoder_small")
    encoder_code = publish(file, ENCODER, link=HOSTED).paths.code
    file, _, head_data = golden_file("classifier_small")
    head_code = publish(
        read_checkpoint(file, head_act="relu"),
        HEAD,
        link=HOSTED,
        task=Task("sequence-classification", ("x", "y", "z")),
    ).paths.code

    loaded = [official_load(uid, is_training=False) for uid in (ENCODER, HEAD, ENCODER, HEAD)]
    encoder, head, encoder_again, head_again = (network for network, _ in loaded)
    assert [left for _, left in loaded] == [NOTHING_LEFT] * 4
    assert_close(encoder_again(*encoder_data["inputs"])[0], encoder_data["sequence_output"])
    assert_close(head_again(*head_data["inputs"]), head_data["logits"])
    for network, again in ((encoder, encoder_again), (head, head_again)):
        for ours, theirs in zip(network.get_parameters(), again.get_parameters(), strict=True):
            np.testing.assert_array_equal(ours.asnumpy(), theirs.asnumpy())
            assert ours is not theirs

    assert Path(inspect.getfile(type(encoder))).is_relative_to(encoder_code)
    assert Path(inspect.getfile(type(head))).is_relative_to(head_code)
    assert type(encoder) is type(encoder_again)
    ours = [entry for entry in sys.path if entry.startswith(str(get_hub_dir()))]
    assert ours == [str(code) for code in (head_code, encoder_code) * 2], "only the client edits sys.path"


def test_neither_sees_the_other_s_code(golden_file):
    file, _, _ = golden_file("encoder_small")
    changed = publish(file, HEAD, link=HOSTED).paths.code / "src" / "tinybert" / "__init__.py"
    changed.write_text(changed.read_text(encoding="utf-8") + '\n__version__ = "changed"\n')
    publish(file, ENCODER, link=HOSTED)
    versions = []
    for uid in (HEAD, ENCODER, HEAD):
        network, _ = official_load(uid)
        versions.append(sys.modules[package_of(network)].__version__)
    assert versions == ["changed", sys.modules["tinybert"].__version__, "changed"]


def test_a_failing_import_leaves_nothing_behind_and_can_be_repeated(golden_file):
    file, _, _ = golden_file("encoder_small")
    conf = publish(file, ENCODER, link=HOSTED).paths.code / "src" / "tinybert" / "hub" / "conf.py"
    text = conf.read_text(encoding="utf-8")
    conf.write_text("import tinybert_is_missing_something\n")
    before = set(sys.modules)
    with pytest.raises(ModuleNotFoundError, match="tinybert_is_missing_something"):
        official_load(ENCODER)
    assert {name for name in set(sys.modules) - before if "tinybert" in name} == set()
    conf.write_text(text, encoding="utf-8")
    importlib.invalidate_caches()
    assert official_load(ENCODER)[1] == NOTHING_LEFT


def test_a_published_task_asset_is_bound_completely(golden_file, monkeypatch):
    """The file has the later names; with the network's own, the client leaves all but the head at random values."""
    file, sizes, data = golden_file("classifier_small", layout="later")
    old = registry.published()[MNLI].asset.sha256
    exchange(monkeypatch, MNLI, file)
    paths = install(MNLI, checkpoint=file)
    table = paths.code / "src" / "tinybert" / "hub" / "published_cards.json"
    table.write_text(
        table.read_text(encoding="utf-8").replace(old, registry.published()[MNLI].asset.sha256), encoding="utf-8"
    )

    network, left = official_load(MNLI, is_training=False, **sizes)
    assert left == NOTHING_LEFT
    assert "bert.bert_embedding_lookup.embedding_table" in network.parameters_dict()
    assert network.labels == ("contradiction", "entailment", "neutral")
    assert_close(network(*data["inputs"]), data["logits"])


def test_a_published_encoder_is_bound_completely(golden_file, monkeypatch):
    file, sizes, _ = golden_file("encoder_small")
    exchange(monkeypatch, CN_WIKI, file)
    install(CN_WIKI, checkpoint=file)
    network, left = official_load(CN_WIKI, False, **sizes)
    assert left == NOTHING_LEFT
    table = ms.load_checkpoint(str(file))["tinybert_embedding_lookup.embedding_table"]
    np.testing.assert_array_equal(network.embedding_table.asnumpy(), table.asnumpy())


def test_the_packages_own_model_is_float32_in_the_network_though_float16_in_the_file(make_inputs):
    install(DEFAULT_MODEL)
    network, left = official_load(DEFAULT_MODEL, is_training=False, pretrained=False)
    assert left == NOTHING_LEFT
    parameters = {parameter.name: parameter for parameter in network.get_parameters()}
    expected = find_module(DEFAULT_MODEL).checkpoint()
    assert len(parameters) == len(expected.tensors)
    for own, theirs in expected.names.items():
        assert parameters[theirs].dtype == ms.float32
        np.testing.assert_array_equal(parameters[theirs].asnumpy(), expected.tensors[own])
