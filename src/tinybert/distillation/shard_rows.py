"""Tokenized text as training data: lengths in memory, tokens on disk."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .shard_vectors import ShardVectors
from .shards import Shards


@dataclass(frozen=True, eq=False)
class ShardRows:
    """Rows of shards to train on, N of them; as `Features`. What a teacher says of them may be their labels.

    Attributes:
        shards: The shards.
        numbers: (N,) uint32, which of their rows these are.
        pad_id: The id of [PAD].
        vectors: The teacher's vectors of all rows of the shards; None for none.
    """

    shards: Shards
    numbers: np.ndarray
    pad_id: int
    vectors: ShardVectors | None = None

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
        """Zeros without memory, of the dtype and shape of labels: (N, H) float32 for vectors, else (N,) int32."""
        if self.vectors is None:
            return np.broadcast_to(np.zeros((), np.int32), len(self))
        return np.broadcast_to(np.zeros(self.vectors.width, np.float32), (len(self), self.vectors.width))

    @property
    def digest(self) -> str:
        """Equal for equal rows only."""
        digest = hashlib.sha256(self.shards.digest.encode())
        digest.update(self.numbers.data)
        digest.update(b"vectors" * (self.vectors is not None))  # not to the last digit what the loss would compute
        return digest.hexdigest()

    def take(self, rows: np.ndarray) -> ShardRows:
        """Return some of the rows, in their order."""
        return dataclasses.replace(self, numbers=self.numbers[np.sort(rows)])

    def batch(self, rows: Sequence[int] | np.ndarray, pad_to_multiple_of: int = 1) -> tuple[np.ndarray, ...]:
        """Return the network's three inputs and the labels for some rows, padded to the longest of them."""
        numbers = self.numbers[np.asarray(rows)]
        found = self.shards.read(numbers)
        lengths = np.array([len(row) for row in found])
        width = min(-(-int(lengths.max()) // pad_to_multiple_of) * pad_to_multiple_of, self._longest)
        mask = (np.arange(width) < lengths[:, None]).astype(np.int32)
        ids = np.full(mask.shape, self.pad_id, np.int32)
        ids[mask == 1] = np.concatenate(found)
        labels = np.zeros(len(found), np.int32) if self.vectors is None else self.vectors.read(numbers)
        return ids, mask, np.zeros_like(mask), labels

    def amount(self, labels: np.ndarray) -> float:
        """Return the weight of a batch: its number of rows."""
        return float(len(labels))

    @cached_property
    def _longest(self) -> int:
        """More padding than the longest row needs could be more than the network has positions for."""
        return int(self.lengths.max())
