"""The fixtures of the training tests."""

import signal
from pathlib import Path

import psutil
import pytest
from reviews import VOCABULARY, reviews, tiny_encoder
from to_find import make_answerer, make_finder

from tinybert.text import BertTokenizer


@pytest.fixture(scope="session")
def tokenizer():
    return BertTokenizer(VOCABULARY)


@pytest.fixture(scope="session")
def make_encoder():
    """Makes encoders of one layer of width 24, with dropout, always with the same weights."""
    return tiny_encoder


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
