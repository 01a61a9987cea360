"""What a student is to learn of its teacher."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from ..errors import ConfigError
from ..training.settings import TrainingSettings, check_number, setting
from .layer_map import UNIFORM

INTERMEDIATE = "intermediate"
"""The folder of a task distillation's first phase, in the student's."""
PROJECTIONS = ("shared", "each")
HIDDEN_LAYERS = ("all", "last")


@dataclasses.dataclass(frozen=True)
class Objectives:
    """The parts of a distillation's loss, each with its weight; one of weight 0 is not computed.

    The defaults are those of Jiao et al. 2019 (arXiv:1909.10351) for general distillation.

    Args:
        embeddings: Weight of the embeddings' squared error, equation 9.
        hidden: Weight of the hidden states' squared error, equation 8, summed over the layers.
        attention: Weight of the attention scores' squared error, equation 7, summed over the layers.
        relations: Weight of the relations of queries, keys and values of the last mapped layer, MiniLMv2.
        directions: Weight of 1 - cosine of the vectors of texts.
        vectors: Weight of the squared error of the vectors of texts.
        prediction: Weight of the soft cross entropy of the predictions, equation 10; of scores, their squared error.
        hard_labels: Weight of the loss of the true labels.
        temperature: What logits are divided by in `prediction`.
        layer_map: Which of the teacher's layers each of the student's learns from, see `LayerMap.of`.
        hidden_layers: The layers whose hidden states are learned: `all`, or the `last`.
        projections: Where the widths differ, `shared`: one projection for embeddings and all layers, as published; or
            `each`: one for each.
        relation_heads: Heads into which queries, keys and values are cut for `relations`; a divisor of both widths.
        dropout: Whether the student's dropout is active.

    Raises:
        ConfigError: A value is not allowed, or all weights are 0.
    """

    embeddings: float = setting(1.0, "Weight of the embeddings' loss.")
    hidden: float = setting(1.0, "Weight of the hidden states' loss.")
    attention: float = setting(1.0, "Weight of the attention scores' loss; needs as many heads in both.")
    relations: float = setting(0.0, "Weight of the loss of relations of queries, keys and values.")
    directions: float = setting(0.0, "Weight of the loss of the directions of text vectors.")
    vectors: float = setting(0.0, "Weight of the loss of text vectors.")
    prediction: float = setting(0.0, "Weight of the predictions' loss.")
    hard_labels: float = setting(0.0, "Weight of the true labels' loss.")
    temperature: float = setting(1.0, "Temperature of the predictions' loss.")
    layer_map: str = setting(UNIFORM, "Teacher layer for each student layer: uniform, last, or such as 0,2,3,5.")
    hidden_layers: str = setting("all", "Layers whose hidden states are learned: all, or the last.")
    projections: str = setting("shared", "Projections where widths differ: one shared, or each layer its own.")
    relation_heads: int = setting(12, "Heads of the relations' loss.")
    dropout: bool = setting(True, "Whether the student's dropout is active.")

    def __post_init__(self) -> None:
        for name in WEIGHTS:
            value: Any = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise ConfigError(f"{name} is {value!r}: a weight is a number of at least 0", argument=name)
        if not any(getattr(self, name) for name in WEIGHTS):
            raise ConfigError("all weights are 0: there is nothing to learn", argument="hidden", example=1)
        if not 0 < self.temperature < math.inf:
            raise ConfigError(f"temperature is {self.temperature!r}: it must be above 0", argument="temperature")
        for name, allowed in (("hidden_layers", HIDDEN_LAYERS), ("projections", PROJECTIONS)):
            if getattr(self, name) not in allowed:
                given = getattr(self, name)
                raise ConfigError(f"{name} is {given!r}: it must be {' or '.join(allowed)}", argument=name)
        check_number("relation_heads", self.relation_heads, int, least=1)

    @property
    def needs_predictions(self) -> bool:
        """Whether the networks need their heads."""
        return bool(self.prediction or self.hard_labels)

    @property
    def needs_vectors(self) -> bool:
        """Whether vectors of texts are compared."""
        return bool(self.directions or self.vectors)

    @property
    def needs_layers(self) -> bool:
        """Whether hidden states, scores or relations of layers are compared."""
        return bool(self.hidden or self.attention or self.relations)

    def to_dict(self) -> dict[str, Any]:
        """All fields, as plain values that JSON can hold."""
        return dataclasses.asdict(self)


WEIGHTS = ("embeddings", "hidden", "attention", "relations", "directions", "vectors", "prediction", "hard_labels")
"""The fields of `Objectives` that are weights, in the order in which their parts are logged."""


@dataclasses.dataclass(frozen=True)
class PhaseSettings:
    """How the first phase differs from the second; the defaults are those of Jiao et al., section 4.1.

    Args:
        intermediate_epochs: Passes over the training data in the first phase; 0 leaves it out.
        intermediate_learning_rate: Its highest learning rate.

    Raises:
        ConfigError: A value is not allowed.
    """

    intermediate_epochs: int = setting(20, "Passes over the training data to learn layers; 0 for none.")
    intermediate_learning_rate: float = setting(5e-5, "Highest learning rate in these.")

    def __post_init__(self) -> None:
        check_number("intermediate_epochs", self.intermediate_epochs, int, least=0)
        check_number("intermediate_learning_rate", self.intermediate_learning_rate, float, least=0)


@dataclasses.dataclass(frozen=True)
class PredictionSettings(TrainingSettings):
    """How to train in the second phase: as for fine-tuning, with the learning rate of Jiao et al."""

    learning_rate: float = setting(3e-5, "Highest learning rate.")
