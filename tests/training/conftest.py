"""The fixtures of the training tests."""

import os
import signal
from pathlib import Path

import psutil
import pytest
from mindspore import Tensor
from reviews import VOCABULARY, reviews, tiny_encoder
from shared_networks import LOADING, SharedRuntime

from tinybert.checkpoint import save_folder
from tinybert.text import BertTokenizer
from tinybert.training import Trainer, once
from tinybert.training.steps import Steps
from tinybert.weights import checkpoint_of


@pytest.fixture(scope="session")
def tokenizer():
    return BertTokenizer(VOCABULARY)


@pytest.fixture(scope="session")
def make_encoder():
    """A function that makes encoders of one layer of width 24, with dropout, always with the same weights."""
    return tiny_encoder


@pytest.fixture(scope="session")
def train():
    return reviews(96, 0)


@pytest.fixture(scope="session")
def dev():
    return reviews(32, 1)


@pytest.fixture
def no_graphs(monkeypatch):
    """Replace training steps, whose compilation takes seconds: each adds a little to every weight."""
    train_on = Trainer._train_on

    def nudge(self, rows):
        train_on(self, rows)
        for parameter in self.network.trainable_params():
            parameter.set_data(Tensor(parameter.asnumpy() + 0.01))

    monkeypatch.setattr(Trainer, "_train_on", nudge)
    monkeypatch.setattr(Steps, "run", lambda *_: 0.5)


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Let loaded models of one shape share a compiled network; disable the plotting of curves (see test_curves.py)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LOADING, SharedRuntime)
        patch.setattr(once, "draw_curves", lambda folder: None)
        yield


@pytest.fixture(autouse=True)
def terminal():
    """Reset signal handling to that of a terminal: under nohup or in a background job, some signals are ignored."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def nothing_is_left():
    """Check that no test leaves a process behind."""
    before = set(psutil.Process().children(recursive=True))
    yield
    assert not set(psutil.Process().children(recursive=True)) - before


@pytest.fixture(scope="module")
def import_path():
    """Let child processes import the package and the test helpers from the same places."""
    tests = Path(__file__).resolve().parents[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(map(str, (tests.parent / "src", tests))))
        yield


@pytest.fixture(scope="module")
def source(tmp_path_factory, make_encoder, tokenizer):
    """The folder of the encoder that the trainings start from."""
    return save_folder(checkpoint_of(make_encoder()), tmp_path_factory.mktemp("encoder"), tokenizer=tokenizer)
