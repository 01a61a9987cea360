"""Tokenized text as training data: lengths in memory, tokens on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .shards import Shards


@dataclass(frozen=True, eq=False)
class ShardRows:
    """Rows of shards to train on, N of them; as `Features`, without labels.

    Attributes:
        shards: The shards.
        numbers: (N,) uint32, which of their rows these are.
        pad_id: The id of [PAD].
    """

    shards: Shards
    numbers: np.ndarray
    pad_id: int

    counts_rows = True

    def __len__(self) -> int:
        return len(self.numbers)

    @classmethod
    def of(cls, shards: Shards, pad_id: int) -> ShardRows:
        """Return all rows of the shards."""
        return cls(shards, np.arange(len(shards.lengths), dtype=np.uint32), pad_id)

    @cached_property
    def lengths(self) -> np.ndarray:
        """(N,) uint16, the number of tokens in each row."""
        return self.shards.lengths[self.numbers]

    @property
    def labels(self) -> np.ndarray:
        """(N,) int32 zeros, which nobody uses and which take no memory."""
        return np.broadcast_to(np.zeros((), np.int32), len(self))

    @property
    def digest(self) -> str:
        """Equal for equal rows only."""
        digest = hashlib.sha256(self.shards.digest.encode())
        digest.update(self.numbers.data)
        return digest.hexdigest()

    def take(self, rows: np.ndarray) -> ShardRows:
        """Return some of the rows, in their order."""
        return ShardRows(self.shards, self.numbers[np.sort(rows)], self.pad_id)

    def batch(self, rows: Sequence[int] | np.ndarray, pad_to_multiple_of: int = 1) -> tuple[np.ndarray, ...]:
        """Return the network's three inputs and the labels for some rows, padded to the longest of them."""
        found = self.shards.read(self.numbers[np.asarray(rows)])
        lengths = np.array([len(row) for row in found])
        width = min(-(-int(lengths.max()) // pad_to_multiple_of) * pad_to_multiple_of, self._longest)
        mask = (np.arange(width) < lengths[:, None]).astype(np.int32)
        ids = np.full(mask.shape, self.pad_id, np.int32)
        ids[mask == 1] = np.concatenate(found)
        return ids, mask, np.zeros_like(mask), self.labels[: len(found)]

    def amount(self, labels: np.ndarray) -> float:
        """Return the weight of a batch: its number of rows."""
        return float(len(labels))

    @cached_property
    def _longest(self) -> int:
        """More padding than the longest row needs could be more than the network has positions for."""
        return int(self.lengths.max())
