"""Verification of a MindRecord file and its index before MindSpore reads them.

A MindRecord file starts with a JSON header and has an SQLite index next to it, `NAME.db`. MindSpore opens the file that
the header names, so instead of a renamed file it reads whatever now has the old name; and it does not detect changed
bytes.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import msgspec

from ..counting import counted
from ..errors import InputError
from ..reading import parse_json
from ..writing import settle

# MindSpore opens the tables it needs by name, so an additional one does no harm.
_TABLE = "TINYBERT_CHECKSUM"
_BLOCK = 1 << 20
_KINDS = ("RAW", "BLOB")
_MISPLACED = """
SELECT COUNT(*) FROM (
    SELECT typeof(page) || typeof(start) || typeof(stop) AS types, page, start, stop,
        LAG(stop, 1, 0) OVER (PARTITION BY page ORDER BY start, stop) AS before
    FROM (SELECT PAGE_ID_{0} AS page, PAGE_OFFSET_{0} AS start, PAGE_OFFSET_{0}_END AS stop FROM INDEXES)
) WHERE types != 'integerintegerinteger' OR page < 0 OR start < before OR stop < start
"""
"""Rows that are no stretch of bytes, or overlap another: where they do, MindSpore crashes."""
_LONGEST_HEADER = 1 << 28


_Count = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]


class _Type(TypedDict):
    type: str


class Column(_Type, total=False):
    """A column's entry in the schema."""

    shape: Annotated[list[int], msgspec.Meta(min_length=1)]


class _Schema(TypedDict):
    schema: dict[str, Column]
    blob_fields: list[str]
    desc: str


class _Group(TypedDict):
    id: _Count
    offset: _Count


class _Page(TypedDict):
    start_row_id: _Count
    end_row_id: _Count
    page_id: _Count
    page_size: _Count
    page_type: Literal["BLOB_DATA", "RAW_DATA"]
    page_type_id: _Count
    row_group_ids: list[_Group]
    shard_id: _Count


class _Header(TypedDict):
    """A file's header: the keys used here, and those whose absence makes MindSpore abort the process."""

    schema: Annotated[list[_Schema], msgspec.Meta(min_length=1, max_length=1)]
    index_fields: list[Any] | None
    statistics: Any
    version: str
    shard_id: _Count
    shard_addresses: Annotated[list[str], msgspec.Meta(min_length=1)]
    header_size: _Count
    page_size: Annotated[int, msgspec.Meta(gt=0, lt=2**62)]
    page: list[_Page]


class MindRecordFile(NamedTuple):
    """A verified file.

    Attributes:
        path: The file.
        rows: Number of rows.
        schema: The `type` of each column, and its `shape` if it has one.
        parts: Names of all files that were written as one set, including this one.
        layout: Header size, page size and schema; must be equal in files that are read together.
    """

    path: str
    rows: int
    schema: dict[str, Column]
    parts: tuple[str, ...]
    layout: str


def check_mindrecord(path: str | os.PathLike[str], *, rows: int | None = None) -> MindRecordFile:
    """Verify a MindRecord file and its index.

    Args:
        path: The file.
        rows: Expected number of rows, as `write_mindrecord` returned it. Files from `write_mindrecord` also store it
            themselves.

    Returns:
        The verified file's properties.

    Raises:
        InputError: The file is not a MindRecord file, was renamed, truncated or changed, has no index or that of
            another file, or has a number of rows other than `rows`.

    Examples:
        >>> import numpy as np
        >>> from tinybert.data import write_mindrecord
        >>> rows = write_mindrecord("checked.mindrecord", {"input_ids": np.array([[2, 7, 3], [2, 9, 3]])})
        >>> check_mindrecord("checked.mindrecord").schema
        {'input_ids': {'shape': [3], 'type': 'int32'}}
    """
    path = os.fspath(path)
    settle(os.path.dirname(path) or ".")
    header = _header(path)
    name = os.path.basename(path)
    parts = tuple(os.path.basename(part) for part in header["shard_addresses"])
    if name not in parts:
        raise InputError(
            f"{path} was written as {', '.join(parts)} and cannot be renamed: MindSpore would read the file of that "
            "name instead. Give it, and its index, that name again, or write it anew."
        )
    if not Path(f"{path}.db").is_file():
        raise InputError(f"{path}: its index {name}.db is not beside it. Copy both, or write it again.")
    with _index(path) as index:
        found = _check_index(path, name, header, index)
    if rows is not None and found != rows:
        raise InputError(
            f"{path} has {counted(found, 'row')}, but {counted(rows, 'was', 'were')} written. Write or copy it again."
        )
    schema = header["schema"][0]["schema"]
    layout = json.dumps([header["header_size"], header["page_size"], schema], sort_keys=True)
    return MindRecordFile(path, found, schema, parts, layout)


