"""Relations between the queries, keys and values of a layer."""

from __future__ import annotations

from typing import Any

import mindspore as ms
from mindspore import Tensor, nn, ops

from ..networks import RELATIONS
from .rows import PADDING


class RelationError(nn.Cell):
    """Cross entropy between how alike the tokens of a row are to each other: MiniLMv2, arXiv:2012.15828, equation 3.

    Queries, keys or values are cut into as many relation heads for both networks, whatever their own heads are, and
    softmax(A A^T / sqrt(D)) is compared. So neither the widths nor the numbers of heads need to agree. The paper has
    the divergence, which is this less the teacher's own entropy: the gradients are the same.

    Args:
        num_heads: Relation heads; a divisor of both widths.

    Inputs:
        student: (B, T, H) float32, one of the student's queries, keys or values.
        teacher: (B, T, H') float32, the same of the teacher.
        input_mask: (B, T) int32, 1 = real token.
        shares: (B, T) float32, as `Shares` gives them.

    Outputs:
        () float32.
    """

    def __init__(self, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.products = ops.BatchMatMul(transpose_b=True)
        self.batch_matmul = ops.BatchMatMul()
        self.log_softmax = ops.LogSoftmax(axis=-1)
        self.softmax = ops.Softmax(axis=-1)

    def construct(self, student: Tensor, teacher: Tensor, input_mask: Tensor, shares: Tensor) -> Tensor:
        rows, length = shares.shape
        hidden = ((1 - input_mask) * PADDING).astype(ms.float32).reshape((rows, 1, 1, length))
        log_probs = self.log_softmax(self._scores(student, rows, length) + hidden)
        targets = self.softmax(self._scores(teacher, rows, length) + hidden)
        entropies = -(targets * log_probs).sum(axis=-1)  # (B, R, T)
        return self.batch_matmul(entropies, shares.reshape((rows, length, 1))).mean()

    def _scores(self, x: Tensor, rows: int, length: int) -> Tensor:
        size = x.shape[-1] // self.num_heads
        heads = x.reshape((rows, length, self.num_heads, size)).transpose((0, 2, 1, 3))
        return self.products(heads, heads) * size**-0.5


class RelationsPart(nn.Cell):
    """The mean of the relations of queries, of keys and of values.

    Args:
        num_heads: Relation heads; a divisor of both widths.
    """

    def __init__(self, num_heads: int) -> None:
        super().__init__()
        self.error = RelationError(num_heads)

    def construct(self, student: Any, teacher: Any, mask: Tensor, shares: Tensor, labels: Tensor) -> Tensor:
        total = 0.0
        for number in range(3):
            total = total + self.error(student[RELATIONS][number], teacher[RELATIONS][number], mask, shares)
        return total / 3
