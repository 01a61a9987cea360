"""The optimizer and its learning rate at each step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .settings import TrainingSettings

if TYPE_CHECKING:
    from mindspore import Parameter, nn

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


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


def bias_correction(step: int) -> float:
    """The factor by which Adam's first steps are too small or large, Kingma and Ba 2014, end of section 2.

    MindSpore's AdamWeightDecay leaves the correction out, PyTorch's AdamW has it; it goes into the learning rate here.
    The weight decay gets the factor too, which changes it in the first steps only, by less than the warm-up does.
    """
    return math.sqrt(1 - BETA2 ** (step + 1)) / (1 - BETA1 ** (step + 1))


def make_optimizer(parameters: list[Parameter], settings: TrainingSettings) -> nn.Optimizer:
    """AdamW over trainable parameters; no weight decay on biases and LayerNorm."""
    from mindspore import nn

    decayed = [parameter for parameter in parameters if not _is_free(parameter.name)]
    free = [parameter for parameter in parameters if _is_free(parameter.name)]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": free, "weight_decay": 0.0}]
    return nn.AdamWeightDecay(
        [group for group in groups if group["params"]],
        learning_rate=settings.learning_rate,
        beta1=BETA1,
        beta2=BETA2,
        eps=EPSILON,
    )


def _is_free(name: str) -> bool:
    return name.endswith((".bias", ".gamma", ".beta"))
