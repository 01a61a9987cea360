"""What a training needs of its data, wherever the rows are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Rows(Protocol):
    """Tokenized rows with labels, N of them: `Features` in memory, or a distillation's text on disk."""

    def __len__(self) -> int: ...

    @property
    def lengths(self) -> np.ndarray:
        """(N,) integers, the number of tokens in each row."""

    @property
    def labels(self) -> np.ndarray:
        """(N, ...) the labels."""

    @property
    def digest(self) -> str:
        """Equal for equal rows and labels only: part of the training's identity."""

    @property
    def counts_rows(self) -> bool:
        """Whether each row has weight 1, so that the weight of a batch is its size."""

    def batch(self, rows: Sequence[int] | np.ndarray, pad_to_multiple_of: int = 1) -> tuple[np.ndarray, ...]:
        """Return the network's three inputs and the labels for some rows, padded to the longest of them."""

    def amount(self, labels: np.ndarray) -> float:
        """Return the weight of a batch with these labels."""
