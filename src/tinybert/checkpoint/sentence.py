"""How a model makes a vector of a text: what comes before and after its encoder."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import CheckpointError

POOLINGS = ("mean", "first", "pooled", "max", "mean_sqrt_len", "weighted_mean", "last")
"""How the vectors of a text's tokens become one; `tinybert.Embedder` explains them."""
ACTIVATIONS = ("identity", "tanh", "relu", "gelu_erf", "sigmoid")


@dataclasses.dataclass(frozen=True, eq=False)
class Dense:
    """A dense layer after the pooling.

    Attributes:
        weight: (O, I) float32.
        bias: (O,) float32, or None.
        activation: One of `ACTIVATIONS`.
    """

    weight: np.ndarray
    bias: np.ndarray | None = None
    activation: str = "identity"


@dataclasses.dataclass(frozen=True)
class SentenceSettings:
    """How a model makes a vector of a text.

    Attributes:
        pooling: One of `POOLINGS`, or several, whose vectors are put one after the other.
        dense: Layers after the pooling.
        normalize: Whether the vector is scaled to length 1 in the end.
        prompts: Texts by their names, one of which is put before each text.
        default_prompt: The name of the prompt that is used unless another is asked for; None for none.
        refused: What the model has and this package does not compute; None if there is nothing.
    """

    pooling: tuple[str, ...] = ("mean",)
    dense: tuple[Dense, ...] = dataclasses.field(default=(), compare=False)
    normalize: bool = False
    prompts: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    default_prompt: str | None = None
    refused: str | None = None

    def __post_init__(self) -> None:
        unknown = [layer.activation for layer in self.dense if layer.activation not in ACTIVATIONS]
        if unknown:
            raise CheckpointError(f"activation is {unknown[0]!r}: known are {', '.join(ACTIVATIONS)}")
        if not self.pooling or any(mode not in POOLINGS for mode in self.pooling):
            raise CheckpointError(f"pooling is {self.pooling!r}: known are {', '.join(POOLINGS)}", argument="pooling")
        if self.default_prompt is not None and self.default_prompt not in self.prompts:
            known = ", ".join(self.prompts) or "none"
            raise CheckpointError(f"the default prompt is {self.default_prompt!r}, but the prompts are {known}")

    def width(self, hidden_size: int) -> int:
        """Numbers in a vector, from the encoder's width (H)."""
        return self.dense[-1].weight.shape[0] if self.dense else len(self.pooling) * hidden_size

    def to_dict(self) -> dict[str, Any]:
        """What differs from a plain mean, as values that JSON can hold; the arrays of dense layers are not in it."""
        values = {
            "pooling": list(self.pooling),
            "dense": [layer.activation for layer in self.dense],
            "normalize": self.normalize,
            "prompts": dict(self.prompts),
            "default_prompt": self.default_prompt,
        }
        return {name: value for name, value in values.items() if value not in ([], {}, None, False, ["mean"])}

    def arrays(self) -> dict[str, np.ndarray]:
        """The weights of the dense layers by name, for a file of their own."""
        found = {}
        for index, layer in enumerate(self.dense):
            found[f"{index}.weight"] = layer.weight
            if layer.bias is not None:
                found[f"{index}.bias"] = layer.bias
        return found

    @classmethod
    def from_dict(cls, values: Any, arrays: Mapping[str, np.ndarray], source: str) -> SentenceSettings:
        """The reverse of `to_dict` and `arrays`.

        Raises:
            CheckpointError: A value is missing or of the wrong kind; names it.
        """
        kinds = {"pooling": list, "dense": list, "normalize": bool, "prompts": dict, "default_prompt": str}
        if not isinstance(values, dict) or any(
            not isinstance(value, kinds.get(key, ())) for key, value in values.items()
        ):
            raise CheckpointError(f"{source}: sentence must be an object with some of {', '.join(kinds)}")
        texts = [*values.get("pooling", ()), *values.get("dense", ()), *values.get("prompts", {}).values()]
        if not all(isinstance(text, str) for text in texts):
            raise CheckpointError(f"{source}: pooling, dense and prompts of sentence must hold text")
        activations = values.get("dense", [])
        if any(f"{index}.weight" not in arrays for index in range(len(activations))):
            raise CheckpointError(f"{source}: the weights of its dense layers are missing")
        dense = tuple(
            Dense(arrays[f"{index}.weight"], arrays.get(f"{index}.bias"), activation)
            for index, activation in enumerate(activations)
        )
        return cls(**{**values, "pooling": tuple(values.get("pooling", cls.pooling)), "dense": dense})
