"""The records of a TFRecord file as bytes, with the checksums that MindSpore does not look at.

A record is its length (8 bytes), a checksum of that (4), the content, and a checksum of the content (4). MindSpore
takes a damaged length for the end of the file and a damaged content for the data.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Callable, Sequence
from typing import BinaryIO

import numpy as np

from ..counting import counted
from ..errors import InputError
from .packed import open_packed

_HEADER = struct.Struct("<QI")
_LENGTH = struct.Struct("<Q")
_CHECKSUM = struct.Struct("<I")


def check_tfrecord(path: str | os.PathLike[str], *, rows: int | None = None) -> int:
    """Reads a TFRecord file through and verifies every checksum.

    Any changed byte and any end in the middle of a record is found; an end between two records only by `rows`.

    Args:
        path: The file, packed by gzip or not.
        rows: Rows that were written, as `write_tfrecord` returned.

    Returns:
        Rows of the file.

    Raises:
        InputError: The file cannot be read, a checksum is wrong or the file ends inside a record (names the record,
            from 0, and its byte), or the number of rows is another.

    Examples:
        >>> from tinybert.data import write_tfrecord
        >>> rows = write_tfrecord("checked.tfrecord", {"input_ids": np.array([[2, 7, 3], [2, 9, 3]])})
        >>> check_tfrecord("checked.tfrecord", rows=rows)
        2
    """
    found = len(record_offsets(path))
    if rows is not None and found != rows:
        raise InputError(
            f"{os.fspath(path)} has {counted(found, 'row')}, but {counted(rows, 'was', 'were')} written. Write or copy "
            "it again."
        )
    return found


def record_offsets(path: str | os.PathLike[str]) -> np.ndarray:
    """(N,) int64, the byte that each record begins at, after all were verified; raises as `check_tfrecord`."""
    offsets = array("q")
    try:
        with open_packed(path, is_intact_header) as file:
            size, offset = os.fstat(file.fileno()).st_size, 0
            while offset < size:
                content = _read(path, file, len(offsets), offset, size)
                offsets.append(offset)
                offset += _HEADER.size + len(content) + _CHECKSUM.size
    except OSError as error:
        raise InputError(f"{os.fspath(path)} cannot be read: {error.strerror or error}.") from error
    return np.array(offsets, dtype=np.int64)


def read_records_at(path: str | os.PathLike[str], places: Sequence[tuple[int, int]]) -> list[bytes]:
    """Reads single records and verifies them once more: the file may have changed since `record_offsets`.

    Args:
        path: The file.
        places: Number of each record, and the byte that it begins at.

    Returns:
        Their contents, in the given order.

    Raises:
        InputError: As `check_tfrecord`.
    """
    try:
        with open_packed(path, is_intact_header) as file:
            size, contents = os.fstat(file.fileno()).st_size, []
            for number, offset in places:
                file.seek(offset)
                contents.append(_read(path, file, number, offset, size))
            return contents
    except OSError as error:
        raise InputError(f"{os.fspath(path)} cannot be read: {error.strerror or error}.") from error


def is_intact_header(header: bytes) -> bool:
    """Whether 12 bytes are a record's length with the right checksum."""
    return len(header) == _HEADER.size and _masked_crc(header[: _LENGTH.size]) == _HEADER.unpack(header)[1]


def record_error(path: str | os.PathLike[str], number: int, offset: int, problem: str) -> InputError:
    """Makes the error for a record, counted from 0."""
    return InputError(f"{os.fspath(path)}, record {number} (at byte {offset}): {problem}")


def _read(path: str | os.PathLike[str], file: BinaryIO, number: int, offset: int, size: int) -> bytes:
    def damaged(problem: str) -> InputError:
        return record_error(path, number, offset, f"{problem}. The file is damaged; write or copy it again.")

    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise damaged("the file ends inside the record")
    if not is_intact_header(header):
        raise damaged("the checksum of the length is wrong")
    (length,) = _LENGTH.unpack_from(header)
    # Checked before it is read, or a forged length would ask for any amount of memory.
    if offset + _HEADER.size + length + _CHECKSUM.size > size:
        raise damaged(f"the file ends inside the record, which has {counted(length, 'byte')}")
    content = file.read(length)
    checksum = file.read(_CHECKSUM.size)
    if len(checksum) < _CHECKSUM.size or _masked_crc(content) != _CHECKSUM.unpack(checksum)[0]:
        raise damaged("the checksum of the content is wrong")
    return content


def _masked_crc(data: bytes) -> int:
    """TFRecord's checksum: a CRC32C, turned and shifted so that checksums of checksums stay useful."""
    crc = _crc32c()(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _crc32c() -> Callable[[bytes], int]:
    import crc32c

    return crc32c.crc32c
