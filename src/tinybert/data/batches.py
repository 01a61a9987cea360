"""Assignment of rows to batches of similar length, which keeps padding low. Plain NumPy; works on row lengths only.

Nothing here keeps state: batches depend only on lengths, seed and epoch. An interrupted training can therefore resume
where it stopped, and each process of a distributed training can compute its own share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arguments import check_integer
from ..counting import counted, there_are
from ..errors import InputError


class TrainingBatches:
    """Shuffled training batches of rows of similar length; each row appears once per epoch.

    Each epoch shuffles all rows, cuts them into pools, sorts each pool by length, cuts it into batches and shuffles the
    batches. Only the last batch of an epoch may be smaller; its rows may have any length.

    With several processes, every process gets the same number of batches. Batch sizes are equal except in the last one
    or two batches of an epoch, where they may differ by one. Use `totals` to compute an exact mean.

    Args:
        lengths: (N,) integers, the number of tokens in each row.
        batch_size: Rows per batch in each process.
        seed: Seed of the shuffling.
        pool: Number of batches, over all processes, that are sorted together. A larger pool pads less; a smaller one
            mixes lengths more.
        rank: Rank of this process, from 0.
        size: Number of processes.

    Attributes:
        totals: Tuple with the number of rows of each batch, summed over all processes; the same in every epoch.

    Raises:
        InputError: An argument is invalid, or there are fewer rows than processes.

    Examples:
        >>> batches = TrainingBatches([3, 9, 4, 8], 2, seed=1)
        >>> [sorted(rows.tolist()) for rows in batches.epoch(0)]
        [[0, 2], [1, 3]]
    """

    def __init__(
        self,
        lengths: Sequence[int] | np.ndarray,
        batch_size: int,
        *,
        seed: int = 0,
        pool: int = 50,
        rank: int = 0,
        size: int = 1,
    ) -> None:
        self._lengths = _check_lengths(lengths)
        self._size = check_integer(size, "size", 1)
        self._rank = check_integer(rank, "rank", 0, self._size - 1)
        self._seed = check_integer(seed, "seed", 0)
        self._pool = check_integer(pool, "pool", 1)
        self._batch = check_integer(batch_size, "batch_size", 1)
        self.totals = _totals(len(self._lengths), self._batch, self._size)

    def __len__(self) -> int:
        """Return the number of batches per epoch."""
        return len(self.totals)

    def epoch(self, epoch: int) -> list[np.ndarray]:
        """Return the batches of an epoch (counted from 0), each an int64 array of row indices."""
        order = shuffled(len(self._lengths), self._seed, check_integer(epoch, "epoch", 0))
        whole = [total for total in self.totals if total == self._batch * self._size]
        steps = self._bucketed(order[: sum(whole)], len(whole), epoch)
        begin = sum(whole)
        for total in self.totals[len(whole) :]:
            steps.append(order[begin : begin + total])
            begin += total
        if self._size == 1:
            return steps
        # Neighbouring rows have similar lengths, so dealing them out in turn balances the work of the processes.
        return [rows[self._rank :: self._size] for rows in steps]

    def _bucketed(self, order: np.ndarray, count: int, epoch: int) -> list[np.ndarray]:
        step = self._batch * self._size
        pools = [order[begin : begin + self._pool * step] for begin in range(0, len(order), self._pool * step)]
        # A stable sort keeps rows of equal length in shuffled order.
        for rows in pools:  # in place: there may be millions
            rows[:] = rows[np.argsort(self._lengths[rows], kind="stable")]
        steps = [rows[begin : begin + step] for rows in pools for begin in range(0, len(rows), step)]
        return [steps[index] for index in shuffled(count, self._seed, epoch, stream=1)]


def restore_order(batches: Sequence[np.ndarray], results: Sequence[Any]) -> Any:
    """Put results that were computed batch by batch back into row order.

    Args:
        batches: The batches as arrays of row indices; together they hold each row from 0 on exactly once.
        results: For each batch, a list with one item per row or an array whose first axis is its rows.

    Returns:
        One result per row: an array if all results are arrays, otherwise a list.

    Raises:
        InputError: The number of results of a batch differs from its number of rows, or rows are missing or repeated.

    Examples:
        >>> restore_order([np.array([1, 2]), np.array([0])], [["nine", "four"], ["three"]])
        ['three', 'nine', 'four']
    """
    if len(batches) != len(results):
        raise InputError(
            f"{there_are(len(batches), 'batch', 'batches')} and {counted(len(results), 'result')}. Each batch needs "
            "its results."
        )
    for index, (rows, result) in enumerate(zip(batches, results, strict=True)):
        if len(rows) != len(result):
            raise InputError(
                f"batch {index} has {counted(len(rows), 'row')} and {counted(len(result), 'result')}. Each row needs "
                "one."
            )
    order = np.concatenate([np.zeros(0, np.intp), *batches])
    inverse = np.argsort(order, kind="stable")
    if not np.array_equal(order[inverse], np.arange(len(order))):
        raise InputError("The batches do not have each row once. With several processes give the batches of all.")
    if results and all(isinstance(result, np.ndarray) for result in results):
        return np.concatenate(results)[inverse]
    flat = [item for result in results for item in result]
    return [flat[index] for index in inverse]


def shuffled(count: int, seed: int, epoch: int, *, stream: int = 0) -> np.ndarray:
    """Return (count,) the numbers 0 to count - 1, in an order that depends only on the arguments, on any machine."""
    # NumPy guarantees that RandomState's stream never changes; default_rng's may, which would break a resumed training.
    bits = np.random.MT19937(np.random.SeedSequence((seed, epoch, stream)))
    return np.random.RandomState(bits).permutation(count)


def _check_lengths(lengths: Sequence[int] | np.ndarray) -> np.ndarray:
    array = np.asarray(lengths)
    array = array.astype(np.int64) if array.size == 0 else array
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise InputError(f"lengths is an array of {array.dtype}, {array.shape}; it must be integers, (N,).")
    return array


def _totals(rows: int, batch: int, size: int) -> tuple[int, ...]:
    """Return the batch sizes of an epoch over all processes: no batch empty in any process, each row used once."""
    if rows < size:
        raise InputError(f"{counted(rows, 'row')} cannot be trained on by {size} processes; each needs at least one.")
    whole, rest = divmod(rows, batch * size)
    if not rest:
        return (batch * size,) * whole
    if rest >= size:
        return (batch * size,) * whole + (rest,)
    if batch == 1:  # no batch can give up a row: the last one takes the rest and is larger in some processes
        return (size,) * (whole - 1) + (size + rest,)
    # Fewer rows are left than there are processes: the last whole batch gives up some of its own.
    return (batch * size,) * (whole - 1) + (batch * size + rest - size, size)
