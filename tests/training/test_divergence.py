"""A failing training is detected by its losses and skipped updates, and a successful one never triggers it."""

import dataclasses
import json
import warnings

import mindspore as ms
import numpy as np
import pytest
from linear import Linear, features, rows

from tinybert.errors import OutputError
from tinybert.training import Trainer, TrainingSettings
from tinybert.training.divergence import MOST_SKIPPED, Divergence
from tinybert.training.log import read_log
from tinybert.training.losses import SquaredError
from tinybert.training.state import Progress

CLASSES = np.zeros(4, np.int32)
SCORES = np.array([0.0, 0.5, 1.0], np.float32)
LARGE = np.array([900.0, 1000.0, 1100.0], np.float32)
SMALL = np.array([0.001, -0.001], np.float32)


def concluded(losses, labels, broken_at=None, learning_rate=0.5):
    """Return the warnings at the end of a training with these losses, optionally with an interruption."""
    divergence, progress = Divergence(TrainingSettings(learning_rate=learning_rate), labels), Progress()
    for loss in losses:
        progress.step += 1
        divergence.check(progress, float(loss), 0.1)
        if progress.step == broken_at:
            progress = Progress(**json.loads(json.dumps(dataclasses.asdict(progress))))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        divergence.conclude(progress)
    return [str(warning.message) for warning in caught]


def noisy(level, count=40, by=0.5, seed=0):
    """Return noisy losses around a level."""
    return np.asarray(level) * np.exp(np.random.default_rng(seed).normal(0, by, count))


@pytest.mark.parametrize(
    ("losses", "labels"),
    [
        pytest.param(np.linspace(0.7, 2000, 60), CLASSES, id="to the end"),
        pytest.param(np.geomspace(0.7, 1e30, 5), CLASSES, id="in five steps"),
        pytest.param([0.7] * 10 + [40] * 20 + [2] * 10, CLASSES, id="and falls with the learning rate"),
        pytest.param(np.geomspace(0.01, 50, 30), CLASSES, id="after it had learned"),
        pytest.param(np.geomspace(1e6, 1e9, 30), LARGE, id="large scores"),
        pytest.param(np.geomspace(1e-6, 1e-2, 30), SMALL, id="small scores"),
        pytest.param(noisy(np.geomspace(0.5, 500, 40)), SCORES, id="noisy"),
    ],
)
def test_a_loss_that_grows_is_told_with_the_learning_rate_and_a_smaller_one(losses, labels):
    for broken_at in (None, 2, 20):
        [message] = concluded(losses, labels, broken_at)
        assert "diverged at the learning rate of 0.5" in message
        assert "a smaller one, such as 0.05," in message


@pytest.mark.parametrize(
    ("losses", "labels"),
    [
        pytest.param([], CLASSES, id="no step"),
        pytest.param([0.7], CLASSES, id="one step"),
        pytest.param([0.01, 60], CLASSES, id="two batches"),
        pytest.param(noisy(0.7, by=1.0), CLASSES, id="noise"),
        pytest.param(noisy(np.geomspace(0.7, 1e-7, 40)), CLASSES, id="learned"),
        pytest.param([1e-7] * 20 + [0.3] * 20, CLASSES, id="near zero and back"),
        pytest.param([0.0] * 20 + [1e-3] * 20, CLASSES, id="zero"),
        pytest.param([0.1, 0.1, 30, 0.1, 25, 0.1, 0.1, 0.1, 0.1, 30], CLASSES, id="a few bad batches"),
        pytest.param([1e5, *noisy(3, 30)], CLASSES, id="a first step that is far off"),
        pytest.param([0.0, *noisy(5, 30)], CLASSES, id="a first step of which no token counts"),
        pytest.param([4.6] * 10 + [60] * 20 + [1.0] * 20, CLASSES, id="that recovers"),
        pytest.param(noisy(1e6, by=1.0), LARGE, id="large scores that are not learned"),
        pytest.param(noisy(np.geomspace(1e6, 10, 40)), LARGE, id="large scores that are"),
        pytest.param([1e-9] * 20 + [1e-7] * 20, SMALL, id="small scores"),
        pytest.param(noisy(0.5), np.zeros(4, np.float32), id="scores of 0"),
        pytest.param(noisy(0.7, by=0.7), np.eye(3, dtype=np.float32), id="several labels"),
    ],
)
def test_there_is_no_alarm_without_a_cause(losses, labels):
    assert concluded(losses, labels) == []


def test_a_training_warns_when_it_has_ended(tmp_path):
    """The steps are 100 times as large as a linear regression tolerates."""
    settings = TrainingSettings(epochs=8, batch_size=4, learning_rate=100.0, max_grad_norm=0)
    with pytest.warns(UserWarning, match=r"the loss grew from .* learning rate of 100, .* such as 10, in another"):
        Trainer(Linear(), SquaredError(), features(*rows(16)), settings, tmp_path).train()


@pytest.fixture
def overflowing():
    """A function that makes a float16 training with errors that overflow at any loss scale."""

    def make(folder, epochs, accumulation=1, wrong=16):
        ids, targets = rows(16)
        targets[:wrong] = 1e6
        settings = TrainingSettings(epochs=epochs, batch_size=4, learning_rate=0.01, accumulation_steps=accumulation)
        return Trainer(Linear(ms.float16), SquaredError(), features(ids, targets), settings, folder)

    return make


@pytest.mark.parametrize("accumulation", [1, 2])
def test_a_training_of_which_float16_holds_no_gradient_stops(tmp_path, overflowing, accumulation):
    trainer = overflowing(tmp_path, 100, accumulation)
    before = trainer.network.weight.asnumpy().copy()
    step = MOST_SKIPPED * accumulation
    told = rf"at step {step} the last {MOST_SKIPPED} updates were skipped.* overflow float16.* learning rate below 0.01"
    with pytest.raises(OutputError, match=told + r", or float32 .*\(compute_type='float32'\)"):
        trainer.train()
    np.testing.assert_array_equal(trainer.network.weight.asnumpy(), before)
    skipped = [line["skipped_updates"] for line in read_log(tmp_path)]
    assert skipped == [10 * number // accumulation for number in range(1, step // 10 + 1)]


def test_a_training_without_a_single_update_is_not_a_success(tmp_path, overflowing):
    """Even a short training is detected, and no model is kept."""
    trainer = overflowing(tmp_path, 1)
    trainer.keep = lambda: pytest.fail("nothing was learned")
    with pytest.raises(OutputError, match=r"all updates \(4\) were skipped.*Train for more steps"):
        trainer.train()


def test_updates_that_are_skipped_now_and_then_are_logged_and_no_error(tmp_path, overflowing):
    trainer = overflowing(tmp_path, 12, wrong=1)
    progress = trainer.train()
    assert 12 <= progress.skipped_updates < 24
    assert (
        json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["skipped_updates"] == progress.skipped_updates
    )


def test_the_count_begins_anew_with_an_update(tmp_path):
    divergence, progress = Divergence(TrainingSettings(), CLASSES), Progress()
    for overflowed in [*[True] * (MOST_SKIPPED - 1), False] * 3:
        progress.step += 1
        divergence.check_update(progress, overflowed)
    divergence.conclude(progress)
    assert progress.skipped_updates == 3 * (MOST_SKIPPED - 1)


def test_nothing_is_said_of_skipping_in_float32(tmp_path):
    settings = TrainingSettings(epochs=3, batch_size=4)
    assert Trainer(Linear(), SquaredError(), features(*rows(16)), settings, tmp_path).train().skipped_updates == 0
    assert "skipped" not in (tmp_path / "log.jsonl").read_text()
