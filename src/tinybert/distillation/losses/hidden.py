"""Hidden states and embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mindspore import Tensor, nn, ops

from ..networks import EMBEDDINGS, HIDDEN
from .rows import MeanOverTokens


class HiddenError(nn.Cell):
    """Mean squared error between hidden states: equations 8 (of a layer) and 9 (of the embeddings).

    Where the widths differ, the student's states have gone through a projection to the teacher's (W_h and W_e there).
    The published code averages over padding too.

    Inputs:
        student, teacher: (B, T, H) float32.
        shares: (B, T) float32, as `Shares` gives them.

    Outputs:
        () float32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mean = MeanOverTokens()

    def construct(self, student: Tensor, teacher: Tensor, shares: Tensor) -> Tensor:
        return self.mean(ops.square(student - teacher), shares)


class EmbeddingsPart(nn.Cell):
    """The error of the embeddings."""

    def __init__(self) -> None:
        super().__init__()
        self.error = HiddenError()

    def construct(self, student: Any, teacher: Any, mask: Tensor, shares: Tensor, labels: Tensor) -> Tensor:
        return self.error(student[EMBEDDINGS], teacher[EMBEDDINGS], shares)


class HiddenPart(nn.Cell):
    """The sum of the errors of layers' hidden states.

    Args:
        layers: Which of the student's, from 0.
    """

    def __init__(self, layers: Sequence[int]) -> None:
        super().__init__()
        self.layers = tuple(layers)
        self.error = HiddenError()

    def construct(self, student: Any, teacher: Any, mask: Tensor, shares: Tensor, labels: Tensor) -> Tensor:
        total = 0.0
        for layer in self.layers:
            total = total + self.error(student[HIDDEN][layer], teacher[HIDDEN][layer], shares)
        return total
