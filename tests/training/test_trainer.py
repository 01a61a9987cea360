"""The network that the training loop keeps, and the state after a signal."""

import os
import signal

import mindspore as ms
import numpy as np
import pytest
from linear import Linear, features, rows, values

from tinybert.task import Task
from tinybert.training import Trainer, TrainingSettings, featurize, gradients
from tinybert.training.losses import CrossEntropy, SquaredError
from tinybert.training.state import STATE, saved_progress
from tinybert.weights import add_head

TASK = Task("sequence-classification", ("bad", "good"))
SETTINGS = TrainingSettings(epochs=4, batch_size=8, max_length=16)
NAN = float("nan")


def count(trainer, rows):
    """A step that trains nothing."""
    trainer.progress.step, trainer.progress.batch = trainer.progress.step + 1, trainer.progress.batch + 1


@pytest.mark.parametrize(
    ("said", "kept", "step"),
    [
        ([0.1, 0.3, 0.2, 0.3], [0.1, 0.3], 2),
        ([NAN, 0.2, NAN, 0.1], [NAN, 0.2], 2),
        ([0.2, NAN, 0.3, NAN], [0.2, 0.3], 3),
        ([NAN, NAN, NAN, NAN], [NAN], 1),
    ],
)
def test_nan_is_worse_than_any_number(said, kept, step, monkeypatch, tmp_path, make_encoder, tokenizer, dev):
    """Equal predictions have no correlation. The first network is kept whatever its metric."""
    monkeypatch.setattr(Trainer, "_train_on", count)
    values, found = iter(said), []
    trainer = Trainer(
        add_head(make_encoder(), TASK, 2),
        CrossEntropy(),
        featurize(dev[:8], TASK, tokenizer, 16),
        SETTINGS,
        tmp_path,
        evaluate=lambda: {"spearman": next(values)},
        metric="spearman",
        keep=lambda: found.append(trainer.progress.best),
    )
    assert trainer.train().best_step == step
    np.testing.assert_array_equal(found, kept)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_state_after_the_step_that_it_came_in(number, monkeypatch, tmp_path):
    """Ctrl-C, a cluster's time limit, and a closed terminal; the next training does the rest."""
    trained = []

    def step(trainer, rows):
        trained.append(rows.tolist())
        count(trainer, rows)
        if len(trained) == 3:
            os.kill(os.getpid(), number)

    def train(folder):
        Trainer(Linear(), SquaredError(), features(*rows(8)), TrainingSettings(epochs=4, batch_size=4), folder).train()

    monkeypatch.setattr(Trainer, "_train_on", step)
    handler = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path)
    assert signal.getsignal(number) is handler
    progress = saved_progress(tmp_path)
    assert (progress.step, progress.epoch, progress.batch) == (3, 1, 1)
    train(tmp_path)
    broken, trained[:] = list(trained), []
    assert saved_progress(tmp_path).step == 8
    (tmp_path / STATE).unlink()
    monkeypatch.setattr(
        Trainer, "_train_on", lambda trainer, rows: (trained.append(rows.tolist()), count(trainer, rows))
    )
    train(tmp_path)
    assert broken == trained


def end_of(folder, metrics, stop=None):
    """Run a training of four epochs with given metrics and return its end; given a step, Ctrl-C comes after it."""
    values, kept = iter(metrics), []

    def step(trainer, rows):
        count(trainer, rows)
        if trainer.progress.step == stop:
            os.kill(os.getpid(), signal.SIGINT)

    def make():
        return Trainer(
            Linear(),
            SquaredError(),
            features(*rows(8)),
            TrainingSettings(epochs=4, batch_size=4, patience=3),
            folder,
            evaluate=lambda: {"spearman": next(values)},
            metric="spearman",
            keep=lambda: kept.append(trainer.progress.step),
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "_train_on", step)
        trainer = make()
        if stop is not None:
            with pytest.raises(KeyboardInterrupt):
                trainer.train()
            trainer = make()
        progress = trainer.train()
    return progress.step, str(progress.best), progress.best_step, progress.stale, kept


@pytest.mark.parametrize("metrics", [[NAN] * 4, [NAN, NAN, 0.5, NAN], [0.5, NAN, NAN, NAN]])
@pytest.mark.parametrize("stop", [3, 5])
def test_after_an_interrupt_a_metric_that_is_not_defined_is_no_better_than_before(tmp_path, metrics, stop):
    (tmp_path / "broken").mkdir()
    assert end_of(tmp_path / "broken", metrics, stop) == end_of(tmp_path, metrics)


def test_a_trainer_that_was_interrupted_goes_on(monkeypatch, tmp_path):
    """As in a notebook, with float16, and within an update: everything that its graphs share is restored."""
    settings = TrainingSettings(epochs=2, batch_size=4, learning_rate=0.1, accumulation_steps=2)
    monkeypatch.setattr(gradients, "_SCALE", 2.0**6)  # the scale at which these gradients fit

    def make(folder):
        return Trainer(Linear(ms.float16), SquaredError(), features(*rows(16)), settings, folder)

    unbroken, broken = make(tmp_path), make(tmp_path / "broken")
    assert unbroken.train().skipped_updates == 0
    broken.folder.mkdir()
    with monkeypatch.context() as patch:
        stop_in(patch, 3)
        with pytest.raises(KeyboardInterrupt):
            broken.train()
    assert broken.progress.step == 3
    broken.train()
    for name, value in values(unbroken.network).items():
        np.testing.assert_array_equal(values(broken.network)[name], value, err_msg=name)


def stop_in(monkeypatch, step, number=signal.SIGINT):
    """Send this process a signal in a step."""
    original = Trainer._train_on

    def train_on(self, rows):
        if self.progress.step == step - 1:
            os.kill(os.getpid(), number)
        original(self, rows)

    monkeypatch.setattr(Trainer, "_train_on", train_on)
