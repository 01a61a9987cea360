"""Tiny models with random weights, and networks that are plain functions."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from tinybert.checkpoint.task import Task
from tinybert.config import TinyBertConfig
from tinybert.tasks import TaskModel
from tinybert.text import BertTokenizer

VOCABULARY = Path(__file__).resolve().parents[1] / "golden" / "english.vocab.txt"
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


@pytest.fixture(scope="session")
def config():
    return TinyBertConfig(
        vocab_size=1500,
        hidden_size=48,
        num_hidden_layers=2,
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
    """A function that makes a network of a kind with random weights."""

    def make_network(kind, num_labels=None, **changes):
        from tinybert.checkpoint.restore import build_network

        return fill(build_network(config.replace(**changes), Task(kind), num_labels, return_all_encoders=False))

    return make_network


@pytest.fixture(scope="session")
def encoder(make_network, tokenizer):
    return TaskModel(make_network("encoder"), tokenizer, Task())


@pytest.fixture(scope="session")
def classifier(make_network, tokenizer):
    network = make_network("sequence-classification", 3)
    return TaskModel(network, tokenizer, Task("sequence-classification", ("bad", "fair", "good")))


@pytest.fixture(scope="session")
def tagger(make_network, tokenizer):
    network = make_network("token-classification", len(TAGS))
    return TaskModel(network, tokenizer, Task("token-classification", TAGS))


@pytest.fixture(scope="session")
def answerer(make_network, tokenizer):
    return TaskModel(make_network("question-answering", 2), tokenizer, Task("question-answering"))


@pytest.fixture
def pretend(config, tokenizer):
    """A function that makes a model whose network is a function of ids, mask and segments, to arrays."""

    def pretend(function, kind="encoder", labels=(), problem="single-label", **changes):
        from tinybert import modeling

        classes = {
            "encoder": modeling.TinyBertModel,
            "sequence-classification": modeling.TinyBertForSequenceClassification,
            "token-classification": modeling.TinyBertForTokenClassification,
            "question-answering": modeling.TinyBertForQuestionAnswering,
        }

        def tensor(value):
            return tuple(map(tensor, value)) if isinstance(value, tuple) else mock.Mock(asnumpy=lambda: value)

        network = mock.Mock(spec=classes[kind], side_effect=lambda *inputs: tensor(function(*inputs)))
        network.config = config.replace(**changes)
        network.labels, network.training = (), False
        network.num_labels = None if kind == "encoder" else 2 if kind == "question-answering" else len(labels)
        return TaskModel(network, tokenizer, Task(kind, tuple(labels), problem))

    return pretend


@pytest.fixture
def length_model(pretend):
    """An encoder whose vectors, 48 times the same number, say how many tokens their text has."""

    def lengths(input_ids, input_mask, segment_ids):
        vectors = np.repeat(input_mask.sum(axis=1, keepdims=True), 48, axis=1).astype(np.float32)
        return np.repeat(vectors[:, None, :], input_ids.shape[1], axis=1), vectors

    return pretend(lengths)
