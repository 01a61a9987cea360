"""Features that work without MindSpore, with the same results as with it.

`make test-bare` runs this file in an environment that has everything but MindSpore; `make test` runs it too. The
results are written down here, so both environments are compared with the same values.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from tinybert.checkpoint import Checkpoint, read_checkpoint, save_checkpoint, save_folder, save_huggingface
from tinybert.checkpoint.shapes import expected_shapes
from tinybert.config import TinyBertConfig
from tinybert.errors import DependencyError
from tinybert.task import SEQUENCE_CLASSIFICATION, Task
from tinybert.text import BertTokenizer

VOCABULARY = Path(__file__).parent / "golden" / "english.vocab.txt"
TASK = Task("sequence-classification", ("bad", "fair", "good"))
CONFIG = TinyBertConfig(
    vocab_size=1500,
    hidden_size=24,
    num_hidden_layers=1,
    num_attention_heads=4,
    intermediate_size=32,
    hidden_act="gelu_erf",
    head_act="none",
    max_position_embeddings=16,
    seq_length=16,
)
WEIGHTS = "53663047"
TENSORS = "f73ee294"
IDS = [[4, 156, 47, 210, 260, 63, 210, 260, 166, 156, 57, 210, 260, 20, 5]]


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("MSHUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MSHUB_OFFLINE", "1")


@pytest.fixture
def tokenizer():
    return BertTokenizer.from_file(VOCABULARY)


@pytest.fixture
def checkpoint():
    """The classifier of three labels that all tests here use."""
    random = np.random.RandomState(5)
    tensors = {
        name: random.normal(0, 0.1, shape).astype(np.float32)
        for name, shape in expected_shapes(CONFIG, SEQUENCE_CLASSIFICATION, 3, pooler=True).items()
    }
    return Checkpoint("the test", "v1.0", CONFIG, tensors, {name: name for name in tensors}, {}, TASK)


def digest(checkpoint):
    """Of all arrays, by their names."""
    found = hashlib.sha256()
    for name, array in sorted(checkpoint.tensors.items()):
        found.update(name.encode() + str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:8]


def run(*arguments, capsys, monkeypatch):
    """Runs the command in this process; returns its exit code and what it printed."""
    from tinybert.cli import main

    monkeypatch.setattr("sys.argv", ["tinybert", *map(str, arguments)])
    code = 0
    try:
        main()
    except SystemExit as exit_:
        code = exit_.code or 0
    return code, *capsys.readouterr()


def test_rooms_are_imported():
    import tinybert
    import tinybert.checkpoint
    import tinybert.evaluation
    import tinybert.hub
    import tinybert.tasks
    import tinybert.training

    assert tinybert.Embedder is tinybert.tasks.Embedder
    assert tinybert.evaluate is tinybert.evaluation.evaluate


def test_text_becomes_ids(tokenizer):
    assert tokenizer(["The cat sat on the mat."]).input_ids.tolist() == IDS


def test_a_checkpoint_becomes_a_hugging_face_folder(checkpoint, tokenizer, tmp_path, capsys, monkeypatch):
    file = save_checkpoint(checkpoint, tmp_path / "model.ckpt")
    assert hashlib.sha256(file.read_bytes()).hexdigest()[:8] == WEIGHTS
    options = [f"--config={name}={getattr(CONFIG, name)}" for name in ("num_attention_heads", "hidden_act", "head_act")]
    code, out, err = run("convert", file, tmp_path / "hf", *options, capsys=capsys, monkeypatch=monkeypatch)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == f"written: {tmp_path / 'hf'}, layout huggingface"
    back = read_checkpoint(tmp_path / "hf")
    assert (digest(checkpoint), digest(back)) == (TENSORS, TENSORS)
    assert json.loads((tmp_path / "hf" / "config.json").read_text())["architectures"] == [
        "BertForSequenceClassification"
    ]


@pytest.mark.parametrize("kind", ["folder", "huggingface"])
def test_a_folder_becomes_a_verified_module(checkpoint, tokenizer, tmp_path, kind, capsys, monkeypatch):
    folder = tmp_path / "model"
    if kind == "folder":
        save_folder(checkpoint, folder, tokenizer=tokenizer)
    else:
        tokenizer.save(save_huggingface(checkpoint, folder))
    assert run("hub", "publish", folder, "me/1.0/mine", capsys=capsys, monkeypatch=monkeypatch)[::2] == (0, "")
    code, out, err = run("hub", "verify", "me/1.0/mine", capsys=capsys, monkeypatch=monkeypatch)
    assert (code, out, err) == (0, "me/1.0/mine: ok\nme/1.0/mine: vocabulary ok\n", "")

    from tinybert.hub import find_module

    module = find_module("me/1.0/mine")
    assert module.card.asset.sha256[:8] == WEIGHTS
    assert (module.card.task, module.card.labels, module.card.mindspore_version) == (TASK.kind, TASK.labels, "2.10")
    assert digest(module.checkpoint()) == TENSORS


def test_the_other_commands_of_the_hub(checkpoint, tokenizer, tmp_path, capsys, monkeypatch):
    from tinybert.hub import publish

    card = publish(checkpoint, "me/1.0/mine", tokenizer=tokenizer).paths.card
    uid = "mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"
    code, out, err = run("hub", "list", capsys=capsys, monkeypatch=monkeypatch)
    assert (code, err) == (0, "")
    listed = [line.split()[0] for line in out.splitlines()]
    assert (len(listed), uid in listed, listed[-1]) == (29, True, "me/1.0/mine")
    code, out, err = run("hub", "info", "me/1.0/mine", capsys=capsys, monkeypatch=monkeypatch)
    assert (code, err) == (0, "")
    assert "bad, fair, good" in out
    assert run("hub", "check", card, capsys=capsys, monkeypatch=monkeypatch)[::2] == (0, "")
    other = save_checkpoint(checkpoint, tmp_path / "other.ckpt")
    code, _, err = run("hub", "install", uid, "--checkpoint", other, capsys=capsys, monkeypatch=monkeypatch)
    assert code == 1
    assert hashlib.sha256(other.read_bytes()).hexdigest() in err
    copy = ("hub", "install", card, "--uid", "me/2.0/copy")
    assert run(*copy, capsys=capsys, monkeypatch=monkeypatch)[::2] == (0, "")
    assert run("hub", "remove", "me/2.0/copy", capsys=capsys, monkeypatch=monkeypatch)[::2] == (0, "")


def test_predictions_are_scored():
    from tinybert.data import TextExample
    from tinybert.evaluation import scorer_for

    examples = [TextExample("a", label="bad"), TextExample("b", label="good"), TextExample("c", label="good")]
    scorer = scorer_for(TASK, TASK.labels, examples)
    assert scorer.score(["bad", "good", "fair"])["accuracy"] == pytest.approx(2 / 3)


@pytest.mark.skipif(importlib.util.find_spec("mindspore") is not None, reason="MindSpore is installed")
def test_loading_a_network_says_what_to_install(checkpoint, tokenizer, tmp_path, capsys, monkeypatch):
    import tinybert

    folder = save_folder(checkpoint, tmp_path / "model", tokenizer=tokenizer)
    for attempt in (lambda: tinybert.Classifier.from_pretrained(folder), lambda: tinybert.TinyBertModel):
        with pytest.raises(DependencyError, match=r"MindSpore is not installed\. For CPU: pip install 'mindspore"):
            attempt()
    code, out, err = run("classify", folder, "--from", "text", capsys=capsys, monkeypatch=monkeypatch)
    assert (code, out) == (1, "")
    assert "pip install 'mindspore" in err
