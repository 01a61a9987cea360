"""The index beside a MindRecord file is damaged, or another's: an error of ours, before MindSpore crashes on it."""

from __future__ import annotations

import os
import shutil
import sqlite3

import numpy as np
import pytest

from tinybert.data import check_mindrecord, write_mindrecord
from tinybert.errors import InputError

PLACES = [f"{number}_{kind}" for kind in ("RAW", "BLOB") for number in ("PAGE_ID", "PAGE_OFFSET")]
PLACES += [f"PAGE_OFFSET_{kind}_END" for kind in ("RAW", "BLOB")]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    ids = np.arange(12).reshape(3, 4)
    path = tmp_path_factory.mktemp("written") / "a.mindrecord"
    write_mindrecord(path, {"input_ids": ids, "label_ids": np.arange(3)})
    return path


@pytest.fixture
def path(written, tmp_path):
    """The file, a link, and a copy of its index."""
    path = tmp_path / "a.mindrecord"
    os.link(written, path)
    shutil.copy(f"{written}.db", f"{path}.db")
    return path


def change(path, *statements):
    index = sqlite3.connect(f"{path}.db")
    for statement, *values in statements:
        index.execute(statement, values)
    index.commit()
    index.close()


@pytest.mark.parametrize("value", ["x", b"\xff\xfe", -1, 0.5, 2**62, 1e308, float("inf"), "\x1b[2J" * 1000])
@pytest.mark.parametrize("column", PLACES)
def test_a_row_has_a_place(path, column, value):
    change(path, (f"UPDATE INDEXES SET {column} = ? WHERE ROW_ID = 1", value))
    with pytest.raises(InputError, match=r"a\.mindrecord") as caught:
        check_mindrecord(path)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "change_of_places",
    [
        "PAGE_OFFSET_BLOB = 1",
        "PAGE_OFFSET_BLOB = 0",
        "PAGE_OFFSET_BLOB = PAGE_OFFSET_BLOB_END + 1",
        "PAGE_OFFSET_BLOB = PAGE_OFFSET_BLOB - 1 WHERE ROW_ID = 2",
        "PAGE_OFFSET_BLOB_END = PAGE_OFFSET_BLOB_END + 1",
        "PAGE_OFFSET_RAW = PAGE_OFFSET_RAW_END + 1",
        "PAGE_ID_BLOB = 1000",
    ],
)
def test_rows_lie_one_after_the_other_within_the_file(path, change_of_places):
    change(path, (f"UPDATE INDEXES SET {change_of_places}",))
    with pytest.raises(InputError, match=r"damaged: rows have no places|ends before its last row"):
        check_mindrecord(path)


@pytest.mark.parametrize(
    "statements",
    [
        [("UPDATE SHARD_NAME SET NAME = ?", "b.mindrecord")],
        [("UPDATE SHARD_NAME SET NAME = ?", b"\xff\xfe")],
        [("UPDATE SHARD_NAME SET NAME = ?", "\x1b[2J" * 1000)],
        [("DELETE FROM SHARD_NAME",)],
        [("DROP TABLE INDEXES",)],
        [("DROP TABLE SHARD_NAME",)],
        [("DELETE FROM INDEXES WHERE ROW_ID = 2",)],
        [("DROP TABLE INDEXES",), ("CREATE TABLE INDEXES (ROW_ID INT)",)],
        [("UPDATE TINYBERT_CHECKSUM SET ROW_COUNT = ?", "\x1b[2J")],
        [("UPDATE TINYBERT_CHECKSUM SET CRC32C = ?", b"\xff")],
        [("UPDATE TINYBERT_CHECKSUM SET SIZE = ?", None)],
        [("DELETE FROM TINYBERT_CHECKSUM",)],
        [("PRAGMA writable_schema = 1",), ("UPDATE sqlite_master SET sql = ?", b"\xff\xfe")],
        [("PRAGMA writable_schema = 1",), ("UPDATE sqlite_master SET sql = 'CREATE TABLE \xff('",)],
    ],
)
def test_what_the_index_says_beside_the_rows(path, statements):
    change(path, *statements)
    with pytest.raises(InputError, match=r"a\.mindrecord") as caught:
        check_mindrecord(path)
    assert "\x1b" not in str(caught.value)


def test_bytes_that_are_no_text_in_what_sqlite_says(path):
    index = path.with_name(f"{path.name}.db")
    index.write_bytes(index.read_bytes().replace(b"CREATE TABLE SHARD_NAME", b"\xff" * 23))
    with pytest.raises(InputError, match=r"its index a\.mindrecord\.db cannot be read"):
        check_mindrecord(path)


@pytest.mark.skipif(os.name != "posix", reason="links and pipes")
@pytest.mark.parametrize("what", ["nothing", "folder", "circle", "pipe", "empty", "junk"])
def test_something_else_in_the_place_of_the_index(path, what):
    index = path.with_name(f"{path.name}.db")
    index.unlink()
    {
        "nothing": lambda: None,
        "folder": index.mkdir,
        "circle": lambda: index.symlink_to(index),
        "pipe": lambda: os.mkfifo(index),
        "empty": index.touch,
        "junk": lambda: index.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000),
    }[what]()
    with pytest.raises(InputError, match=r"its index a\.mindrecord\.db (is not beside it|cannot be read)"):
        check_mindrecord(path)
