"""Batches: each row once, grouped by length, reproducible from the seed, and shared over any number of processes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.data.batches import TrainingBatches, restore_order
from tinybert.errors import InputError

LENGTHS = st.lists(st.integers(1, 60), min_size=1, max_size=80)
SIZES = st.integers(1, 9)
PROCESSES = st.integers(1, 4)


def lists(batches):
    return [rows.tolist() for rows in batches]


@settings(max_examples=50)
@given(LENGTHS, SIZES, PROCESSES, st.integers(1, 5), st.integers(0, 3))
def test_training_has_every_row_once_and_equally_many_batches(lengths, batch_size, size, pool, epoch):
    lengths = lengths * size
    processes = [TrainingBatches(lengths, batch_size, seed=3, pool=pool, rank=rank, size=size) for rank in range(size)]
    epochs = [batches.epoch(epoch) for batches in processes]
    assert sorted(row for batches in epochs for rows in batches for row in rows.tolist()) == list(range(len(lengths)))
    totals = processes[0].totals
    for batches in processes:
        assert len(batches) == len(totals)
        assert batches.totals == totals
    for step, total in zip(zip(*epochs, strict=True), totals, strict=True):
        sizes = [len(rows) for rows in step]
        assert sum(sizes) == total
        assert min(sizes) >= 1
        assert max(sizes) - min(sizes) <= 1
        assert max(sizes) <= batch_size + (batch_size == 1)
    # All but the last two batches are full, so that means over processes are means over rows.
    assert all(total == batch_size * size for total in totals[:-2])


@pytest.mark.parametrize(
    ("rows", "batch_size", "size", "totals"),
    [
        (10, 4, 1, (4, 4, 2)),
        (16, 4, 2, (8, 8)),
        (19, 4, 2, (8, 8, 3)),
        (17, 4, 2, (8, 7, 2)),
        (9, 2, 4, (5, 4)),
        (5, 1, 2, (2, 3)),
        (3, 1, 3, (3,)),
    ],
)
def test_totals(rows, batch_size, size, totals):
    assert TrainingBatches([5] * rows, batch_size, size=size).totals == totals


def test_a_doubled_batch_in_one_process_is_two_processes_together():
    lengths = np.random.RandomState(0).randint(1, 50, 64)
    one = TrainingBatches(lengths, 8, seed=1, pool=3).epoch(2)
    first, second = (TrainingBatches(lengths, 4, seed=1, pool=3, rank=rank, size=2).epoch(2) for rank in (0, 1))
    assert [sorted(rows) for rows in lists(one)] == [
        sorted(a + b) for a, b in zip(lists(first), lists(second), strict=True)
    ]


def test_the_same_seed_gives_the_same_batches_and_another_does_not():
    lengths = list(range(1, 40))
    batches = TrainingBatches(lengths, 4, seed=7)
    assert lists(batches.epoch(1)) == lists(TrainingBatches(lengths, 4, seed=7).epoch(1))
    assert lists(batches.epoch(1)) != lists(batches.epoch(0))
    assert lists(batches.epoch(1)) != lists(TrainingBatches(lengths, 4, seed=8).epoch(1))


def test_the_order_is_pinned():
    # A resumed training must get the same order again, on any machine and with any version of NumPy.
    assert lists(TrainingBatches([3, 1, 4, 1, 5, 9, 2, 6], 3, seed=1).epoch(0)) == PINNED


PINNED = [[1, 3, 6], [0, 4, 7], [2, 5]]


def test_batches_are_of_about_one_length_but_not_sorted():
    lengths = np.random.RandomState(0).randint(1, 128, 2000)
    batches = TrainingBatches(lengths, 20, seed=1, pool=50).epoch(0)
    padded = sum(lengths[rows].max() * len(rows) for rows in batches)
    assert padded < 1.03 * lengths.sum()
    longest = [lengths[rows].max() for rows in batches]
    assert longest != sorted(longest)
    assert longest != sorted(longest, reverse=True)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=80), SIZES)
def test_the_order_is_restored(lengths, batch_size):
    batches = TrainingBatches(lengths, batch_size).epoch(0)
    lengths = np.array(lengths)
    np.testing.assert_array_equal(restore_order(batches, [lengths[rows] for rows in batches]), lengths)
    rows = np.stack([lengths, lengths + 1], axis=1)
    np.testing.assert_array_equal(restore_order(batches, [rows[some] for some in batches]), rows)
    assert restore_order(batches, [lengths[rows].tolist() for rows in batches]) == lengths.tolist()


def test_batches_of_all_processes_together_are_restored():
    lengths = np.arange(11)
    batches = [rows for rank in range(3) for rows in TrainingBatches(lengths, 2, rank=rank, size=3).epoch(1)]
    np.testing.assert_array_equal(restore_order(batches, [lengths[rows] for rows in batches]), lengths)


def test_nothing_to_order():
    assert restore_order([], []) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: TrainingBatches([1], 2, size=2), "1 row cannot be trained on by 2 processes"),
        (lambda: TrainingBatches([], 2), "0 rows cannot be trained on"),
        (lambda: TrainingBatches([1], 0), "batch_size is 0"),
        (lambda: TrainingBatches([1, 2], 1, rank=2, size=2), "rank is 2; it must be an integer, 0 to 1"),
        (lambda: TrainingBatches([1.5], 1), r"lengths is an array of float64, \(1,\)"),
        (lambda: TrainingBatches([1, 2], 1).epoch(-1), "epoch is -1; it must be an integer, 0 or more"),
        (lambda: TrainingBatches([[1]], 1), r"lengths is an array of int64, \(1, 1\)"),
        (lambda: restore_order([np.array([0])], []), "There is 1 batch and 0 results"),
        (lambda: restore_order([np.array([0, 1])], [[1]]), "batch 0 has 2 rows and 1 result"),
        (lambda: restore_order([np.array([0]), np.array([2])], [[1], [2]]), "do not have each row once"),
        (lambda: restore_order([np.array([0]), np.array([0])], [[1], [2]]), "do not have each row once"),
    ],
)
def test_wrong_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
