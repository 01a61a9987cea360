"""Verification of MindRecord files: renamed, truncated, changed, without an index or with another file's."""

from __future__ import annotations

import shutil
import sqlite3

import mindspore.dataset as ds
import numpy as np
import pytest
from mindspore.mindrecord import FileWriter

from tinybert.data import check_mindrecord, read_records, write_mindrecord
from tinybert.errors import InputError


@pytest.fixture
def path(tmp_path, columns):
    """Five rows of six tokens."""
    path = tmp_path / "data.mindrecord"
    assert write_mindrecord(path, columns(5)) == 5
    return path


def write_as_others(path, rows, *, start=0, parts=1, **columns):
    """Write a file as the model zoo's scripts do."""
    writer = FileWriter(str(path), parts, overwrite=True)
    columns = columns or {"input_ids": {"type": "int64", "shape": [-1]}, "text": {"type": "string"}}
    writer.add_schema(columns)
    values = {"int64": np.array([1, 2]), "int32": np.array([1, 2], np.int32), "string": "a"}
    row = {name: values[entry["type"]] for name, entry in columns.items()}
    writer.write_raw_data([{**row, "input_ids": row["input_ids"] + start + number} for number in range(rows)])
    writer.commit()


def test_what_was_written_is_read(path, columns):
    records = read_records(path, batch_size=2, rows=5)
    batches = list(records)
    assert [len(batch["label_ids"]) for batch in batches] == [2, 2, 1]
    for name, array in columns(5).items():
        found = np.concatenate([batch[name] for batch in batches])
        assert found.dtype == np.int32
        np.testing.assert_array_equal(found, array)


def test_mindspore_reads_it(path, columns):
    rows = list(ds.MindDataset(str(path), shuffle=False).create_dict_iterator(output_numpy=True))
    assert rows[0].keys() == columns(5).keys()
    for name, array in columns(5).items():
        assert rows[0][name].dtype == np.int32
        np.testing.assert_array_equal(np.stack([row[name] for row in rows]), array.reshape(5, -1))


def test_scores_and_other_integers(tmp_path):
    write_mindrecord(tmp_path / "a", {"label_ids": np.array([0.5, 2.25]), "numbers": np.array([2**40, -3])})
    (batch,) = read_records(tmp_path / "a", batch_size=8)
    assert (batch["label_ids"].dtype, batch["numbers"].dtype) == (np.float32, np.int64)
    np.testing.assert_array_equal(batch["label_ids"], [0.5, 2.25])
    np.testing.assert_array_equal(batch["numbers"], [[2**40], [-3]])


def test_files_are_there_whole_or_not_at_all(tmp_path, columns):
    path = tmp_path / "new" / "a.mindrecord"
    for rows in (5, 3):
        write_mindrecord(path, columns(rows))
    assert sorted(file.name for file in path.parent.iterdir()) == ["a.mindrecord", "a.mindrecord.db"]
    for name, wrong, message in (
        ("a.mindrecord", {"input_ids": np.array([2**31])}, "row 0: a value is outside int32"),
        ("a.mindrecord", {"input_ids": np.zeros((0, 2), int)}, "There are no rows"),
        ("a.mindrecord", {"input ids": np.array([1])}, "cannot be written as MindRecord"),
        ("a?.mindrecord", {"input_ids": np.array([1])}, "cannot be written as MindRecord"),
    ):
        with pytest.raises(InputError, match=message):
            write_mindrecord(path.parent / name, wrong)
    assert check_mindrecord(path).rows == 3


def test_a_renamed_file_is_not_read_as_another(path, columns):
    copy = path.with_name("copy.mindrecord")
    for ending in ("", ".db"):
        shutil.copy(f"{path}{ending}", f"{copy}{ending}")
    # The check is necessary: for a renamed file, MindSpore reads the file that has the old name.
    write_mindrecord(path, columns(2, start=7))
    assert ds.MindDataset(str(copy)).get_dataset_size() == 2
    with pytest.raises(InputError, match=r"copy.mindrecord was written as data.mindrecord and cannot be renamed"):
        read_records(copy, batch_size=2)


