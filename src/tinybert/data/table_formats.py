"""Row parsers for TSV, CSV and JSON lines; each row comes with its line number, a bad row as an error."""

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
"""Format by file extension."""

# The csv module's default limit of 131,072 characters is too small for long texts. A limit is still needed: an unclosed
# quote turns the rest of the file into one field.
_LONGEST_FIELD = 16_000_000
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_SEPARATOR = re.compile(r'sep=([^"\r\n])\r?\n?')  # Excel's declaration of the delimiter
_QUOTED = re.compile(r'"[^"]*("|\Z)')  # a field may continue on the next line


def table_format(source: Source, given: str | None) -> Format:
    """Return the format of a table: the given one, or the one of the file's extension.

    Raises:
        InputError: The given format or the extension is not known.
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
    """Read a table row by row in constant memory, yielding an error in place of a bad row.

    Args:
        source: The file.
        kind: The file's format.
        delimiter: Delimiter of a CSV file. By default a comma or, if the first line has none, a semicolon (common in
            European spreadsheets), a tab or a bar. A first line such as `sep=;` sets it too.

    Yields:
        The number of the line where the row starts, and the row: a list of fields, or a dict for JSON lines. For a bad
        row, the number of the bad line and an InputError. Empty lines at the end of the file are ignored; any other
        empty line is a bad row, because skipping it would misalign results and lines.

    Raises:
        InputError: As for `lines_of`.
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


# A line number and the line's content; None if the line is empty.
_Fields = tuple[int, list[str] | InputError | None]
_Object = tuple[int, dict[str, Any] | InputError | None]


def _tsv(source: Source) -> Iterator[_Fields]:
    """Split lines at tabs. Quotes have no special meaning: GLUE's files contain unpaired ones."""
    for number, line, problem in lines_of(source):
        text = line.removesuffix("\n").removesuffix("\r")
        yield number, problem or (text.split("\t") if text.strip(" \r") else None)


def _csv(source: Source, delimiter: str | None = None) -> Iterator[_Fields]:
    """Read comma-separated fields as defined by RFC 4180: quoted fields may contain commas, quotes and line breaks."""
    bad: list[Line] = []  # the first bad line of the row, if any
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
            yield line.text  # even if bad: its quotes determine where the row ends

    # The limit applies to the whole process; it is only ever raised.
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
        # Without the line ending, or an error at the end would be reported for the next line.
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
