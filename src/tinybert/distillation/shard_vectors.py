"""Vectors of the rows of shards on disk, in a file beside each shard."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..writing import replacing
from .shards import Shards


@dataclass(frozen=True, eq=False)
class ShardVectors:
    """Vectors of the rows of shards.

    Attributes:
        shards: The shards.
        paths: The file of each shard's vectors.
        width: The vectors' width, H.
    """

    shards: Shards
    paths: tuple[Path, ...]
    width: int

    def read(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return the vectors of some rows, (B, H) float32, in their order."""
        from safetensors import safe_open

        found = np.empty((len(rows), self.width), np.float32)
        for place, where in self.shards.places(rows):
            with safe_open(str(self.paths[place]), framework="numpy") as file:
                vectors = file.get_slice("vectors")
                for index, row in where:
                    found[index] = vectors[row : row + 1]
        return found


def write_vectors(path: Path, vectors: np.ndarray) -> None:
    """Write the vectors of a shard's rows, (R, H) float32, completely or not at all."""
    from safetensors.numpy import save_file

    with replacing(path) as temporary:
        save_file({"vectors": vectors, "sha256": _hash(vectors)}, str(temporary))


def check_vectors(path: Path) -> None:
    """Raise InputError unless a file of vectors is as it was written."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="numpy") as file:
            is_right = np.array_equal(_hash(file.get_tensor("vectors")), file.get_tensor("sha256"))
    except (SafetensorError, OSError):
        is_right = False
    if not is_right:
        raise InputError(f"{path} is not as it was written: it is damaged or cut. Remove the file, and it is made anew")


def _hash(vectors: np.ndarray) -> np.ndarray:
    return np.frombuffer(hashlib.sha256(vectors.data).digest(), np.uint8)
