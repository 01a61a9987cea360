"""A tiny teacher and its students."""

import dataclasses

import numpy as np
import pytest
from reviews import VOCABULARY, reviews
from tiny_teacher import CONFIG

from tinybert import Task
from tinybert.checkpoint import Checkpoint, save_folder
from tinybert.text import BertTokenizer
from tinybert.weights import build_network, checkpoint_of


@pytest.fixture(scope="session")
def tokenizer():
    return BertTokenizer(VOCABULARY)


@pytest.fixture(scope="session")
def teacher() -> Checkpoint:
    """The weights of an encoder of three layers."""
    import mindspore as ms

    ms.set_seed(5)
    return dataclasses.replace(checkpoint_of(build_network(CONFIG, Task())), source="the teacher")


@pytest.fixture(scope="session")
def teacher_folder(teacher, tokenizer, tmp_path_factory):
    return save_folder(teacher, tmp_path_factory.mktemp("teacher"), tokenizer=tokenizer)


@pytest.fixture(scope="session")
def lines():
    """Texts to learn from."""
    return [example.text for example in reviews(80, 3)]


@pytest.fixture
def batch():
    """A batch of three rows, and the same rows with more padding, which has ids of its own."""
    random = np.random.default_rng(1)
    lengths = np.array([6, 4, 5])
    ids = random.integers(4, CONFIG.vocab_size, (3, 6)).astype(np.int32)
    mask = (np.arange(6) < lengths[:, None]).astype(np.int32)
    wide = random.integers(4, CONFIG.vocab_size, (3, 11)).astype(np.int32)
    wide[:, :6] = np.where(mask, ids, wide[:, :6])
    return (ids, mask, np.zeros_like(ids)), (wide, np.pad(mask, ((0, 0), (0, 5))), np.zeros_like(wide))
