"""The rows of an input, each with its line; a bad one has its place among them, so that the others are not lost."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..data.columns import Request, check_no_header, choose_columns
from ..data.files import error_at, is_whole, lines_of, name_of
from ..data.rows import FORMATS, rows_or_errors
from ..errors import InputError

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """What a task is to work on.

    Attributes:
        line: The line that it begins in, from 1; of a bad row, the line that is wrong.
        item: A text, or a tuple of two; None if the row is bad.
        error: What is wrong with it.
        id: The value of the key `id`, in JSON lines.
        unit: What `line` counts, where it is not lines.
    """

    line: int
    item: Any = None
    error: str | None = None
    id: Any = None
    unit: str = "line"


def open_input(path: str) -> AbstractContextManager[BinaryIO]:
    """Opens a file, or stdin for `-`.

    Raises:
        InputError: It cannot be opened; says why.
    """
    if path == STDIN:
        if sys.stdin.isatty():
            print("tinybert: reading from the terminal; Ctrl-D ends it", file=sys.stderr)
        return nullcontext(sys.stdin.buffer)
    try:
        return open(path, "rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def format_of(path: str, given: str | None) -> str:
    """`text`, `tsv`, `csv` or `jsonl`: what was given, or what the file's ending says."""
    return given if given is not None else FORMATS.get(Path(path).suffix.lower(), "text")


def read_rows(
    file: BinaryIO, kind: str, request: Request, *, pairs: bool = False, extra: bool = False
) -> Iterator[Row]:
    """Reads rows one after the other; memory stays flat.

    Args:
        file: The input.
        kind: `text`, where every line is a text, an empty one too; `tsv`, `csv` or `jsonl`.
        request: The columns that were asked for; the label is not read.
        pairs: Whether the task takes pairs of texts.
        extra: Whether rows of a table may have more fields than the first.

    Yields:
        The rows, bad ones included. Empty lines at the end of a table are none.

    Raises:
        InputError: The file is UTF-16 or cannot be read, its header is bad, or a column is not there.
    """
    if kind == "text":
        if request.given:
            raise InputError(
                f"{name_of(file)} is read as one text a line, which has no columns. Say what it is: --from tsv"
            )
        yield from _by_line(file)
    elif kind == "jsonl":
        yield from _by_key(file, request, pairs)
    else:
        yield from _by_field(file, kind, request, pairs, extra)


def _by_line(file: BinaryIO) -> Iterator[Row]:
    for number, text, problem in lines_of(file, allow_nul=True):
        yield Row(number, error=str(problem)) if problem else Row(number, text.rstrip("\r\n"))


def _by_field(file: BinaryIO, kind: str, request: Request, pairs: bool, extra: bool) -> Iterator[Row]:
    named = not (request.given and all(isinstance(given, int) for given in request.given))
    indices: list[int] = []
    width = 0
    for line, fields in rows_or_errors(file, kind):
        if isinstance(fields, InputError):
            if named and not indices:
                raise error_at(file, line, str(fields))
            yield Row(line, error=str(fields))
            continue
        if not indices:
            indices, width = _choose(file, line, fields, request, pairs, named=named), len(fields)
            if named:
                continue
        if len(fields) < width or (len(fields) > width and not extra):
            hint = "" if len(fields) < width else ". allow_extra_fields=True lets it pass"
            yield Row(line, error=f"{len(fields)} fields, but the first line has {width}{hint}")
        else:
            yield Row(line, _item([fields[index] for index in indices]))


def _by_key(file: BinaryIO, request: Request, pairs: bool) -> Iterator[Row]:
    keys: list[str] = []
    for line, values in rows_or_errors(file, "jsonl"):
        if isinstance(values, InputError):
            yield Row(line, error=str(values))
            continue
        if not keys:
            known = list(values)
            keys = [known[index] for index in _choose(file, line, known, request, pairs)]
        bad = next((key for key in keys if not isinstance(values.get(key), str)), None)
        identifier = values.get("id")
        if isinstance(identifier, str) and not is_whole(identifier):
            yield Row(line, error="the key 'id' holds half of a surrogate pair, which is no character")
        elif bad is None:
            yield Row(line, _item([values[key] for key in keys]), id=identifier)
        else:
            found = f"is {values[bad]!r:.60}, not a string" if bad in values else "is not there"
            yield Row(line, error=f"the key {bad!r} {found}", id=identifier)


def _choose(
    file: BinaryIO, line: int, names: list[str], request: Request, pairs: bool, *, named: bool = True
) -> list[int]:
    """Indices of one or two columns; `names` are those of the columns, or the first row."""
    try:
        columns = choose_columns(names if named else [""] * len(names), request)
        if not named:
            check_no_header(names[columns.text])
        if columns.pair is not None and not pairs:
            raise InputError(f"pairs of texts. Say which of them is meant: --text {names[columns.text]}")
    except InputError as error:
        raise error_at(file, line, str(error)) from None
    return [index for index in columns[:2] if index is not None]


def _item(texts: list[str]) -> Any:
    return texts[0] if len(texts) == 1 else tuple(texts)
