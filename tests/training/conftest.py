"""A tiny encoder, its tokenizer and data that it can learn in seconds."""

import signal
from pathlib import Path

import mindspore as ms
import numpy as np
import psutil
import pytest
from to_find import make_answerer, make_finder

from tinybert import TinyBertConfig, TinyBertModel
from tinybert.data import TextExample
from tinybert.text import BertTokenizer, Vocabulary

WORDS = ("good", "great", "fine", "bad", "awful", "poor", "film", "book", "the", "a", "is", "was", "very", "not")
VOCABULARY = Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, "##s", "what"))


@pytest.fixture(scope="session")
def tokenizer():
    return BertTokenizer(VOCABULARY)


@pytest.fixture(scope="session")
def make_encoder():
    """Makes encoders of two layers of width 24, with dropout, always with the same weights."""
    return tiny_encoder


def tiny_encoder():
    ms.set_seed(1)
    config = TinyBertConfig(
        vocab_size=VOCABULARY.size,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=16,
        seq_length=16,
    )
    return TinyBertModel(config, return_all_encoders=False)


def reviews(count: int, seed: int) -> list[TextExample]:
    """Sentences of one good or bad word among others, labelled by it."""
    random = np.random.default_rng(seed)
    examples = []
    for _ in range(count):
        label = int(random.integers(2))
        words = [WORDS[int(random.integers(3)) + 3 * (1 - label)], *random.choice(WORDS[6:], random.integers(1, 8))]
        random.shuffle(words)
        examples.append(TextExample(" ".join(words), None, "good" if label else "bad"))
    return examples


@pytest.fixture(scope="session")
def train():
    return reviews(96, 0)


@pytest.fixture(scope="session")
def dev():
    return reviews(32, 1)


@pytest.fixture(autouse=True)
def terminal():
    """Signals work as in a terminal: below nohup, or in a shell's background job, some are ignored."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def nothing_is_left():
    """No test leaves a process behind."""
    before = set(psutil.Process().children(recursive=True))
    yield
    assert not set(psutil.Process().children(recursive=True)) - before


@pytest.fixture(scope="module")
def import_path():
    """Processes below this one import the package, and the helpers of this folder, from where it does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2] / "src"))
        patch.syspath_prepend(Path(__file__).parent)
        yield


@pytest.fixture
def finder(tokenizer):
    return make_finder(tokenizer)


@pytest.fixture
def answerer(tokenizer):
    return make_answerer(tokenizer)
