"""The learning rate of each step."""

from __future__ import annotations

import math

from .settings import TrainingSettings


def linear_warmup_decay(step: int, total_steps: int, settings: TrainingSettings) -> float:
    """The learning rate of a step: up to the highest during the warm-up, then down to 0.

    Args:
        step: The step, from 0.
        total_steps: Steps of the whole training.
        settings: Tells the highest learning rate and the share of the warm-up.
    """
    warmup = math.ceil(total_steps * settings.warmup_ratio)
    if step < warmup:
        return settings.learning_rate * step / warmup
    return settings.learning_rate * max(0.0, (total_steps - step) / max(1, total_steps - warmup))
