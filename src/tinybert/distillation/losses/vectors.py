"""Vectors of texts, as sentence-transformers distils them."""

from __future__ import annotations

from typing import Any

from mindspore import Tensor, nn, ops

from ...training.embedding import Unit
from ..networks import VECTORS


class DirectionError(nn.Cell):
    """Mean over texts of 1 - cosine, which is half the squared distance of the vectors at length 1.

    Inputs:
        student, teacher: (B, H) float32.

    Outputs:
        () float32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unit = Unit()

    def construct(self, student: Tensor, teacher: Tensor) -> Tensor:
        return 1.0 - (self.unit(student) * self.unit(teacher)).sum(axis=1).mean()


class VectorError(nn.Cell):
    """Mean squared error between vectors: Reimers and Gurevych 2020 (arXiv:2004.09813), section 3.

    Inputs:
        student, teacher: (B, H) float32.

    Outputs:
        () float32.
    """

    def construct(self, student: Tensor, teacher: Tensor) -> Tensor:
        return ops.square(student - teacher).mean()


class VectorsPart(nn.Cell):
    """An error between the vectors of texts.

    Args:
        error: `DirectionError` or `VectorError`.
    """

    def __init__(self, error: nn.Cell) -> None:
        super().__init__()
        self.error = error

    def construct(self, student: Any, teacher: Any, mask: Tensor, shares: Tensor, labels: Tensor) -> Tensor:
        return self.error(student[VECTORS], teacher[VECTORS])
