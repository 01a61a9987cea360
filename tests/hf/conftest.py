"""A hub on the loopback interface, with a tiny encoder on it, and a cache that is empty."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hugging_face import HuggingFace
from shared_networks import LOADING, SharedRuntime

from tinybert.checkpoint import save_sentence_transformer
from tinybert.text import BertTokenizer

TESTS = Path(__file__).resolve().parents[1]
sys.path.append(str(TESTS / "cli"))  # the command as a function


@pytest.fixture(scope="session", autouse=True)
def _shared_networks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LOADING, SharedRuntime)
        yield


@pytest.fixture(autouse=True)
def hub(monkeypatch, tmp_path):
    """Use the local hub and none of the user's other settings."""
    for name in list(os.environ):
        if name.startswith(("MSHUB_", "HF_", "HUGGING", "TRANSFORMERS_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MSHUB_CACHE", str(tmp_path / "mscache"))
    with HuggingFace() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


@pytest.fixture(scope="session")
def folder(tmp_path_factory, make_checkpoint):
    """An encoder as a folder of sentence-transformers, with additional files that are not needed."""
    tokenizer = BertTokenizer.from_file(TESTS / "golden" / "english.vocab.txt")
    checkpoint = make_checkpoint(seed=3, vocab_size=1500, num_hidden_layers=1, hidden_act="gelu_erf", head_act="none")
    folder = save_sentence_transformer(checkpoint, tmp_path_factory.mktemp("folder"), tokenizer=tokenizer)
    (folder / "onnx").mkdir()
    for name in ("README.md", "pytorch_model.bin", "onnx/model.onnx", "onnx/config.json", "tf_model.h5"):
        (folder / name).write_bytes(b"other")
    return folder


@pytest.fixture
def commit(hub, folder):
    """The commit of `hf:me/encoder`."""
    return hub.push("me/encoder", folder)
