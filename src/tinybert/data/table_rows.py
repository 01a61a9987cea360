"""The rows of a table as they are in the file: texts, label and id of each, or in a bad row's place what is wrong."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import chain, count, islice
from typing import Any, Literal, NamedTuple

from ..counting import counted
from ..errors import InputError
from .columns import Columns, Request, choose_columns
from .header import ROWS_SEEN, looks_like_header
from .table_formats import Format, rows_or_errors
from .text_lines import Source, error_at, lines_of, name_of

RowFormat = Format | Literal["text"]
"""A table's format, or one text a line."""


class TableRow(NamedTuple):
    """A row, unchecked but for its form: a text may be empty, and a label is what the file has.

    Attributes:
        line: The line that it begins in, from 1; of a bad row, the line that is wrong.
        text: The text, or the first text of a pair; None in a bad row.
        pair: The second text; None where texts are not pairs.
        label: The field, or the JSON value; None without a label.
        id: The value of the key `id`, in JSON lines.
        error: What is wrong, to follow file and line; None if nothing is.
        record: Where it is asked for, the whole row by the names of its columns; without a header these are their
            indices, and the second of two columns `a` is `a.1`. None in a bad row.
    """

    line: int
    text: str | None = None
    pair: str | None = None
    label: Any = None
    id: Any = None
    error: InputError | None = None
    record: dict[str, Any] | None = None


class Form(NamedTuple):
    """How the fields of a TSV or CSV are laid out.

    Attributes:
        header: Whether the first line holds the names. None: it does; where all columns are given by their indices, it
            does if it looks like it, with a warning.
        delimiter: What separates the fields of a CSV; None where the first line tells.
        allow_extra_fields: Whether rows may have more fields than the first.
    """

    header: bool | None = None
    delimiter: str | None = None
    allow_extra_fields: bool = False


_ANY_FORM = Form()


def table_rows(
    source: Source, kind: RowFormat, request: Request, form: Form = _ANY_FORM, *, whole: bool = False
) -> Iterator[TableRow]:
    """Reads rows one after the other; memory stays flat.

    Args:
        source: The file.
        kind: Its format. Of `text` every line is a text, an empty one too.
        request: The columns that were asked for.
        form: How the fields of TSV and CSV are laid out.
        whole: Whether rows have their `record`.

    Yields:
        The rows, bad ones included. Empty lines at the end of a table are not rows.

    Raises:
        InputError: The file cannot be read or is UTF-16, its header is bad, a column is not there, or the request does
            not fit the format.
    """
    if kind == "text":
        if request.given:
            raise InputError(
                f"{name_of(source)} is read as one text a line, which has no columns. Say what it is.",
                argument="format",
                example="tsv",
            )
        return _by_line(source, whole)
    if kind == "jsonl":
        if form.delimiter is not None:
            raise InputError("JSON lines have no delimiter: the delimiter is one character of a CSV.")
        if form.header is not None or any(isinstance(column, int) for column in request.given):
            raise InputError("JSON lines have neither a header nor column indices; give the names of keys.")
        return _by_key(source, request, whole)
    return _by_field(source, kind, request, form, whole)


def _by_line(source: Source, whole: bool) -> Iterator[TableRow]:
    for number, line, problem in lines_of(source, allow_nul=True):
        text = line.rstrip("\r\n")
        record = {"text": text} if whole else None
        yield TableRow(number, error=problem) if problem else TableRow(number, text, record=record)