def test_a_moved_file_is_read(path, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    for ending in ("", ".db"):
        shutil.move(f"{path}{ending}", tmp_path / "elsewhere")
    assert check_mindrecord(tmp_path / "elsewhere" / path.name, rows=5).rows == 5


@pytest.mark.parametrize("place", [9, 300, 16 * 1024 * 1024 + 30, -1])
def test_a_changed_byte_is_found(path, place):
    with open(path, "r+b") as file:
        file.seek(place, 2 if place < 0 else 0)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(InputError, match=r"its checksum is wrong|is not a MindRecord file"):
        read_records(path, batch_size=2)


def test_rows_that_the_index_lost(path):
    with sqlite3.connect(f"{path}.db") as index:
        index.execute("DELETE FROM INDEXES WHERE ROW_ID = 4")
    with pytest.raises(InputError, match="its index has 4 rows, but 5 were written"):
        read_records(path, batch_size=2)


def test_the_index_is_missing_foreign_or_damaged(path, tmp_path, columns):
    index = tmp_path / "data.mindrecord.db"
    write_mindrecord(tmp_path / "b.mindrecord", columns(5))
    shutil.copy(tmp_path / "b.mindrecord.db", index)
    with pytest.raises(InputError, match=r"data.mindrecord.db is the index of b.mindrecord"):
        check_mindrecord(path)
    index.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(InputError, match=r"its index data.mindrecord.db cannot be read: file is not a database"):
        check_mindrecord(path)
    index.unlink()
    with pytest.raises(InputError, match=r"its index data.mindrecord.db is not beside it"):
        check_mindrecord(path)
    assert not index.exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"\x05\0\0\0\0\0\0\0[1,2]", b"\xff" * 100, b"text\n" * 1000])
def test_no_mindrecord_file(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(InputError, match="a is not a MindRecord file"):
        check_mindrecord(tmp_path / "a")


def test_a_number_of_rows_that_is_not_what_was_written(path, tmp_path):
    with pytest.raises(InputError, match="has 5 rows, but 6 were written"):
        check_mindrecord(path, rows=6)
    with pytest.raises(InputError, match="There are 5 rows, but 6 were written"):
        read_records(path, batch_size=2, rows=6)
    with pytest.raises(InputError, match=r"none cannot be read: No such file"):
        check_mindrecord(tmp_path / "none")


def test_files_of_others(tmp_path):
    path = tmp_path / "a.mindrecord"
    write_as_others(path, 3)
    (batch,) = read_records(path, batch_size=4)
    assert batch.keys() == {"input_ids"}
    assert batch["input_ids"].dtype == np.int32
    np.testing.assert_array_equal(batch["input_ids"], [[1, 2], [2, 3], [3, 4]])
    with pytest.raises(InputError, match="the column 'text' holds no numbers; there are input_ids"):
        read_records(path, batch_size=4, columns=["text"])
    with open(path, "r+b") as file:
        file.truncate(path.stat().st_size - 8)
    with pytest.raises(InputError, match=r"a.mindrecord ends before its last row"):
        read_records(path, batch_size=4)


def test_int64_that_int32_cannot_hold(tmp_path):
    write_as_others(tmp_path / "a", 3, start=2**31 - 3)
    with pytest.raises(InputError, match="row 1 of all: input_ids has a value outside int32"):
        list(read_records(tmp_path / "a", batch_size=4))


def test_parts_of_a_set_belong_together(tmp_path):
    write_as_others(tmp_path / "s", 7, parts=3)
    paths = [tmp_path / f"s{part}" for part in range(3)]
    with pytest.raises(InputError, match=r"one of 3 files that were written together. Give the others as well: s0, s2"):
        read_records(paths[1], batch_size=2)
    records = read_records(paths, batch_size=2, rows=7)
    assert sorted(int(row[0]) for batch in records for row in batch["input_ids"]) == list(range(1, 8))


def test_files_that_do_not_fit_together(tmp_path):
    write_as_others(tmp_path / "a", 2)
    write_as_others(tmp_path / "b", 2, input_ids={"type": "int32", "shape": [2]})
    with pytest.raises(InputError, match=r"b and .*a differ in their columns or page sizes"):
        read_records([tmp_path / "a", tmp_path / "b"], batch_size=2)


def test_what_mindspore_cannot_read_is_one_error(path):
    records = read_records(path, batch_size=2)
    path.unlink()
    with pytest.raises(InputError, match=r"data.mindrecord: MindSpore cannot read the rows") as caught:
        list(records)
    assert "C++" not in str(caught.value)
