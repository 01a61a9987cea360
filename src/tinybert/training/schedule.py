"""Learning rate schedule."""

from __future__ import annotations

import math

from .settings import TrainingSettings


def linear_warmup_decay(step: int, total_steps: int, settings: TrainingSettings) -> float:
    """Return the learning rate of a step: linear warm-up to the peak, then linear decay to 0.

    Args:
        step: The step, from 0.
        total_steps: Number of steps in the whole training.
        settings: The settings with the peak learning rate and the warm-up ratio.
    """
    warmup = math.ceil(total_steps * settings.warmup_ratio)
    if step < warmup:
        return settings.learning_rate * step / warmup
    return settings.learning_rate * max(0.0, (total_steps - step) / max(1, total_steps - warmup))
