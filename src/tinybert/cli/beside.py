"""Write results next to their input rows: all columns of the input, or one of them, followed by the result."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from ..errors import InputError
from .input_rows import Row
from .output import error_of, json_line

Values = Callable[[Any], Sequence[Any]]
"""Returns the values of a result, one per column."""


def beside(
    results: Iterable[tuple[Row, Any]], form: str, names: Sequence[str], values: Values, *, whole: bool, id_: str | None
) -> Iterator[str]:
    """Yield lines of CSV, TSV or JSON: for each row its columns, then the result.

    A skipped row keeps its place, with empty fields for the result. A result column that has the same name as an input
    column is prefixed with `predicted_`.

    Args:
        results: Rows with their results; None for a bad row.
        form: `csv`, `tsv` or `jsonl`.
        names: Names of the result columns.
        values: Returns the values of a result.
        whole: Whether rows have a `record`, whose columns are written; otherwise only results are.
        id_: The single input column to write, by name or index; None for all.

    Raises:
        InputError: There is no such column, or a field cannot be written as TSV.
    """
    pending = iter(results)
    # Bad rows may come before the first row with a record, which determines the columns.
    early = []
    columns: list[str] = []
    for row, result in pending if whole else ():
        early.append((row, result))
        if row.record is not None:
            columns = _kept(list(row.record), id_)
            break
    rows = chain(early, pending)
    lines = _json_lines if form == "jsonl" else _fields
    yield from lines(rows, columns, _beside_names(names, columns), values, form)


def _kept(columns: list[str], id_: str | None) -> list[str]:
    if id_ is None:
        return columns
    if id_ in columns:
        return [id_]
    if id_.isdecimal() and int(id_) < len(columns):
        return [columns[int(id_)]]
    raise InputError(
        f"there is no column {id_!r} in the input; there are {', '.join(map(repr, columns))}", argument="id"
    )


def _beside_names(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        while name in columns or name in found:
            name = f"predicted_{name}"  # noqa: PLW2901
        found.append(name)
    return found


def _fields(
    rows: Iterable[tuple[Row, Any]], columns: Sequence[str], names: Sequence[str], values: Values, form: str
) -> Iterator[str]:
    yield _line([*columns, *names], form)
    for row, result in rows:
        kept = map((row.record or {}).get, columns)
        said = [""] * len(names) if result is None else values(result)
        yield _line([shown(value) for value in (*kept, *said)], form)


def _json_lines(
    rows: Iterable[tuple[Row, Any]], columns: Sequence[str], names: Sequence[str], values: Values, form: str
) -> Iterator[str]:
    del form
    (error,) = _beside_names(["error"], columns)
    for row, result in rows:
        kept = {name: row.record[name] for name in columns if name in row.record} if row.record else {}
        said = {error: error_of(row)} if result is None else dict(zip(names, values(result), strict=True))
        yield json_line(**kept, **said)


def _line(fields: Sequence[str], form: str) -> str:
    if form == "csv":
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(fields)
        return line.getvalue()
    for field in fields:
        if any(character in field for character in "\t\r\n"):
            raise InputError(f"TSV cannot hold {field!r:.60}, which has a tab or a line end. Write CSV.")
    return "\t".join(fields) + "\n"


def shown(value: Any) -> str:
    """Format a value as a field: numbers with six digits, labels separated by bars, anything else as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "|".join(value)
    return f"{value:.6g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
