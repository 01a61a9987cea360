"""Records of a TFRecord file as bytes, with the checksum verification that MindSpore omits.

A record consists of its length (8 bytes), a checksum of the length (4), the content, and a checksum of the content (4).
MindSpore treats a damaged length as the end of the file, and damaged content as data.
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
    """Read a whole TFRecord file and verify every checksum.

    This detects any changed byte and any truncation inside a record; truncation between two records is detected only
    with `rows`.

    Args:
        path: The file, optionally compressed with gzip.
        rows: Expected number of rows, as `write_tfrecord` returned it.

    Returns:
        Number of rows in the file.

    Raises:
        InputError: The file cannot be read, a checksum is wrong or the file ends inside a record (names the record,
            from 0, and its byte offset), or the number of rows differs from `rows`.

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
    """Verify all records and return their byte offsets, (N,) int64; raise like `check_tfrecord`."""
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
    """Read single records and verify them again: the file may have changed since `record_offsets`.

    Args:
        path: The file.
        places: Number and byte offset of each record.

    Returns:
        The contents of the records, in the given order.

    Raises:
        InputError: As for `check_tfrecord`.
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
    """Return whether 12 bytes are a record length followed by its correct checksum."""
    return len(header) == _HEADER.size and _masked_crc(header[: _LENGTH.size]) == _HEADER.unpack(header)[1]


def record_error(path: str | os.PathLike[str], number: int, offset: int, problem: str) -> InputError:
    """Return the error for a record, counted from 0."""
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
    # Check before reading, or a forged length could request any amount of memory.
    if offset + _HEADER.size + length + _CHECKSUM.size > size:
        raise damaged(f"the file ends inside the record, which has {counted(length, 'byte')}")
    content = file.read(length)
    checksum = file.read(_CHECKSUM.size)
    if len(checksum) < _CHECKSUM.size or _masked_crc(content) != _CHECKSUM.unpack(checksum)[0]:
        raise damaged("the checksum of the content is wrong")
    return content


def _masked_crc(data: bytes) -> int:
    """Return TFRecord's checksum: a CRC32C, rotated and offset so that checksums of checksums stay useful."""
    crc = _crc32c()(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _crc32c() -> Callable[[bytes], int]:
    import crc32c

    return crc32c.crc32c
