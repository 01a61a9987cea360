"""The rows of an input, each with its line; a bad one has its place among them, so that the others are not lost."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, BinaryIO

from ..data.columns import Request, choose_columns
from ..errors import InputError

STDIN = "-"
_BYTE_ORDER_MARK = "\ufeff"
_LONGEST_FIELD = 16_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """What a task is to work on.

    Attributes:
        line: The line that it begins in, from 1.
        item: A text, or a tuple of two; None if the row is bad.
        error: What is wrong with it.
        id: The value of the key `id`, in JSON lines.
    """

    line: int
    item: Any = None
    error: str | None = None
    id: Any = None


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
    endings = {".tsv": "tsv", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
    return given or next((kind for ending, kind in endings.items() if path.lower().endswith(ending)), "text")


def read_rows(file: BinaryIO, name: str, kind: str, request: Request, *, pairs: bool = False) -> Iterator[Row]:
    """Reads rows one after the other; memory stays flat.

    Args:
        file: The input.
        name: What errors call it.
        kind: `text`, where every line is a text, an empty one too; `tsv`, `csv` or `jsonl`.
        request: The columns that were asked for; the label is not read.
        pairs: Whether the task takes pairs of texts.

    Yields:
        The rows, bad ones included. Empty lines at the end of a table are none.

    Raises:
        InputError: A column is not there.
    """
    if kind == "text":
        if request.given:
            raise InputError(f"{name} is read as one text a line, which has no columns. Say what it is: --from tsv")
        for line, text in _lines(file):
            problem = _not_utf8(text)
            yield Row(line, None if problem else text.rstrip("\r\n"), problem)
        return
    parsed = _without_last_blank(_PARSERS[kind](_lines(file)))

    def choose(names: list[str], line: int) -> list[int]:
        try:
            columns = choose_columns(names, request)
            if columns.pair is not None and not pairs:
                raise InputError(f"pairs of texts. Say which of them is meant: --text {names[columns.text]}")
        except InputError as error:
            raise InputError(f"{name}, line {line}: {error}") from None
        return [index for index in columns[:2] if index is not None]

    if kind == "jsonl":
        yield from _by_key(parsed, choose)
    else:
        named = not (request.given and all(isinstance(given, int) for given in request.given))
        yield from _by_field(parsed, choose, named=named)


# A line with what stands in it: fields, an object, an error, or None for an empty line.
_Parsed = tuple[int, Any]
# From names and their line to the indices of one or two columns.
_Choose = Callable[[list[str], int], list[int]]


def _lines(file: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(file, 1):
        # Bytes that are no UTF-8 are kept apart from the rest of the file, and told where they stand.
        text = raw.decode("utf-8", errors="surrogateescape")
        yield number, text.removeprefix(_BYTE_ORDER_MARK) if number == 1 else text


def _not_utf8(text: str) -> str | None:
    if text.isascii() or not any("\udc80" <= character <= "\udcff" for character in text):
        return None
    return "not UTF-8. Save the file as UTF-8: iconv -f ENCODING -t UTF-8"


def _tsv(lines: Iterator[tuple[int, str]]) -> Iterator[_Parsed]:
    for number, line in lines:
        problem = _not_utf8(line)
        yield number, InputError(problem) if problem else line.rstrip("\r\n").split("\t") if line.strip() else None


def _csv(lines: Iterator[tuple[int, str]]) -> Iterator[_Parsed]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    reader = csv.reader((line for _, line in lines), strict=True)
    while True:
        begin = reader.line_num + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            yield begin, InputError(f"not CSV: {error}. A quote inside a quoted field is written twice.")
            continue
        if fields is None:
            return
        problem = _not_utf8("".join(fields))
        yield begin, InputError(problem) if problem else fields or None


def _jsonl(lines: Iterator[tuple[int, str]]) -> Iterator[_Parsed]:
    for number, line in lines:
        problem, value = _not_utf8(line), None
        try:
            value = json.loads(line) if line.strip() and not problem else None
            if value is not None and not isinstance(value, dict):
                problem = 'not an object. Write one a line: {"text": ...}'
        except (ValueError, RecursionError) as error:
            problem = f"not JSON: {error}"
        yield number, InputError(problem) if problem else value


_PARSERS: dict[str, Callable[[Iterator[tuple[int, str]]], Iterator[_Parsed]]] = {
    "tsv": _tsv,
    "csv": _csv,
    "jsonl": _jsonl,
}


def _without_last_blank(parsed: Iterator[_Parsed]) -> Iterator[_Parsed]:
    blank: list[int] = []
    for number, value in parsed:
        if value is None:
            blank.append(number)
            continue
        yield from ((line, InputError("an empty line")) for line in blank)
        blank.clear()
        yield number, value


def _by_field(parsed: Iterator[_Parsed], choose: _Choose, *, named: bool) -> Iterator[Row]:
    indices: list[int] = []
    width = 0
    for line, value in parsed:
        if isinstance(value, InputError):
            yield Row(line, error=str(value))
            continue
        if not indices:
            indices, width = choose(value if named else [""] * len(value), line), len(value)
            if named:
                continue
        if len(value) != width:
            yield Row(line, error=f"{len(value)} fields, but the first line has {width}")
        else:
            yield Row(line, _item([value[index] for index in indices]))


def _by_key(parsed: Iterator[_Parsed], choose: _Choose) -> Iterator[Row]:
    keys: list[str] = []
    for line, value in parsed:
        if isinstance(value, InputError):
            yield Row(line, error=str(value))
            continue
        if not keys:
            known = list(value)
            keys = [known[index] for index in choose(known, line)]
        bad = next((key for key in keys if not isinstance(value.get(key), str)), None)
        if bad is None:
            yield Row(line, _item([value[key] for key in keys]), id=value.get("id"))
        else:
            found = f"is {value[bad]!r:.60}, not a string" if bad in value else "is not there"
            yield Row(line, error=f"the key {bad!r} {found}", id=value.get("id"))


def _item(texts: list[str]) -> Any:
    return texts[0] if len(texts) == 1 else tuple(texts)
