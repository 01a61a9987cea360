"""What a fine-tuning can be told."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError
from .class_weights import as_text


def _setting(default: Any, help_: str) -> Any:
    """A field with its default, and the line that the command line says of it."""
    return dataclasses.field(default=default, metadata={"help": help_})


@dataclasses.dataclass(frozen=True)
class TrainingSettings:
    """How to train. The defaults are those of Devlin et al. 2018 for fine-tuning, as far as they give them.

    Args:
        epochs: Passes over the training data.
        batch_size: Rows in a batch, on each device.
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
        class_weights: What each class counts for in the loss, of tags and of single labels: `balanced`, weights by
            label, or the same as `label=weight,label=weight`; a class that is not named counts for 1. None: all do.

    Raises:
        ConfigError: A value is not allowed; names it and says what is.
    """

    epochs: int = _setting(3, "Passes over the training data.")
    batch_size: int = _setting(32, "Rows in a batch, on each device.")
    learning_rate: float = _setting(5e-5, "Highest learning rate.")
    warmup_ratio: float = _setting(0.1, "Share of the steps over which the learning rate rises from 0.")
    weight_decay: float = _setting(0.01, "Weight decay of AdamW.")
    max_grad_norm: float = _setting(1.0, "Global norm to which gradients are clipped; 0 for no limit.")
    accumulation_steps: int = _setting(1, "Batches accumulated for one update.")
    max_length: int = _setting(128, "Length of a row in tokens; 384 is usual for questions.")
    seed: int = _setting(42, "Seed of the head, the order of rows and dropout.")
    evals_per_epoch: int = _setting(1, "Evaluations on the dev set in each epoch.")
    patience: int | None = _setting(None, "Evaluations without progress after which to stop. [default: never]")
    pad_to_multiple_of: int = _setting(8, "Multiple to which the length of rows is padded.")
    save_minutes: float = _setting(5.0, "Minutes between saved states.")
    class_weights: str | None = _setting(
        None, "Weights of classes in the loss: balanced, or label=weight,label=weight. [default: 1 each]"
    )

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
        if self.class_weights is not None:
            object.__setattr__(self, "class_weights", as_text(self.class_weights))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingSettings:
        """The reverse of `to_dict`; fields that are absent take their defaults.

        Raises:
            ConfigError: A name is not a field (lists the fields), or a value is not allowed.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        unknown = [name for name in values if name not in known]
        if unknown:
            raise ConfigError(f"unknown setting {', '.join(map(repr, unknown))}; known are {', '.join(known)}")
        return cls(**values)

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
