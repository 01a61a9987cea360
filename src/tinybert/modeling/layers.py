"""The small parts that every layer is built of: linear map, layer normalisation, activation.

They call MindSpore's primitives rather than its composite layers, because one graph compiled for all shapes runs
primitives at almost the speed of a static graph, and composite layers at half of it.
"""

from __future__ import annotations

from collections.abc import Callable

import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops
from mindspore.common.initializer import Initializer, TruncatedNormal, initializer


def parameter(shape: tuple[int, ...], init: str | Initializer) -> Parameter:
    """A trainable float32 parameter; the cell that it is assigned to names it."""
    return Parameter(initializer(init, shape, ms.float32))


def exact_tanh(x: Tensor) -> Tensor:
    """tanh(x) = 2 sigmoid(2 x) - 1, to 2e-6: on CPU `ops.tanh` is a faster approximation, off by up to 1e-4."""
    return ops.sigmoid(x * 2.0) * 2.0 - 1.0


class Linear(nn.Cell):
    """x @ weight.T + bias over rows, computed in `compute_type`.

    Args:
        in_size: Width of the input rows.
        out_size: Width of the output rows.
        initializer_range: Standard deviation of fresh weights.
        compute_type: MindSpore type of the product and of the output.

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
    """Layer normalisation over the last axis, in float32 whatever comes in.

    Args:
        size: Width of the last axis.
        eps: Added to the variance.
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
    """GELU in its tanh form: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), Hendrycks and Gimpel 2016.

    Written with the equal 0.5 (1 + tanh(y)) = sigmoid(2 y), since on CPU the fused `ops.GeLU` takes seven times as
    long, and `ops.tanh` is not exact (see `exact_tanh`).
    """

    def construct(self, x: Tensor) -> Tensor:
        return x * ops.sigmoid(x * (x * x * (2 * 0.044715 * 0.7978845608028654) + 2 * 0.7978845608028654))


class GeluErf(nn.Cell):
    """GELU in its exact form, x times the normal distribution function at x: what Hugging Face calls `gelu`."""

    def construct(self, x: Tensor) -> Tensor:
        half = x * 0.5
        return half + half * ops.erf(x * 0.7071067811865476)


class Relu(nn.Cell):
    """max(x, 0)."""

    def construct(self, x: Tensor) -> Tensor:
        return ops.relu(x)


ACTIVATIONS: dict[str, Callable[[], nn.Cell]] = {"gelu": Gelu, "gelu_erf": GeluErf, "relu": Relu}
