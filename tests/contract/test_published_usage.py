"""The Python in the card, in the READMEs and in the card of 2020 runs, through the stand-in client."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import mindspore as ms
import pytest
from entries import CN_WIKI, exchange

import mindspore_hub
from tinybert import TinyBertConfig, TinyBertModel
from tinybert.checkpoint import save_checkpoint
from tinybert.data import COLUMNS, write_tfrecord
from tinybert.hub import find_module
from tinybert.weights import checkpoint_of

REPOSITORY = Path(__file__).resolve().parents[2]
CARD_OF_2020 = REPOSITORY / "tests" / "hub" / "card_as_published.md"
# Changes needed since 2020. The last two correct mistakes in the card itself.
CHANGES = [
    (
        "import mindspore.dataset.engine.datasets as de",
        "import mindspore.dataset as de",
    ),  # TFRecordDataset is no longer there
    ('device_target="Ascend", device_id=0', 'device_target="CPU"'),
    # Three columns are read below and three are unpacked.
    (', "segment_ids", "masked_lm_positions"]', ', "segment_ids"]'),
    # The network takes batches, (B, T).
    ("for data in ds.create_dict_iterator():", "ds = ds.batch(8)\nfor data in ds.create_dict_iterator():"),
]


def blocks(path):
    """The Python in a Markdown file."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return re.findall(r"^```python[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def cases(*names):
    return [
        pytest.param(code, id=f"{name}-{i}") for name in names for i, code in enumerate(blocks(REPOSITORY / name), 1)
    ]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A checkpoint with the published width, small in every other respect."""
    config = TinyBertConfig(
        vocab_size=60, num_hidden_layers=1, intermediate_size=48, max_position_embeddings=32, seq_length=16
    )
    return save_checkpoint(checkpoint_of(TinyBertModel(config)), tmp_path_factory.mktemp("weights") / "small.ckpt")


@pytest.fixture
def hub(weights, tmp_path, monkeypatch):
    """What the examples assume: the published module in the cache, and the demo's files in their places."""
    exchange(monkeypatch, CN_WIKI, weights)
    asset = find_module(CN_WIKI).paths.asset
    asset.parent.mkdir(parents=True)
    asset.write_bytes(weights.read_bytes())
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    mode = ms.get_context("mode")
    yield
    ms.set_context(mode=mode)


@pytest.fixture
def data_files(make_inputs, tmp_path):
    """Five rows in a TFRecord."""
    path = tmp_path / "cn-wiki.tfrecord"
    write_tfrecord(path, dict(zip(COLUMNS, make_inputs(5, 16), strict=True)))
    return str(path)


@pytest.fixture
def run(hub, data_files, tmp_path):
    """A function that runs code from a file in a new namespace and returns the namespace."""

    def run(code):
        path = tmp_path / "usage.py"
        path.write_text(code, encoding="utf-8")
        return runpy.run_path(str(path), init_globals={"data_files": data_files, "mshub": mindspore_hub})

    return run


def check_outputs(out):
    sequence_output, pooled_output, table, hidden_states, attention_scores = out
    assert sequence_output.shape == (5, 16, 384)
    assert pooled_output.shape == (5, 384)
    assert table.shape == (60, 384)
    assert [hidden.shape for hidden in hidden_states] == [(5, 16, 384)] * 2
    assert [scores.shape for scores in attention_scores] == [(5, 12, 16, 16)]


def test_the_usage_of_the_card(run):
    usage, _ = blocks(REPOSITORY / "tinybert.md")
    namespace = run(usage)
    check_outputs(namespace["out"])
    assert ms.get_context("mode") == ms.GRAPH_MODE


def test_the_transfer_learning_of_the_card(run, make_inputs):
    _, transfer = blocks(REPOSITORY / "tinybert.md")
    namespace = run(transfer)
    network, backbone = namespace["network"], namespace["backbone"]
    assert len(namespace["optimizer"].parameters) == len(list(backbone.get_parameters())) + 2
    assert backbone.training
    network.set_train(False)
    logits = network(*(ms.Tensor(array) for array in make_inputs(5, 16)))
    assert logits.shape == (5, 2)


def test_the_usage_of_2020_with_four_changes(run):
    (code,) = blocks(CARD_OF_2020)
    for old, new in CHANGES:
        assert code.count(old) == 1
        code = code.replace(old, new)
    check_outputs(run(code)["out"])


@pytest.mark.parametrize("code", cases("README.md", "README_CN.md"))
def test_the_readmes(run, capsys, code):
    run(code)
    expected = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == expected
