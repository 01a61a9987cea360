"""What a fine-tuning can be told."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from ..errors import ConfigError


@dataclasses.dataclass(frozen=True)
class TrainingSettings:
    """How to train. The defaults are those of Devlin et al. 2018 for fine-tuning, as far as they give them.

    Args:
        epochs: Passes over the training data.
        batch_size: Rows of a step on one device.
        learning_rate: The highest learning rate, at the end of the warm-up.
        warmup_ratio: Share of the steps in which the learning rate rises from 0; it then falls to 0, both linearly.
        weight_decay: Decoupled weight decay (Loshchilov and Hutter 2017); none on biases and LayerNorm.
        max_grad_norm: Gradients are scaled down to this global norm; 0 for no limit.
        accumulation_steps: Batches whose gradients are averaged for one update.
        max_length: Tokens to which a row is cut.
        seed: Of the head's weights, the order of the rows and dropout.
        evals_per_epoch: Evaluations on the dev set, the last at the end of the epoch.
        patience: Evaluations without a better metric after which training stops; None for never.
        pad_to_multiple_of: Batches are padded to the longest of their rows, rounded up to this.
        save_minutes: Minutes between two saved states, from which a killed run goes on.

    Raises:
        ConfigError: A value is not allowed; names it and says what is.
    """

    epochs: int = 3
    batch_size: int = 32
    learning_rate: float = 5e-5
    warmup_ratio: float = 0.1
    weight_decay: float = 0.01
    max_grad_norm: float = 1.0
    accumulation_steps: int = 1
    max_length: int = 128
    seed: int = 42
    evals_per_epoch: int = 1
    patience: int | None = None
    pad_to_multiple_of: int = 8
    save_minutes: float = 5.0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "accumulation_steps", "evals_per_epoch", "pad_to_multiple_of"):
            self._check(name, int, least=1)
        self._check("max_length", int, least=3)
        self._check("seed", int, least=0)
        for name in ("weight_decay", "max_grad_norm", "save_minutes"):
            self._check(name, float, least=0)
        self._check("warmup_ratio", float, least=0, most=1)
        self._check("learning_rate", float, least=0)
        if self.patience is not None:
            self._check("patience", int, least=1)

    def to_dict(self) -> dict[str, Any]:
        """All fields, as plain values that JSON can hold."""
        return dataclasses.asdict(self)

    def _check(self, name: str, kind: type[int] | type[float], *, least: float, most: float = math.inf) -> None:
        value: Any = getattr(self, name)
        right_kind = isinstance(value, (int, kind)) and not isinstance(value, bool) and math.isfinite(value)
        if not right_kind or not least <= value <= most:
            number = "an integer" if kind is int else "a number"
            limits = f"of at least {least}" if most == math.inf else f"from {least} to {most}"
            raise ConfigError(f"{name} is {value!r}: it must be {number} {limits}")
