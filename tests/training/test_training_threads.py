"""A program may train in one thread and embed in another. MindSpore by itself crashes with concurrent threads.

This file, run as a script, is the program (see `main`), so that a crash fails the test, not the whole run.
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import mindspore as ms
import numpy as np
import pytest
from launched import LONGEST
from safetensors.numpy import load_file

from tinybert import Embedder
from tinybert.runtime.mindspore import MindSporeRuntime
from tinybert.task import Task
from tinybert.tasks import TaskModel
from tinybert.text import BertTokenizer
from tinybert.training import FineTuning, Trainer, TrainingSettings, once

TASK = Task("sequence-classification", ("bad", "good"))
SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=5e-3, max_length=16)


def train(folder):
    from reviews import VOCABULARY, reviews, tiny_encoder

    once.remove_state = lambda folder: None  # which is compared
    FineTuning(tiny_encoder(), BertTokenizer(VOCABULARY), TASK, reviews(48, 0), folder, settings=SETTINGS).run()


def embeddings(embedder):
    """Return the vectors of batches of several sizes and lengths."""
    from reviews import reviews

    texts = [example.text for example in reviews(20, 2)]
    return np.concatenate([embedder(texts[begin : begin + 1 + begin % 7]) for begin in range(0, 20, 3)])


def both(embedder, folder, *, trains_in_thread):
    """Train, and embed until the training has ended; return rounds of vectors.

    The training waits for at least two rounds, so that they overlap on any machine.
    """
    ended, rounds, next_round = threading.Event(), [], threading.Condition()

    def train_on(self, rows):
        if self.progress.step in (8, 16):
            before = len(rounds)
            with next_round:
                assert next_round.wait_for(lambda: len(rounds) > before, LONGEST)
        original(self, rows)

    def training():
        try:
            with mock.patch.object(Trainer, "_train_on", train_on):
                train(folder)
        finally:
            ended.set()

    def embedding():
        while not ended.is_set():
            rounds.append(embeddings(embedder))
            with next_round:
                next_round.notify()

    original = Trainer._train_on

    first, second = (embedding, training) if trains_in_thread else (training, embedding)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(second)
        first()
        other.result()
    return np.array(rounds)


def main(folder):
    """Both concurrently, including the compilation of the first graphs; then each alone."""
    from reviews import VOCABULARY, tiny_encoder

    for mode, place in (("PYNATIVE_MODE", "thread"), ("GRAPH_MODE", "main")):
        ms.set_context(mode=getattr(ms, mode))
        embedder = Embedder(TaskModel(MindSporeRuntime(tiny_encoder().set_train(False)), BertTokenizer(VOCABULARY)))
        rounds = both(embedder, folder / place, trains_in_thread=place == "thread")
        np.save(folder / place / "rounds.npy", rounds)
    train(folder / "alone")
    np.save(folder / "alone" / "rounds.npy", embeddings(embedder))


@pytest.fixture(scope="module")
def folder(fresh_python, tmp_path_factory):
    """The output of the program."""
    folder = tmp_path_factory.mktemp("threads")
    fresh_python(Path(__file__).resolve(), folder, cwd=folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("place", ["main", "thread"])
def test_a_training_and_an_embedder_do_not_disturb_each_other(place, folder):
    """With the training in the main thread, or in another, as in a server or notebook; in either mode."""
    rounds, alone = np.load(folder / place / "rounds.npy"), np.load(folder / "alone" / "rounds.npy")
    assert len(rounds) >= 2
    np.testing.assert_allclose(rounds, np.broadcast_to(alone, rounds.shape), atol=1e-5)
    # The state: weights, moments, dropout's counters.
    found, expected = (load_file(folder / name / "resume.safetensors") for name in (place, "alone"))
    assert found.keys() == expected.keys()
    assert expected["optimizer.global_step"] == 24
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, atol=1e-5, err_msg=name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
