"""Tiny models with random weights, and a runtime that is a plain function."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from function_runtime import FunctionRuntime
from shared_networks import LOADING, SharedRuntime

from tinybert.config import TinyBertConfig
from tinybert.task import Task
from tinybert.tasks import TaskModel
from tinybert.text import BertTokenizer

VOCABULARY = Path(__file__).resolve().parents[1] / "golden" / "english.vocab.txt"
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


@pytest.fixture(scope="session")
def config():
    return TinyBertConfig(
        vocab_size=1500,
        hidden_size=48,
        num_hidden_layers=1,
        intermediate_size=96,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        max_position_embeddings=64,
        seq_length=64,
    )


@pytest.fixture(scope="session")
def tokenizer():
    return BertTokenizer.from_file(VOCABULARY)


@pytest.fixture(scope="session")
def make_network(config, fill):
    """A function that makes a network for a task with random weights."""

    def make_network(task, num_labels=None, **changes):
        from tinybert.weights import build_network

        network = build_network(config.replace(**changes), task, num_labels=num_labels, return_all_encoders=False)
        return fill(network)

    return make_network


@pytest.fixture(scope="session")
def make_model(make_network, tokenizer):
    """A function that makes a model for a task with random weights, which are in `runtime.checkpoint`."""

    def make_model(task, num_labels=None, **changes):
        from tinybert.weights import checkpoint_of

        checkpoint = checkpoint_of(make_network(task, num_labels, **changes), "the network")
        return TaskModel(SharedRuntime.of_checkpoint(checkpoint), tokenizer)

    return make_model


@pytest.fixture(scope="session")
def encoder(make_model):
    return make_model(Task())


@pytest.fixture(scope="session")
def classifier(make_model):
    return make_model(Task("sequence-classification", ("bad", "fair", "good")))


@pytest.fixture(scope="session")
def tagger(make_model):
    return make_model(Task("token-classification", TAGS))


@pytest.fixture(scope="session")
def answerer(make_model):
    return make_model(Task("question-answering"))


@pytest.fixture(scope="session")
def pretend(config, tokenizer):
    """A function that makes a model whose runtime is a function of ids, mask and segments, to arrays."""

    def pretend(function, kind="encoder", labels=(), problem=None, *, num_labels=None, **changes):
        task = Task(kind, tuple(labels), problem)
        outputs = num_labels or task.num_outputs
        return TaskModel(FunctionRuntime(function, config.replace(**changes), task, outputs), tokenizer)

    return pretend


@pytest.fixture
def length_model(pretend):
    """An encoder whose vectors repeat the number of tokens in the text 48 times."""

    def lengths(input_ids, input_mask, segment_ids):
        vectors = np.repeat(input_mask.sum(axis=1, keepdims=True), 48, axis=1).astype(np.float32)
        return np.repeat(vectors[:, None, :], input_ids.shape[1], axis=1), vectors

    return pretend(lengths)


@pytest.fixture
def shared_networks(monkeypatch):
    """Let loaded models of the same shape share a network."""
    monkeypatch.setattr(LOADING, SharedRuntime)
    return SharedRuntime


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("MSHUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MSHUB_MIRROR", raising=False)
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
