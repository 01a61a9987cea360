"""Writing TFRecord: MindSpore reads the same rows; files are written atomically."""

from __future__ import annotations

import mindspore.dataset as de
import numpy as np
import pytest
from tfrecord import TFRecordWriter

from tinybert.data import COLUMNS, write_tfrecord
from tinybert.errors import InputError


def read(path, names=None, batch_size=None):
    """The columns of a file, (N, T) each."""
    rows = de.TFRecordDataset(str(path), None, columns_list=names, shuffle=False)
    rows = rows.batch(batch_size) if batch_size else rows
    batches = list(rows.create_dict_iterator(output_numpy=True))
    join = np.concatenate if batch_size else np.stack
    return {name: join([batch[name] for batch in batches]) for name in batches[0]}


@pytest.mark.parametrize("batch_size", [None, 2])
def test_the_dataset_reads_what_was_written(make_inputs, tmp_path, batch_size):
    columns = dict(zip(COLUMNS, make_inputs(5, 16), strict=True))
    assert COLUMNS == ("input_ids", "input_mask", "segment_ids")
    assert write_tfrecord(tmp_path / "data.tfrecord", columns) == 5
    found = read(tmp_path / "data.tfrecord", list(COLUMNS), batch_size)
    assert found.keys() == columns.keys()
    for name, array in columns.items():
        assert found[name].dtype == np.int64
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64])
def test_integers_of_any_size(tmp_path, dtype):
    limits = np.iinfo(dtype)
    array = np.array([[limits.min, 0, limits.max], [1, 2, 3]], dtype)
    write_tfrecord(tmp_path / "data.tfrecord", {"numbers": array})
    np.testing.assert_array_equal(read(tmp_path / "data.tfrecord")["numbers"], array)


def test_one_number_a_row(tmp_path):
    write_tfrecord(tmp_path / "data.tfrecord", {"label_ids": np.array([2, 0, 1])})
    np.testing.assert_array_equal(read(tmp_path / "data.tfrecord")["label_ids"], [[2], [0], [1]])


def test_folders_are_made_and_an_old_file_is_replaced(tmp_path):
    path = tmp_path / "new" / "folder" / "data.tfrecord"
    for value in (1, 2):
        write_tfrecord(str(path), {"numbers": np.array([[value]])})
    np.testing.assert_array_equal(read(path)["numbers"], [[2]])
    assert [file.name for file in path.parent.iterdir()] == ["data.tfrecord"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({}, "there is no column to write"),
        ({"x": np.zeros((2, 3))}, "column x must be an array of integers"),
        ({"x": np.array([True])}, "column x must be an array of integers"),
        ({"x": [[1, 2]]}, "column x must be an array of integers"),
        ({"x": np.zeros((2, 3, 4), int)}, r"\(N, T\) or \(N,\)"),
        ({"x": np.zeros((2, 0), int)}, r"column x has no values in its rows: it is \(2, 0\)"),
        ({"x": np.ma.array([1, 2], mask=[0, 1])}, "column x is a masked array"),
        ({5: np.zeros(2, int)}, "5 is not the name of a column"),
        ({"\ud800": np.zeros(2, int)}, "is not the name of a column"),
        ({"x": np.zeros((2, 3), int), "y": np.zeros(3, int)}, "different numbers of rows: {'x': 2, 'y': 3}"),
    ],
)
def test_what_cannot_be_written(tmp_path, columns, message):
    with pytest.raises(InputError, match=message):
        write_tfrecord(tmp_path / "data.tfrecord", columns)
    assert not list(tmp_path.iterdir())


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "data.tfrecord"
    write_tfrecord(path, {"numbers": np.array([[1]])})
    write = TFRecordWriter.write

    def full(self, row):
        if row["numbers"][0] == [3]:
            raise OSError(28, "No space left on device")
        write(self, row)

    monkeypatch.setattr(TFRecordWriter, "write", full)
    with pytest.raises(OSError, match="No space left"):
        write_tfrecord(path, {"numbers": np.array([[2], [3]])})
    np.testing.assert_array_equal(read(path)["numbers"], [[1]])
    assert [file.name for file in tmp_path.iterdir()] == ["data.tfrecord"]
