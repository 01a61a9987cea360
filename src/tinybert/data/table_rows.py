"""Rows of a table as they are in the file: texts, label and id, or the error of a bad row."""

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
"""Format of a table, or "text" for one text per line."""


class TableRow(NamedTuple):
    """A row of a table, checked for form only: a text may be empty, and the label is the raw value.

    Attributes:
        line: Number of the line where the row starts, from 1; for a bad row, the number of the bad line.
        text: The text, or the first text of a pair; None in a bad row.
        pair: The second text; None if the table has no pairs.
        label: The field or JSON value; None without a label.
        negatives: The texts that do not match the first one; a JSON list counts as several.
        id: Value of the key `id` in JSON lines; otherwise None.
        error: The error of a bad row, worded to follow file and line; None if the row is good.
        record: If requested, the whole row by column name. Without a header the names are the column indices; the
            second of two columns `a` is named `a.1`. None in a bad row.
    """

    line: int
    text: str | None = None
    pair: str | None = None
    label: Any = None
    id: Any = None
    error: InputError | None = None
    record: dict[str, Any] | None = None
    negatives: tuple[Any, ...] = ()


class Form(NamedTuple):
    """Layout of a TSV or CSV file.

    Attributes:
        header: Whether the first line holds the column names. None assumes so, unless all columns are given by index:
            then the header is detected, with a warning.
        delimiter: Delimiter of a CSV file; None to detect it in the first line.
        allow_extra_fields: Whether rows may have more fields than the first.
    """

    header: bool | None = None
    delimiter: str | None = None
    allow_extra_fields: bool = False


_ANY_FORM = Form()


def table_rows(
    source: Source, kind: RowFormat, request: Request, form: Form = _ANY_FORM, *, whole: bool = False
) -> Iterator[TableRow]:
    """Read a table row by row, in constant memory.

    Args:
        source: The file.
        kind: The file's format. With "text", every line is a text, even an empty one.
        request: The caller's choice of columns.
        form: Layout of a TSV or CSV file.
        whole: Whether to fill in `TableRow.record`.

    Yields:
        The rows, including bad ones. Empty lines at the end of a table are ignored.

    Raises:
        InputError: The file cannot be read or is UTF-16, its header is bad, a column does not exist, or the request
            does not fit the format.
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
        negatives = tuple(fields[column] for column in columns.negatives)
        yield TableRow(line, fields[columns.text], pair, label, record=record, negatives=negatives)


def _different(names: list[str]) -> list[str]:
    """Return distinct column names; the second `a` becomes `a.1`, as in pandas."""
    found: dict[str, None] = {}
    for name in names:
        alternatives = (f"{name}.{number}" for number in count(1))
        found[next(each for each in chain([name], alternatives) if each not in found)] = None
    return list(found)


def _with_header(source: Source, rows: Iterator[Any], request: Request) -> tuple[bool, Iterator[Any]]:
    """Detect whether the first row is a header; return that and all rows."""
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
            negatives = _negatives(values, [names[column] for column in columns.negatives])
        except InputError as error:
            yield TableRow(line, id=identifier, error=error)
            continue
        label = None if columns.label is None else values.get(names[columns.label])
        record = values if whole else None
        yield TableRow(line, text, pair, label, identifier, record=record, negatives=negatives)


def _choose_by_index(fields: list[str], request: Request) -> Columns:
    if request.text is None or not request.by_index:
        raise InputError("without a header columns are given by index, the text at least.", argument="text", example=0)
    return choose_columns([""] * len(fields), request)  # empty names: no column is found by name


def _other_width(fields: list[str], first: int, width: int) -> InputError:
    problem = f"{counted(len(fields), 'field')}, but line {first} has {width}; this one begins with {fields[0]!r:.40}"
    if len(fields) < width:
        return InputError(f"{problem}.")
    return InputError(f"{problem}. Rows with more fields can be allowed.", argument="allow_extra_fields", example=True)


def _check_late_label(values: dict[str, Any], names: list[str], request: Request) -> None:
    """Raise InputError if a row has a label under a key that is missing in the first row."""
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


def _negatives(values: dict[str, Any], keys: list[str]) -> tuple[str, ...]:
    """Return the texts under some keys; a key may have a list of them."""
    found: list[str] = []
    for key in keys:
        if isinstance(values.get(key), list):
            found += [_text({key: item}, key) for item in values[key]]
        else:
            found.append(_text(values, key))
    return tuple(found)
