"""The learning rate rises linearly, falls linearly to 0, and is set in the optimizer for each update."""

import pytest
from linear import Linear, features, rows

from tinybert.training import Trainer, TrainingSettings
from tinybert.training.losses import SquaredError
from tinybert.training.optimizer import AdamW
from tinybert.training.schedule import linear_warmup_decay
from tinybert.training.steps import Steps


def rates(total, ratio):
    settings = TrainingSettings(learning_rate=0.4, warmup_ratio=ratio)
    return [linear_warmup_decay(step, total, settings) for step in range(total)]


@pytest.mark.parametrize(
    ("total", "ratio", "expected"),
    [
        (10, 0.2, [0, 0.2, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05]),
        (6, 0.25, [0, 0.2, 0.4, 0.3, 0.2, 0.1]),  # 1.5 steps of warm-up are 2
        (4, 0.0, [0.4, 0.3, 0.2, 0.1]),
        (4, 1.0, [0, 0.1, 0.2, 0.3]),
        (1, 0.0, [0.4]),
    ],
)
def test_up_to_the_highest_rate_and_down_to_0(total, ratio, expected):
    assert rates(total, ratio) == pytest.approx(expected)


@pytest.mark.parametrize("ratio", [0.0, 0.1, 1.0])
def test_the_end_is_0_and_stays_0(ratio):
    settings = TrainingSettings(learning_rate=0.4, warmup_ratio=ratio)
    assert [linear_warmup_decay(step, 10, settings) for step in (10, 11, 1000)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("accumulation", "expected"),
    [
        (1, [0, 0.2, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05]),
        (2, [0, 0, 0.4, 0.4, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1]),
    ],
)
def test_each_update_of_a_training_has_its_rate(accumulation, expected, monkeypatch, tmp_path):
    """With accumulation, updates are counted, not batches."""
    found = []
    monkeypatch.setattr(Steps, "run", lambda *_: 0.0)
    monkeypatch.setattr(AdamW, "set_rate", lambda _, rate, update: found.append((update, rate)))
    settings = TrainingSettings(
        epochs=2, batch_size=4, learning_rate=0.4, warmup_ratio=0.2, accumulation_steps=accumulation
    )
    Trainer(Linear(), SquaredError(), features(*rows(20)), settings, tmp_path).train()
    assert [update for update, _ in found] == [step // accumulation for step in range(10)]
    assert [rate for _, rate in found] == pytest.approx(expected)