def _by_field(source: Source, kind: Format, request: Request, form: Form, whole: bool) -> Iterator[TableRow]:
    rows = rows_or_errors(source, kind, form.delimiter)
    named, rows = _with_header(source, rows, request) if form.header is None else (form.header, rows)
    columns: Columns | None = None
    names: list[str] = []
    first = width = 0
    for line, fields in rows:
        if isinstance(fields, InputError):
            if named and columns is None:  # without its header a table has no columns
                raise error_at(source, line, fields)
            yield TableRow(line, error=fields)
            continue
        if columns is None:
            try:
                columns = choose_columns(fields, request) if named else _choose_by_index(fields, request)
            except InputError as error:
                raise error_at(source, line, error) from None
            first, width = line, len(fields)
            names = _different(fields) if named else [str(index) for index in range(width)]
            if named:
                continue
        if len(fields) < width or (len(fields) > width and not form.allow_extra_fields):
            yield TableRow(line, error=_other_width(fields, first, width))
            continue
        pair = None if columns.pair is None else fields[columns.pair]
        label = None if columns.label is None else fields[columns.label]
        record = dict(zip(names, fields, strict=False)) if whole else None
        yield TableRow(line, fields[columns.text], pair, label, record=record)


def _different(names: list[str]) -> list[str]:
    """Names of columns, the second `a` as `a.1`, as pandas has them."""
    found: dict[str, None] = {}
    for name in names:
        alternatives = (f"{name}.{number}" for number in count(1))
        found[next(each for each in chain([name], alternatives) if each not in found)] = None
    return list(found)


def _with_header(source: Source, rows: Iterator[Any], request: Request) -> tuple[bool, Iterator[Any]]:
    """Whether the first row is a header, where nobody says so; and all rows."""
    if not request.by_index:
        return True, rows
    seen = list(islice(rows, ROWS_SEEN))
    named = looks_like_header([fields for _, fields in seen if isinstance(fields, list)], request)
    if named:
        problem = "the first line is taken for a header; header=False (--no-header) reads it as a row"
        warnings.warn(f"{name_of(source)}: {problem}", stacklevel=2)
    return named, chain(seen, rows)


def _by_key(source: Source, request: Request, whole: bool) -> Iterator[TableRow]:
    names: list[str] = []
    columns: Columns | None = None
    for line, values in rows_or_errors(source, "jsonl"):
        if isinstance(values, InputError):
            yield TableRow(line, error=values)
            continue
        if columns is None:
            names = list(values)
            try:
                columns = choose_columns(names, request)
            except InputError as error:
                raise error_at(source, line, error) from None
        identifier = values.get("id")
        try:
            if columns.label is None and request.label is None:
                _check_late_label(values, names, request)
            text = _text(values, names[columns.text])
            pair = None if columns.pair is None else _text(values, names[columns.pair])
        except InputError as error:
            yield TableRow(line, id=identifier, error=error)
            continue
        label = None if columns.label is None else values.get(names[columns.label])
        yield TableRow(line, text, pair, label, identifier, record=values if whole else None)


def _choose_by_index(fields: list[str], request: Request) -> Columns:
    if request.text is None or not request.by_index:
        raise InputError("without a header columns are given by index, the text at least.", argument="text", example=0)
    return choose_columns([""] * len(fields), request)  # no column is known by its name


def _other_width(fields: list[str], first: int, width: int) -> InputError:
    problem = f"{counted(len(fields), 'field')}, but line {first} has {width}; this one begins with {fields[0]!r:.40}"
    if len(fields) < width:
        return InputError(f"{problem}.")
    return InputError(f"{problem}. Rows with more fields can be allowed.", argument="allow_extra_fields", example=True)


def _check_late_label(values: dict[str, Any], names: list[str], request: Request) -> None:
    """Raises InputError if a row has a label under a key that the first row does not have."""
    if not values.keys() <= set(names):
        late = choose_columns(list(values), request).label
        if late is not None:
            raise InputError(
                f"the key {list(values)[late]!r} is not in the first row. Give all rows a label or none.",
                argument="label",
                example=False,
            )


def _text(values: dict[str, Any], key: str) -> str:
    if key not in values:
        raise InputError(f"no key {key!r}; there are {', '.join(map(repr, values)) or 'none'}.")
    if not isinstance(values[key], str):
        raise InputError(f"the key {key!r} is {values[key]!r:.60}, not a string.")
    return values[key]
