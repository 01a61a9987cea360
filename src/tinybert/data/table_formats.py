"""TSV, CSV and JSON lines: how each format is cut into rows, with the line of each, and what is wrong in its place."""

from __future__ import annotations

import csv
import os
import re
import warnings
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from ..counting import counted
from ..errors import InputError
from ..reading import parse_json
from .text_lines import Line, Source, lines_of, name_of

Format = Literal["tsv", "csv", "jsonl"]

FORMATS: dict[str, Format] = {
    ".tsv": "tsv",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",  # CLUE's files
}
"""Format by the ending of the file's name."""

# The csv module's own limit of 131,072 characters is less than a long text has. Some limit must be: a quote that is
# never closed makes one field of the rest of the file.
_LONGEST_FIELD = 16_000_000
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_SEPARATOR = re.compile(r'sep=([^"\r\n])\r?\n?')  # what Excel takes for the delimiter
_QUOTED = re.compile(r'"[^"]*("|\Z)')  # a field may go on in the next line


def table_format(source: Source, given: str | None) -> Format:
    """The format of a table: what the caller gave, or what the file's ending stands for.

    Raises:
        InputError: The given format, or the ending, is not one that is known.
    """
    allowed = ", ".join(dict.fromkeys(FORMATS.values()))
    if given is not None:
        for known in FORMATS.values():
            if given == known:
                return known
        raise InputError(f"{given!r} is not a format of tables. Give one of {allowed}.", argument="format")
    found = FORMATS.get(Path(name_of(source)).suffix.lower()) if isinstance(source, str | os.PathLike) else None
    if found is None:
        raise InputError(
            f"{name_of(source)}: its ending does not determine the format. Give one of {allowed}.", argument="format"
        )
    return found


def rows_or_errors(source: Source, kind: Format, delimiter: str | None = None) -> Iterator[tuple[int, Any]]:
    """Reads row after row; a bad one has its place among the others, and memory stays flat.

    Args:
        source: The file.
        kind: Its format.
        delimiter: What separates the fields of a CSV; by default a comma; where the first line has none, a semicolon
            (spreadsheets write it in much of Europe), a tab or a bar. A first line `sep=;` says it too.

    Yields:
        The number of the line that a row begins in, and its list of fields, or of JSON lines its dict. Of a bad row the
        line that is wrong, and an InputError that says how. Empty lines at the end of the file are not rows; any other
        is a bad one, since without it results would shift against lines.

    Raises:
        InputError: As `lines_of`.
    """
    first = count = 0
    if delimiter is not None and (kind != "csv" or not _is_delimiter(delimiter)):
        problem = "the delimiter is one character of a CSV, and neither a quote nor a line end."
        raise InputError(problem, argument="delimiter", example=";")
    rows = _csv(source, delimiter) if kind == "csv" else _PARSERS[kind](source)
    for number, row in rows:
        if row is None:
            first, count = (first if count else number), count + 1
            continue
        yield from ((empty, InputError("an empty line. Remove it.")) for empty in range(first, first + count))
        count = 0
        yield number, row


def _is_delimiter(given: Any) -> bool:
    return isinstance(given, str) and len(given) == 1 and given not in '"\r\n'


# A line, and what it holds; None if it is empty.
_Fields = tuple[int, list[str] | InputError | None]
_Object = tuple[int, dict[str, Any] | InputError | None]


def _tsv(source: Source) -> Iterator[_Fields]:
    """Cuts lines at tabs. A quote is a character like any other: GLUE's files have single ones."""
    for number, line, problem in lines_of(source):
        text = line.removesuffix("\n").removesuffix("\r")
        yield number, problem or (text.split("\t") if text.strip(" \r") else None)


def _csv(source: Source, delimiter: str | None = None) -> Iterator[_Fields]:
    """Reads comma-separated fields as RFC 4180 has them: one in quotes may hold commas, quotes and line ends."""
    bad: list[Line] = []  # the first of the row's lines that is, if any
    skipped = 0
    lines = lines_of(source)
    first = next(lines, None)
    if first is not None and (said := _SEPARATOR.fullmatch(first.text)):
        delimiter, skipped, first = delimiter or said[1], 1, None
    if first is not None and delimiter is None:
        delimiter = _delimiter(first.text, source)

    def texts() -> Iterator[str]:
        for line in chain([first] if first else (), lines):
            if line.problem and not bad:
                bad.append(line)
            yield line.text  # whose quotes say where the row ends

    # The limit is one for the whole process; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    reader = csv.reader(texts(), strict=True, delimiter=delimiter or ",")
    while True:
        begin = reader.line_num + 1 + skipped
        row: list[str] | InputError | None
        try:
            row = next(reader, None)
        except csv.Error as error:
            row = _csv_problem(str(error), reader.line_num + skipped - begin)
        if bad:
            line = bad.pop()
            yield line.number, line.problem
        elif row is None:
            return
        else:
            yield begin, row or None


def _delimiter(line: str, source: Source) -> str:
    bare = _QUOTED.sub("", line)
    found = next((delimiter for delimiter in (",", *_DELIMITERS) if delimiter in bare), ",")
    if found != ",":
        warnings.warn(f"{name_of(source)}: its fields are separated by {_DELIMITERS[found]}", stacklevel=3)
    return found


def _json(source: Source) -> Iterator[_Object]:
    for number, line, problem in lines_of(source):
        yield number, problem or (_object(line) if line.strip(" \t\r\n") else None)


_PARSERS: dict[Format, Callable[[Source], Iterator[tuple[int, Any]]]] = {"tsv": _tsv, "jsonl": _json}


def _object(line: str) -> dict[str, Any] | InputError:
    try:
        # Without its end: what is missing there would be missing in the next line.
        row = parse_json(line.rstrip("\r\n"), lone_surrogates=True)
    except InputError as error:
        hint = " A file of JSON lines has one object a line, not one over many." if line.strip() in "[{" else ""
        return InputError(f"{error}{hint}")
    if not isinstance(row, dict):
        return InputError(f'a JSON {_json_type(row)}. Write one object a line: {{"text": ...}}.')
    return row


def _csv_problem(message: str, further_lines: int) -> InputError:
    quotes = "A quote inside a quoted field is written twice."
    if "unexpected end of data" in message:
        return InputError(f"a quote is opened that nothing closes up to the end of the file. {quotes}")
    if "field larger" in message:
        size = f"a field of more than {_LONGEST_FIELD} characters"
        return InputError(f"{size}: is a quote opened that nothing closes? {quotes}")
    if "new-line character" in message:
        return InputError(
            "a carriage return inside a field without quotes. Put the field in quotes, or end lines with \\n."
        )
    after = f", {counted(further_lines, 'line')} later" if further_lines > 0 else ""
    return InputError(
        f"not CSV{after}: {message}. {quotes} If the fields are separated by tabs, it is TSV.",
        argument="format",
        example="tsv",
    )


def _json_type(value: Any) -> str:
    if value is None:
        return "null"
    names = {list: "list", str: "string", bool: "boolean", int: "number", float: "number"}
    return names[type(value)]
