"""Tokenized text on disk: files of up to 65,536 rows each, of which any row can be read.

Not MindRecord files: for these, MindSpore takes 24 times as long to read a batch of random rows out of two million,
keeps 80 bytes of memory for each of them, and needs twice the disk (benchmarks/shard_reading.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..counting import counted
from ..errors import InputError
from ..hub.integrity import sha256_of
from ..writing import replacing
from .manifest import Manifest, Shard
from .packing import TokenRows

SHARDS = "shards"
"""The folder of a student's tokenized text, in its own, while it trains."""


@dataclass(frozen=True, eq=False)
class Shards:
    """Rows of token ids in files, N in all.

    Attributes:
        paths: The files.
        begins: (S + 1,) int64, the number of the first row of each of the S files; the last is N.
        lengths: (N,) uint16, the number of tokens in each row.
        hashes: The SHA-256 of each file.
    """

    paths: tuple[Path, ...]
    begins: np.ndarray
    lengths: np.ndarray
    hashes: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Equal for equal rows only."""
        return hashlib.sha256("".join(self.hashes).encode()).hexdigest()

    def read(self, rows: Sequence[int] | np.ndarray) -> list[np.ndarray]:
        """Return the token ids of some rows, in their order.

        Files are opened for the time of reading. A lasting memory map would be shorter, but whatever was read once
        counts as this process's memory until another needs it.
        """
        from safetensors import safe_open

        found: list[np.ndarray] = [np.empty(0)] * len(rows)
        for place, where in self.places(rows):
            with safe_open(str(self.paths[place]), framework="numpy") as file:
                tokens, offsets = file.get_slice("tokens"), file.get_slice("offsets")
                for index, row in where:
                    begin, end = map(int, offsets[row : row + 2])
                    found[index] = tokens[begin:end]
        return found

    def places(self, rows: Sequence[int] | np.ndarray) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Yield where rows are: the number of each file, with their indices in `rows` and their rows in the file."""
        numbers = np.asarray(rows, np.int64)
        files = np.searchsorted(self.begins, numbers, side="right") - 1
        for file in np.unique(files).tolist():
            indices = np.flatnonzero(files == file)
            yield file, [*zip(indices.tolist(), (numbers[indices] - self.begins[file]).tolist(), strict=True)]


def write_shard(path: Path, rows: TokenRows) -> Shard:
    """Write a shard, completely or not at all, and return what the manifest says of it."""
    from safetensors.numpy import save_file

    with replacing(path) as temporary:
        save_file({"tokens": rows.tokens, "offsets": rows.offsets}, str(temporary))
    of_files = {str(file): counts for file, counts in rows.tokens_of_files.items()}
    return {"name": path.name, "sha256": sha256_of(path), "rows": len(rows.offsets) - 1, "tokens_of_files": of_files}


def open_shards(folder: Path, manifest: Manifest) -> Shards:
    """Check all shards of a folder and open them.

    Raises:
        InputError: A shard is missing, cut or changed, or has another number of rows; names it.
    """
    shards = manifest["shards"]
    paths = tuple(folder / shard["name"] for shard in shards)
    lengths = np.concatenate([_lengths(path, shard) for path, shard in zip(paths, shards, strict=True)])
    begins = np.cumsum([0, *(shard["rows"] for shard in shards)])
    return Shards(paths, begins, lengths, tuple(shard["sha256"] for shard in shards))


def _lengths(path: Path, shard: Shard) -> np.ndarray:
    """Return the lengths of a shard's rows, once it is sure that it is as it was written."""
    from safetensors import safe_open

    remedy = "Remove the file, and it is made anew"
    try:
        sha256 = sha256_of(path)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}. {remedy}") from None
    if sha256 != shard["sha256"]:
        raise InputError(f"{path} is not as it was written: it is damaged or cut. {remedy}")
    with safe_open(str(path), framework="numpy") as file:
        lengths = np.diff(file.get_tensor("offsets")).astype(np.uint16)
    if len(lengths) != shard["rows"]:
        raise InputError(f"{path} has {counted(len(lengths), 'row')}, its manifest says {shard['rows']}. {remedy}")
    return lengths
