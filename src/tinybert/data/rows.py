"""Rows of TSV, CSV and JSON lines, each with the number of the line that it begins in."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from ..errors import InputError
from .files import Source, error_at, name_of, numbered_lines

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


def format_of(source: Source, given: Format | None) -> Format:
    """The format that the caller gave, or that the file's ending stands for.

    Raises:
        InputError: The ending is none that is known, or the given format is not.
    """
    allowed = ", ".join(dict.fromkeys(FORMATS.values()))
    if given is not None:
        if given not in FORMATS.values():
            raise InputError(f"format is {given!r}; it must be one of {allowed}.")
        return given
    found = FORMATS.get(Path(name_of(source)).suffix.lower()) if isinstance(source, str | os.PathLike) else None
    if found is None:
        raise InputError(f"{name_of(source)}: the ending says no format. Give format=, one of {allowed}.")
    return found


def tsv_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Cuts lines at tabs. A quote is a character like any other: GLUE's files have single ones."""
    for number, line in _without_blank(source, numbered_lines(source)):
        yield number, line.removesuffix("\n").removesuffix("\r").split("\t")


def csv_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Reads comma-separated fields as RFC 4180 has them: one in quotes may hold commas, quotes and line ends."""
    # The limit is one for the whole process; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    reader = csv.reader((line for _, line in numbered_lines(source)), strict=True)
    blank = 0
    while True:
        begin = reader.line_num + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise error_at(source, begin, _csv_problem(str(error), reader.line_num - begin)) from None
        if fields is None:
            return
        if fields and blank:
            raise error_at(source, blank, "an empty line. Remove it.")
        if fields:
            yield begin, fields
        else:
            blank = blank or begin


def json_rows(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    """Reads one JSON object a line."""
    for number, line in _without_blank(source, numbered_lines(source)):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            hint = " A file of JSON lines has one object a line, not one over many." if line.strip() in "[{" else ""
            raise error_at(source, number, f"not JSON: {error.msg} at character {error.colno}.{hint}") from None
        except (RecursionError, ValueError) as error:  # nested too deep, an integer of thousands of digits
            raise error_at(source, number, f"not JSON that can be read: {error}.") from None
        if not isinstance(row, dict):
            raise error_at(source, number, f'a JSON {_json_type(row)}. Write one object a line: {{"text": ...}}.')
        yield number, row


READERS: dict[Format, Callable[[Source], Iterator[tuple[int, Any]]]] = {
    "tsv": tsv_rows,
    "csv": csv_rows,
    "jsonl": json_rows,
}


def _without_blank(source: Source, lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lets empty lines pass at the end of the file only: elsewhere one would shift results against lines."""
    blank = 0
    for number, line in lines:
        if not line.strip("\r\n"):
            blank = blank or number
        elif blank:
            raise error_at(source, blank, "an empty line. Remove it.")
        else:
            yield number, line


def _csv_problem(message: str, further_lines: int) -> str:
    quotes = "A quote inside a quoted field is written twice."
    if "unexpected end of data" in message:
        return f"a quote is opened that nothing closes up to the end of the file. {quotes}"
    if "field larger" in message:
        return f"a field of more than {_LONGEST_FIELD} characters: is a quote opened that nothing closes? {quotes}"
    if "new-line character" in message:
        return "a carriage return inside a field without quotes. Put the field in quotes, or end lines with \\n."
    after = f", {further_lines} lines later" if further_lines > 0 else ""
    return f"not CSV{after}: {message}. {quotes} Is it tab separated? Then say format='tsv'."


def _json_type(value: Any) -> str:
    if value is None:
        return "null"
    names = {list: "list", str: "string", bool: "boolean", int: "number", float: "number"}
    return names[type(value)]
