"""A teacher's vectors of all texts, computed once and kept beside their tokens."""

from __future__ import annotations

import hashlib

import numpy as np

from ..checkpoint import Checkpoint
from ..checkpoint.sentence import SentenceSettings
from ..hub.locks import locked
from ..progress import ProgressBar
from ..runtime.mindspore import MindSporeRuntime
from ..tasks.pooling import vectors_of
from ..training.digests import digest_of
from .shard_rows import ShardRows
from .shard_vectors import ShardVectors, check_vectors, write_vectors

_BATCH, _MULTIPLE = 64, 8
"""Rows of a batch, and what its width is a multiple of; with others, the last digits differ."""


def teacher_vectors(rows: ShardRows, teacher: Checkpoint) -> ShardVectors:
    """Compute the vectors of all rows of shards, those that are not there yet.

    Args:
        rows: All rows of the shards.
        teacher: The teacher. Its vectors are pooled as it says, not normalised, as a distillation compares them.

    Raises:
        InputError: A file of vectors is damaged; names it.
        OutputError: A vector is not finite.
        KeyboardInterrupt: Ctrl-C; the same call goes on after the last whole file.
    """
    shards = rows.shards
    pooling, tensors = teacher.sentence.pooling, teacher.tensors
    config = teacher.config.replace(seq_length=1)  # it cuts texts, and these are cut
    origin = f"{digest_of(tensors[name] for name in sorted(tensors))} {pooling} {config}"
    names = [hashlib.sha256(f"{origin} {each}".encode()).hexdigest()[:16] for each in shards.hashes]
    paths = tuple(
        path.with_suffix(f".vectors-{name}.safetensors") for path, name in zip(shards.paths, names, strict=True)
    )
    with locked(paths[0].parent / ".lock", "computes the vectors of the teacher"):
        sizes = np.diff(shards.begins)
        missing = [number for number, path in enumerate(paths) if not path.exists()]
        if missing:
            runtime = MindSporeRuntime.of_checkpoint(teacher)  # of a head it computes nothing
            done = int(sizes.sum() - sizes[missing].sum())
            with ProgressBar(int(sizes.sum()), unit="rows", done=done, description="teacher's vectors") as bar:
                for number in missing:
                    some = np.arange(*shards.begins[number : number + 2])
                    write_vectors(paths[number], _computed(rows, some, runtime, SentenceSettings(pooling), bar))
    for path in paths:
        check_vectors(path)
    return ShardVectors(shards, paths, teacher.config.hidden_size)


def _computed(
    rows: ShardRows, numbers: np.ndarray, runtime: MindSporeRuntime, settings: SentenceSettings, bar: ProgressBar
) -> np.ndarray:
    """The vectors of the rows of one shard, (R, H) float32."""
    found = np.empty((len(numbers), runtime.config.hidden_size), np.float32)
    order = rows.lengths[numbers].argsort(kind="stable")
    for begin in range(0, len(order), _BATCH):
        some = order[begin : begin + _BATCH]
        ids, mask, segments, _ = rows.batch(numbers[some], _MULTIPLE)
        found[some] = vectors_of(runtime.encode((ids, mask, segments)), mask, settings)
        bar.advance(len(some))
    return found
