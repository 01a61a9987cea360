"""Line-by-line reading of text files, with bad lines either reported or raised as errors."""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Iterator
from contextlib import nullcontext
from typing import BinaryIO, NamedTuple

from ..errors import InputError
from ..reading import read_bytes

# UTF-32 comes first: its byte order mark starts with UTF-16's.
_WIDE = {
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}

Source = str | os.PathLike[str] | BinaryIO
"""A file's path, or an open binary file such as `sys.stdin.buffer`."""


def name_of(source: Source) -> str:
    """Return the name of a source for error messages: its path, or the name of the open file."""
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    return str(getattr(source, "name", "the file")).strip("<>")  # sys.stdin's name is <stdin>


def place(source: Source, line: int) -> str:
    """Return file and line (counted from 1) in the form used in messages."""
    return f"{name_of(source)}, line {line}"


def error_at(source: Source, line: int, problem: InputError | str) -> InputError:
    """Return the error for a line (counted from 1), keeping the argument that the problem names."""
    error = problem if isinstance(problem, InputError) else InputError(problem)
    return error.prefixed(f"{place(source, line)}: ")


class Line(NamedTuple):
    """A line of a file.

    Attributes:
        number: Line number, from 1.
        text: The line including its line ending. Bytes that are not UTF-8 appear as lone surrogates.
        problem: The error of a bad line, worded to follow file and line; None if the line is good.
    """

    number: int
    text: str
    problem: InputError | None


def lines_of(source: Source, *, allow_nul: bool = False) -> Iterator[Line]:
    r"""Read UTF-8 text line by line, in constant memory.

    Args:
        source: The file. A byte order mark at the beginning is skipped. An open file is not closed.
        allow_nul: Whether a line may contain NUL.

    Yields:
        The lines; a line that is not UTF-8 or contains NUL has its `problem` set. Only \n ends a line: texts may
        contain U+2028 and other characters that `str.splitlines` treats as line breaks.

    Raises:
        InputError: The file cannot be read, is UTF-16, or is open as text.
    """
    if isinstance(source, str | os.PathLike) and "\0" in os.fspath(source):
        raise InputError(f"{name_of(source)} cannot be read: there is a null character in its name.")
    try:
        opened = open(source, "rb") if isinstance(source, str | os.PathLike) else nullcontext(source)  # noqa: SIM115
        with opened as file:
            for number, raw in enumerate(file, 1):
                yield _line(number, raw if number > 1 else _without_mark(raw, source), allow_nul)
    except OSError as error:
        raise InputError(f"{name_of(source)} cannot be read: {error.strerror or error}.") from error


def numbered_lines(source: Source) -> Iterator[tuple[int, str]]:
    """Read UTF-8 text line by line like `lines_of`, raising an error at the first bad line.

    Yields:
        The line number, from 1, and the line including its line ending.

    Raises:
        InputError: As for `lines_of`; or a line is not UTF-8 or contains NUL.
    """
    for number, text, problem in lines_of(source):
        if problem:
            raise error_at(source, number, problem)
        yield number, text


def decoded(source: Source, encoding: str | None) -> Source:
    """Return a UTF-8 copy of a source in another encoding, held in memory; None returns the source itself.

    Raises:
        InputError: The encoding is not known, or the file is not in this encoding (names the line).
    """
    if encoding is None:
        return source
    data = read_bytes(source) if isinstance(source, str | os.PathLike) else source.read()
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        line = data.count(b"\n", 0, getattr(error, "start", 0)) + 1
        raise error_at(source, line, InputError(f"this is not {encoding}.", argument="encoding")) from None
    except (LookupError, ValueError):  # a name with NUL
        raise InputError(f"{encoding!r} is not a known encoding.", argument="encoding") from None
    recoded = io.BytesIO(text.encode("utf-8", "surrogatepass"))
    recoded.name = name_of(source)
    return recoded


def read_text(source: Source) -> str:
    """Read a whole UTF-8 text file, with the checks of `numbered_lines`."""
    return "".join(line for _, line in numbered_lines(source))


def _without_mark(raw: bytes, source: Source) -> bytes:
    if not isinstance(raw, bytes):
        raise InputError(f"{name_of(source)} is open as text. Open it as bytes, with mode='rb'.")
    for encoding, marks in _WIDE.items():
        if raw.startswith(marks):
            problem = f"the file is {encoding.upper()}. Say so."
            raise error_at(source, 1, InputError(problem, argument="encoding", example=encoding))
    return raw.removeprefix(codecs.BOM_UTF8)


def _line(number: int, raw: bytes, allow_nul: bool) -> Line:
    problem = None
    if not allow_nul and b"\0" in raw:
        column = raw.index(b"\0") + 1
        problem = InputError(f"byte {column} of the line is NUL, which text never contains. Is it a text file?")
    try:
        return Line(number, raw.decode("utf-8"), problem)
    except UnicodeDecodeError as error:
        wrong = f"not UTF-8 (byte {error.start + 1} of the line is 0x{raw[error.start]:02x})"
    problem = problem or InputError(
        f"{wrong}. Give its encoding: often gb18030 for Chinese, windows-1252 for English.", argument="encoding"
    )
    return Line(number, raw.decode("utf-8", "surrogateescape"), problem)


def is_whole(text: str) -> bool:
    """Return whether a string can be encoded as UTF-8: JSON escapes may produce lone surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
