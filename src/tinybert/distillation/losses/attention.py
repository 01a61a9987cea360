"""Attention scores."""

from __future__ import annotations

from typing import Any

from mindspore import Tensor, nn, ops

from ..networks import SCORES


class AttentionError(nn.Cell):
    """Mean squared error between attention scores before the softmax: equation 7.

    Only scores of real queries for real keys count. The published code sets the scores of padding to 0 and averages
    over them too.

    Args:
        num_heads: Attention heads of both (A).

    Inputs:
        student, teacher: (B, A, T, T) float32.
        shares: (B, T) float32, as `Shares` gives them.

    Outputs:
        () float32.
    """

    def __init__(self, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.batch_matmul = ops.BatchMatMul()

    def construct(self, student: Tensor, teacher: Tensor, shares: Tensor) -> Tensor:
        rows, length = shares.shape
        errors = ops.square(student - teacher).reshape((rows, self.num_heads * length, length))
        over_keys = self.batch_matmul(errors, shares.reshape((rows, length, 1)))
        over_queries = self.batch_matmul(
            over_keys.reshape((rows, self.num_heads, length)), shares.reshape((rows, length, 1))
        )
        return over_queries.mean()


class AttentionPart(nn.Cell):
    """The sum of the errors of all layers' scores.

    Args:
        num_heads: Attention heads of both (A).
        num_layers: Number of the student's layers.
    """

    def __init__(self, num_heads: int, num_layers: int) -> None:
        super().__init__()
        self.num_layers = num_layers
        self.error = AttentionError(num_heads)

    def construct(self, student: Any, teacher: Any, mask: Tensor, shares: Tensor, labels: Tensor) -> Tensor:
        total = 0.0
        for layer in range(self.num_layers):
            total = total + self.error(student[SCORES][layer], teacher[SCORES][layer], shares)
        return total
