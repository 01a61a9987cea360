"""How a model computes the vector of a text: the steps before and after its encoder."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from ..arguments import check_integer
from ..errors import CheckpointError
from ..reading import checked

POOLINGS = ("mean", "first", "pooled", "max", "mean_sqrt_len", "weighted_mean", "last")
"""How the token vectors of a text are combined into one; `tinybert.Embedder` explains them."""
ACTIVATIONS = ("identity", "tanh", "relu", "gelu_erf", "sigmoid")


@dataclasses.dataclass(frozen=True, eq=False)
class Dense:
    """A dense layer after the pooling.

    Attributes:
        weight: (O, I) float32; float16 and float64 are converted.
        bias: (O,) float32, or None.
        activation: One of `ACTIVATIONS`.
        source: The file and the layer, for messages.

    Raises:
        CheckpointError: The shapes do not match, the activation is unknown, or a value is NaN or infinite.
    """

    weight: np.ndarray
    bias: np.ndarray | None = None
    activation: str = "identity"
    source: str = "a dense layer"

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise CheckpointError(f"{self.source}: activation is {self.activation!r}: known are {known}")
        if self.weight.ndim != 2 or 0 in self.weight.shape:
            raise CheckpointError(f"{self.source}: the weight is {self.weight.shape}; it must be (outputs, inputs)")
        object.__setattr__(self, "weight", self._checked("weight", self.weight))
        if self.bias is not None:
            if self.bias.shape != self.weight.shape[:1]:
                raise CheckpointError(
                    f"{self.source}: the bias is {self.bias.shape}; of a weight that is {self.weight.shape} it must be "
                    f"{self.weight.shape[:1]}"
                )
            object.__setattr__(self, "bias", self._checked("bias", self.bias))

    def _checked(self, name: str, array: np.ndarray) -> np.ndarray:
        if array.dtype.kind != "f":
            raise CheckpointError(
                f"{self.source}: the {name} is of {array.dtype}; it must be float16, float32 or float64. Is it "
                "quantized?"
            )
        with np.errstate(over="ignore"):
            array = array.astype(np.float32, copy=False)
        if not np.isfinite(array).all():
            raise CheckpointError(f"{self.source}: the {name} holds NaN or infinity. Take another checkpoint")
        return array


@dataclasses.dataclass(frozen=True)
class SentenceSettings:
    """How a model computes the vector of a text.

    Attributes:
        pooling: One or more of `POOLINGS`; the vectors of several are concatenated.
        dense: Dense layers after the pooling.
        normalize: Whether the final vector is scaled to length 1.
        prompts: Prompts by name; one of them is prepended to each text.
        default_prompt: Name of the prompt used unless another is requested; None for none.
        truncate_dim: Number of leading numbers of a vector to keep, before it is scaled to length 1; None for all.
        refused: Features of the model that this package does not support; None if there are none.

    Raises:
        CheckpointError: A pooling or the default prompt is unknown, or the dense layers do not fit together.
    """

    pooling: tuple[str, ...] = ("mean",)
    dense: tuple[Dense, ...] = dataclasses.field(default=(), compare=False)
    normalize: bool = False
    prompts: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    default_prompt: str | None = None
    refused: str | None = None
    truncate_dim: int | None = None

    def __post_init__(self) -> None:
        if not self.pooling or any(mode not in POOLINGS for mode in self.pooling):
            raise CheckpointError(f"pooling is {self.pooling!r}: known are {', '.join(POOLINGS)}", argument="pooling")
        if self.default_prompt is not None and self.default_prompt not in self.prompts:
            known = ", ".join(self.prompts) or "none"
            raise CheckpointError(f"the default prompt is {self.default_prompt!r}, but the prompts are {known}")
        if self.truncate_dim is not None and self.truncate_dim < 1:
            raise CheckpointError(
                f"truncate_dim is {self.truncate_dim}: it must be at least 1", argument="truncate_dim"
            )
        for before, layer in pairwise(self.dense):
            _check_inputs(layer, before.weight.shape[0], before.source)

    def width(self, hidden_size: int) -> int:
        """Return the length of a text's vector (O) for an encoder of the given width.

        Args:
            hidden_size: Width of the encoder (H).

        Raises:
            CheckpointError: The dense layers do not fit an encoder of this width.
        """
        width = len(self.pooling) * hidden_size
        if self.dense:
            _check_inputs(self.dense[0], width, "the pooling")
            width = self.dense[-1].weight.shape[0]
        return width if self.truncate_dim is None else min(width, self.truncate_dim)

    def truncated(self, truncate_dim: int, hidden_size: int) -> SentenceSettings:
        """Return the settings with another `truncate_dim`.

        Args:
            truncate_dim: The number of leading numbers of a vector to keep.
            hidden_size: Width of the encoder (H).

        Raises:
            InputError: It is not an integer from 1 to the size of whole vectors.
        """
        whole = dataclasses.replace(self, truncate_dim=None).width(hidden_size)
        return dataclasses.replace(self, truncate_dim=check_integer(truncate_dim, "truncate_dim", 1, whole))

    def to_dict(self) -> dict[str, Any]:
        """Return what differs from plain mean pooling as JSON-serializable values, without the dense layers' arrays."""
        values = {
            "pooling": list(self.pooling),
            "dense": [layer.activation for layer in self.dense],
            "normalize": self.normalize,
            "prompts": dict(self.prompts),
            "default_prompt": self.default_prompt,
            "truncate_dim": self.truncate_dim,
        }
        return {name: value for name, value in values.items() if value not in ([], {}, None, False, ["mean"])}

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the weights of the dense layers by name, to be saved in a separate file."""
        found = {}
        for index, layer in enumerate(self.dense):
            found[f"{index}.weight"] = layer.weight
            if layer.bias is not None:
                found[f"{index}.bias"] = layer.bias
        return found

    @classmethod
    def from_dict(
        cls, values: Any, source: str, arrays: Mapping[str, np.ndarray] | None = None, arrays_source: str = ""
    ) -> SentenceSettings:
        """Build settings from the outputs of `to_dict` and `arrays`.

        Args:
            values: The output of `to_dict`.
            source: The file that the values are from, for messages.
            arrays: The output of `arrays`; None for none.
            arrays_source: The file that the arrays are from, for messages.

        Raises:
            CheckpointError: A value is missing or of the wrong type; the message names the file and the value.
        """
        arrays = arrays or {}
        found = checked(values, _Values, source=f"{source}: sentence", error=CheckpointError)
        dense = []
        for index, activation in enumerate(found.dense):
            if f"{index}.weight" not in arrays:
                raise CheckpointError(f"{source}: the weights of dense layer {index} are missing")
            weight, bias = arrays[f"{index}.weight"], arrays.get(f"{index}.bias")
            dense.append(Dense(weight, bias, activation, f"{arrays_source or source}, layer {index}"))
        return cls(
            found.pooling,
            tuple(dense),
            found.normalize,
            found.prompts,
            found.default_prompt,
            truncate_dim=found.truncate_dim,
        )


class _Values(msgspec.Struct, forbid_unknown_fields=True):
    """The form of the output of `SentenceSettings.to_dict`."""

    pooling: tuple[str, ...] = ("mean",)
    dense: tuple[str, ...] = ()
    normalize: bool = False
    prompts: dict[str, str] = {}
    default_prompt: str | None = None
    truncate_dim: int | None = None


def _check_inputs(layer: Dense, given: int, what: str) -> None:
    if layer.weight.shape[1] != given:
        raise CheckpointError(f"{layer.source}: it takes {layer.weight.shape[1]} numbers, but {what} gives {given}")
