"""Building blocks of the layers: linear map, layer normalisation, activations.

They use MindSpore's primitives instead of its composite layers: in a graph compiled for all shapes, primitives are
almost as fast as in a static graph, composite layers only half as fast.
"""

from __future__ import annotations

from collections.abc import Callable

import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops
from mindspore.common.initializer import Initializer, TruncatedNormal, initializer


def parameter(shape: tuple[int, ...], init: str | Initializer) -> Parameter:
    """Return a trainable float32 parameter, which gets its name from the cell it is assigned to."""
    return Parameter(initializer(init, shape, ms.float32))


def exact_tanh(x: Tensor) -> Tensor:
    """Return tanh(x), accurate to 2e-6; on CPU `ops.tanh` is a faster approximation with errors up to 1e-4."""
    return ops.sigmoid(x * 2.0) * 2.0 - 1.0


class Linear(nn.Cell):
    """Linear map of rows, x @ weight.T + bias, computed in `compute_type`.

    Args:
        in_size: Size of an input row.
        out_size: Size of an output row.
        initializer_range: Standard deviation of the initial weights.
        compute_type: MindSpore dtype of the product and the output.

    Inputs:
        x: (N, in_size).

    Outputs:
        (N, out_size) in `compute_type`.
    """

    def __init__(self, in_size: int, out_size: int, initializer_range: float, compute_type: ms.Type) -> None:
        super().__init__()
        self.weight = parameter((out_size, in_size), TruncatedNormal(initializer_range))
        self.bias = parameter((out_size,), "zeros")
        self.compute_type = compute_type
        self.matmul = ops.MatMul(transpose_b=True)
        self.bias_add = ops.BiasAdd()
        self.cast = ops.Cast()

    def construct(self, x: Tensor) -> Tensor:
        weight = self.cast(self.weight, self.compute_type)
        bias = self.cast(self.bias, self.compute_type)
        return self.bias_add(self.matmul(self.cast(x, self.compute_type), weight), bias)


class LayerNorm(nn.Cell):
    """Layer normalisation over the last axis, always computed in float32.

    Args:
        size: Size of the last axis.
        eps: Constant added to the variance.
    """

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.gamma = parameter((size,), "ones")
        self.beta = parameter((size,), "zeros")
        self.layer_norm = ops.LayerNorm(begin_norm_axis=-1, begin_params_axis=-1, epsilon=eps)
        self.cast = ops.Cast()

    def construct(self, x: Tensor) -> Tensor:
        return self.layer_norm(self.cast(x, ms.float32), self.gamma, self.beta)[0]


class Gelu(nn.Cell):
    """GELU, tanh approximation: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), Hendrycks and Gimpel 2016.

    Computed with 0.5 (1 + tanh(y)) = sigmoid(2 y), since on CPU the fused `ops.GeLU` takes seven times as long and
    `ops.tanh` is inexact (see `exact_tanh`).
    """

    def construct(self, x: Tensor) -> Tensor:
        return x * ops.sigmoid(x * (x * x * (2 * 0.044715 * 0.7978845608028654) + 2 * 0.7978845608028654))


class GeluErf(nn.Cell):
    """GELU, exact form: x times the standard normal CDF at x; called `gelu` in Hugging Face."""

    def construct(self, x: Tensor) -> Tensor:
        half = x * 0.5
        return half + half * ops.erf(x * 0.7071067811865476)


class Relu(nn.Cell):
    """ReLU, max(x, 0)."""

    def construct(self, x: Tensor) -> Tensor:
        return ops.relu(x)


ACTIVATIONS: dict[str, Callable[[], nn.Cell]] = {"gelu": Gelu, "gelu_erf": GeluErf, "relu": Relu}
