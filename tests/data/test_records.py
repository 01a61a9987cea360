"""Batches of rows in both formats: every row once, over several files, in shards, shuffled or not."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from tinybert.data import read_records, write_mindrecord, write_tfrecord
from tinybert.errors import InputError

WRITERS = {"tfrecord": write_tfrecord, "mindrecord": write_mindrecord}


@pytest.fixture(scope="module", params=WRITERS)
def files(request, tmp_path_factory):
    """Eleven rows in three files: 5, 2 and 4. The label is the row's index over all of them."""
    folder = tmp_path_factory.mktemp(request.param)
    paths, start = [], 0
    for rows in (5, 2, 4):
        path = folder / f"{start}.{request.param}"
        labels = np.arange(start, start + rows)
        WRITERS[request.param](path, {"input_ids": labels[:, None] * [1, 10], "label_ids": labels})
        paths.append(path)
        start += rows
    return paths


def labels(batches):
    batches = list(batches)
    for batch in batches:
        np.testing.assert_array_equal(batch["input_ids"], batch["label_ids"][:, None] * [1, 10])
    return [batch["label_ids"].tolist() for batch in batches]


def flat(batches):
    return [label for batch in labels(batches) for label in batch]


def test_files_follow_each_other(files):
    records = read_records(files, batch_size=4, rows=11)
    assert len(records) == 3
    assert labels(records) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]
    assert flat(read_records(files[::-1], batch_size=4)) == [7, 8, 9, 10, 5, 6, 0, 1, 2, 3, 4]
    assert flat(read_records(str(files[0]), batch_size=9)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("count", [1, 2, 3, 12])
@pytest.mark.parametrize("shuffle", [False, True])
def test_parts_neither_repeat_nor_drop_rows(files, count, shuffle):
    parts = [read_records(files, batch_size=2, shuffle=shuffle, seed=1, shard=(index, count)) for index in range(count)]
    rows = [flat(part.epoch(3)) for part in parts]
    assert sorted(chain(*rows)) == list(range(11))
    assert max(map(len, rows)) - min(map(len, rows)) <= 1
    assert [len(part) for part in parts] == [-(-len(part) // 2) for part in rows]


@pytest.mark.parametrize(("count", "batches"), [(1, 5), (2, 2), (3, 1)])
def test_without_remainders_all_parts_have_equally_many_whole_batches(files, count, batches):
    parts = [
        read_records(files, batch_size=2, shuffle=True, seed=1, shard=(index, count), drop_remainder=True)
        for index in range(count)
    ]
    rows = [labels(part) for part in parts]
    assert [len(part) for part in parts] == [batches] * count
    assert all([len(batch) for batch in part] == [2] * batches for part in rows)
    every = [label for part in rows for batch in part for label in batch]
    assert len(set(every)) == len(every)


def test_each_epoch_is_shuffled_anew_and_the_same_again(files):
    records = read_records(files, batch_size=3, shuffle=True, seed=5)
    first, second = flat(records), flat(records)
    assert sorted(first) == sorted(second) == list(range(11))
    assert len({tuple(first), tuple(second), tuple(range(11))}) == 3
    again = read_records(files, batch_size=3, shuffle=True, seed=5)
    assert (flat(again.epoch(0)), flat(again.epoch(1))) == (first, second)
    assert flat(read_records(files, batch_size=3, shuffle=True, seed=6)) != first


def test_without_a_seed_it_is_another_order_each_time(files):
    orders = {tuple(flat(read_records(files, batch_size=3, shuffle=True))) for _ in range(3)}
    assert len(orders) > 1


def test_both_formats_give_the_same_batches(tmp_path, columns):
    found = []
    for name, write in WRITERS.items():
        write(tmp_path / name, columns(9))
        found.append(list(read_records(tmp_path / name, batch_size=4, shuffle=True, seed=2, shard=(0, 2))))
    for one, other in zip(*found, strict=True):
        assert one.keys() == other.keys()
        for name, array in one.items():
            assert array.dtype == other[name].dtype
            np.testing.assert_array_equal(array, other[name])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size is 0"),
        ({"batch_size": 2, "shard": (2, 2)}, "shard's index is 2; it must be an integer, 0 to 1"),
        ({"batch_size": 2, "shard": (0, 0)}, "shard's count is 0"),
        ({"batch_size": 2, "shard": 1}, r"shard is 1; it must be \(index, count\)"),
        ({"batch_size": 2, "shard": (0, 2), "shuffle": True}, "Shuffled parts need a seed, the same in all"),
        (
            {"batch_size": 4, "shard": (0, 3), "drop_remainder": True},
            "11 rows make no whole batch of 4 in each of 3 pa",
        ),
        ({"batch_size": 2, "rows": 12}, "There are 11 rows, but 12 were written"),
        (
            {"batch_size": 2, "columns": ["start_positions"]},
            "'start_positions' is not there; there are input_ids, label",
        ),
        ({"batch_size": 2, "columns": []}, "there is no column to read; the file has input_ids, label_ids"),
        ({"batch_size": 2, "format": "csv"}, "format is 'csv'; it must be one of tfrecord, mindrecord"),
    ],
)
def test_wrong_arguments(files, options, message):
    with pytest.raises(InputError, match=message):
        read_records(files, **options)


def test_wrong_files(tmp_path, columns):
    for name, write in WRITERS.items():
        write(tmp_path / name, columns(2))
    with pytest.raises(InputError, match="The files are of different formats"):
        read_records([tmp_path / name for name in WRITERS], batch_size=2)
    with pytest.raises(InputError, match="There are no files to read"):
        read_records([], batch_size=2)
    with pytest.raises(InputError, match="none cannot be read: No such file"):
        read_records(tmp_path / "none", batch_size=2)
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(InputError, match="empty: there are no rows"):
        read_records(tmp_path / "empty", batch_size=2)