def add_checksum(path: str | os.PathLike[str], rows: int) -> None:
    """Store the row count, size and checksum of a finished file in its index."""
    path = os.fspath(path)
    size, checksum = _size_and_checksum(path)
    with closing(sqlite3.connect(f"{path}.db")) as index, index:
        index.execute(f"CREATE TABLE {_TABLE} (ROW_COUNT INTEGER, SIZE INTEGER, CRC32C INTEGER)")
        index.execute(f"INSERT INTO {_TABLE} VALUES (?, ?, ?)", (rows, size, checksum))


def _header(path: str) -> _Header:
    try:
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            text = file.read(length) if 0 < length < _LONGEST_HEADER else b""
        header: _Header = parse_json(text, _Header)
        if not set(header["schema"][0]["blob_fields"]) <= set(header["schema"][0]["schema"]):
            raise InputError("a column that the schema lacks")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except InputError:
        raise InputError(f"{path} is not a MindRecord file, or it is encrypted or damaged.") from None
    return header


@contextmanager
def _index(path: str) -> Iterator[sqlite3.Connection]:
    try:
        # Without mode=ro SQLite would create a missing file, and with a journal write next to it.
        with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}.db?mode=ro", uri=True)) as index:
            index.text_factory = partial(str, encoding="utf-8", errors="replace")  # messages quote damaged text
            yield index
    except (sqlite3.Error, UnicodeDecodeError) as error:
        reason = error if isinstance(error, sqlite3.Error) else "it is damaged"  # what SQLite says quotes what is
        raise InputError(f"{path}: its index {os.path.basename(path)}.db cannot be read: {reason}.") from None


def _check_index(path: str, name: str, header: _Header, index: sqlite3.Connection) -> int:
    names = [str(row[0]) for row in index.execute("SELECT NAME FROM SHARD_NAME")]
    if names != [name]:
        raise InputError(f"{path}: {name}.db is the index of {', '.join(names)}. Copy both files, or write it again.")
    for (problem,) in index.execute("PRAGMA quick_check"):
        if problem != "ok":
            raise InputError(f"{path}: its index {name}.db is damaged: {problem}. Copy both files again.")
    (rows,) = index.execute("SELECT COUNT(*) FROM INDEXES").fetchone()
    pages = sum(page["end_row_id"] - page["start_row_id"] for page in header["page"])
    written = index.execute("SELECT name FROM sqlite_master WHERE name = ?", (_TABLE,)).fetchone()
    if written:
        expected = index.execute(f"SELECT ROW_COUNT, SIZE, CRC32C FROM {_TABLE}").fetchone() or (0, 0, 0)
        if (rows, *_size_and_checksum(path)) != expected:
            _raise_changed(path, rows, expected[0])
    if any(index.execute(_MISPLACED.format(kind)).fetchone()[0] for kind in _KINDS):
        raise InputError(f"{path}: its index {name}.db is damaged: rows have no places. Copy both files again.")
    if os.path.getsize(path) < header["header_size"] + _end_of_rows(header, index):
        raise InputError(f"{path} ends before its last row. The file was cut; write or copy it again.")
    if rows != pages:
        _raise_changed(path, rows, pages)
    return int(rows)


def _raise_changed(path: str, rows: int, written: int) -> None:
    counts = (
        f"its index has {counted(rows, 'row')}, but {counted(written, 'was', 'were')} written"
        if rows != written
        else "its checksum is wrong"
    )
    raise InputError(f"{path} is not as it was written: {counts}. Write or copy it and its index again.")


def _end_of_rows(header: _Header, index: sqlite3.Connection) -> int:
    """Return the offset after the header at which the last row ends, in bytes."""
    ends = [
        index.execute(f"SELECT MAX(PAGE_ID_{kind} * ? + PAGE_OFFSET_{kind}_END) FROM INDEXES", (header["page_size"],))
        for kind in _KINDS
    ]
    return max(cursor.fetchone()[0] or 0 for cursor in ends)


def _size_and_checksum(path: str) -> tuple[int, int]:
    import crc32c

    size = checksum = 0
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            size += len(block)
            checksum = crc32c.crc32c(block, checksum)
    return size, checksum
