"""Settings of a fine-tuning."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError
from .class_weights import as_text
from .loss_choice import LOSSES, dims_text


def setting(default: Any, help_: str) -> Any:
    """Return a field with its default and its help text for the command line."""
    return dataclasses.field(default=default, metadata={"help": help_})


@dataclasses.dataclass(frozen=True)
class TrainingSettings:
    """Training settings. Where Devlin et al. 2018 give a value for fine-tuning, the default is that value.

    Args:
        epochs: Passes over the training data.
        batch_size: Rows per batch on each device.
        learning_rate: Peak learning rate, reached at the end of the warm-up.
        warmup_ratio: Fraction of the steps over which the learning rate rises linearly from 0; it then falls linearly
            to 0.
        weight_decay: Decoupled weight decay (Loshchilov and Hutter 2017), not applied to biases and LayerNorm.
        max_grad_norm: Global norm to which gradients are clipped; 0 for no limit.
        accumulation_steps: Number of batches whose gradients are averaged for one update.
        max_length: Maximum tokens per row; longer rows are truncated.
        seed: Seed of the head's weights, the order of the rows, and dropout.
        evals_per_epoch: Evaluations on the dev set in each epoch, the last at its end.
        patience: Number of evaluations without a better metric after which training stops; None for no early stopping.
        pad_to_multiple_of: Batches are padded to their longest row, rounded up to a multiple of this.
        save_minutes: Minutes between two saved states, from which a killed run can resume.
        class_weights: Class weights in the loss, for tagging and single-label classification: `balanced`, or weights by
            label, as a mapping or as `label=weight,label=weight`. Classes that are not named have weight 1; None gives
            all classes weight 1.
        loss: Loss of embeddings, one of `tinybert.training.loss_choice.LOSSES`; None for the usual one of the data.
        margin: Margin of a triplet loss; None for the loss's own.
        matryoshka: Sizes at which vectors are trained to be cut off (Kusupati et al. 2022), as a sequence or as
            `384,192,96`; the loss is the sum over all of them. None trains whole vectors only.

    Raises:
        ConfigError: A value is invalid; the message names it and the allowed range.
    """

    epochs: int = setting(3, "Passes over the training data.")
    batch_size: int = setting(32, "Rows in a batch, on each device.")
    learning_rate: float = setting(5e-5, "Highest learning rate.")
    warmup_ratio: float = setting(0.1, "Share of the steps over which the learning rate rises from 0.")
    weight_decay: float = setting(0.01, "Weight decay of AdamW.")
    max_grad_norm: float = setting(1.0, "Global norm to which gradients are clipped; 0 for no limit.")
    accumulation_steps: int = setting(1, "Batches accumulated for one update.")
    max_length: int = setting(128, "Length of a row in tokens; 384 is usual for questions.")
    seed: int = setting(42, "Seed of the head, the order of rows and dropout.")
    evals_per_epoch: int = setting(1, "Evaluations on the dev set in each epoch.")
    patience: int | None = setting(None, "Evaluations without progress after which to stop. [default: never]")
    pad_to_multiple_of: int = setting(8, "Multiple to which the length of rows is padded.")
    save_minutes: float = setting(5.0, "Minutes between saved states.")
    class_weights: str | None = setting(
        None, "Weights of classes in the loss: balanced, or label=weight,label=weight. [default: 1 each]"
    )
    loss: str | None = setting(None, f"Loss of embeddings: {', '.join(LOSSES)}. [default: by the data]")
    margin: float | None = setting(None, "Margin of a triplet loss. [default: by the loss]")
    matryoshka: str | None = setting(None, "Sizes at which vectors are trained to be cut off, such as 384,192,96.")

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "accumulation_steps", "evals_per_epoch", "pad_to_multiple_of"):
            check_number(name, getattr(self, name), int, least=1)
        check_number("max_length", self.max_length, int, least=3)
        check_number("seed", self.seed, int, least=0)
        for name in ("weight_decay", "max_grad_norm", "save_minutes"):
            check_number(name, getattr(self, name), float, least=0)
        check_number("warmup_ratio", self.warmup_ratio, float, least=0, most=1)
        check_number("learning_rate", self.learning_rate, float, least=0)
        if self.patience is not None:
            check_number("patience", self.patience, int, least=1)
        if self.class_weights is not None:
            object.__setattr__(self, "class_weights", as_text(self.class_weights))
        if self.loss is not None and self.loss not in LOSSES:
            raise ConfigError(f"loss is {self.loss!r}: it must be one of {', '.join(LOSSES)}", argument="loss")
        if self.margin is not None:
            check_number("margin", self.margin, float, least=0)
        if self.matryoshka is not None:
            object.__setattr__(self, "matryoshka", dims_text(self.matryoshka))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingSettings:
        """Create settings from the result of `to_dict`; absent fields take their defaults.

        Raises:
            ConfigError: A name is not a field (lists the fields), or a value is invalid.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        unknown = [name for name in values if name not in known]
        if unknown:
            raise ConfigError(f"unknown setting {', '.join(map(repr, unknown))}; known are {', '.join(known)}")
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return all fields as plain JSON-compatible values."""
        return dataclasses.asdict(self)


def check_number(name: str, value: Any, kind: type[int] | type[float], *, least: float, most: float = math.inf) -> None:
    """Raise ConfigError unless a setting is a finite number of a kind within limits.

    Args:
        name: The setting.
        value: Its value.
        kind: `int`; or `float`, which takes integers too.
        least: The lowest value allowed.
        most: The highest.
    """
    right_kind = isinstance(value, (int, kind)) and not isinstance(value, bool) and math.isfinite(value)
    if not right_kind or not least <= value <= most:
        number = "an integer" if kind is int else "a number"
        limits = f"of at least {least}" if most == math.inf else f"from {least} to {most}"
        raise ConfigError(f"{name} is {value!r}: it must be {number} {limits}")
