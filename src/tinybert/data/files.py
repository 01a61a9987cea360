"""Text files in: line by line, with an error that names the line."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from contextlib import nullcontext
from typing import BinaryIO

from ..errors import InputError

Source = str | os.PathLike[str] | BinaryIO
"""A file's path, or an open binary file such as `sys.stdin.buffer`."""


def name_of(source: Source) -> str:
    """What errors call a source: its path, or the name that an open file has."""
    return os.fspath(source) if isinstance(source, str | os.PathLike) else str(getattr(source, "name", "the file"))


def error_at(source: Source, line: int, problem: str) -> InputError:
    """Makes the error for a line, counted from 1."""
    return InputError(f"{name_of(source)}, line {line}: {problem}")


def numbered_lines(source: Source) -> Iterator[tuple[int, str]]:
    r"""Reads UTF-8 text line by line; what is read does not stay in memory.

    Args:
        source: The file. A byte order mark at its begin is let pass. An open file is not closed.

    Yields:
        The line's number, from 1, and the line with its end. Only \n ends a line: texts may well hold U+2028 and
        others that `str.splitlines` takes for line ends.

    Raises:
        InputError: The file cannot be read, or a line is not UTF-8 or holds NUL.
    """
    try:
        opened = open(source, "rb") if isinstance(source, str | os.PathLike) else nullcontext(source)  # noqa: SIM115
        with opened as file:
            for number, raw in enumerate(file, 1):
                yield number, _decode(raw, source, number)
    except OSError as error:
        raise InputError(f"{name_of(source)} cannot be read: {error.strerror or error}.") from error


def read_text(source: Source) -> str:
    """Reads a whole file of UTF-8 text, checked as `numbered_lines` does."""
    return "".join(line for _, line in numbered_lines(source))


def _decode(raw: bytes, source: Source, number: int) -> str:
    if number == 1:
        if not isinstance(raw, bytes):
            raise InputError(f"{name_of(source)} is open as text. Open it as bytes, with mode='rb'.")
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise error_at(source, 1, "the file is UTF-16. Save it as UTF-8: iconv -f UTF-16 -t UTF-8.")
        raw = raw.removeprefix(codecs.BOM_UTF8)
    if b"\0" in raw:
        column = raw.index(b"\0") + 1
        raise error_at(source, number, f"byte {column} of the line is NUL, which no text holds. Is it a text file?")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise error_at(
            source,
            number,
            f"not UTF-8 (byte {error.start + 1} of the line is 0x{raw[error.start]:02x}). Save the file as UTF-8: "
            "iconv -f ENCODING -t UTF-8, where ENCODING is often GB18030 for Chinese, WINDOWS-1252 for English.",
        ) from None
