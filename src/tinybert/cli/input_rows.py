"""Read the rows of an input with their line numbers; a bad row keeps its place, so that the others can be processed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..data.columns import Request
from ..data.table_formats import FORMATS
from ..data.table_rows import Form, RowFormat, TableRow, table_rows
from ..data.tables import check_text
from ..data.text_lines import decoded, is_whole
from ..errors import InputError, TinyBertError
from .streams import is_closed

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an input, to be processed by a task.

    Attributes:
        line: The line that it begins on, from 1; for a bad row, the line with the error.
        item: A text, or a tuple of two; None if the row is bad.
        error: The error if the row is bad, else None.
        id: The value of the key `id`, in JSON lines.
        unit: What `line` counts, if not lines.
        record: The whole row by column name, if requested; None if the row is malformed.
    """

    line: int
    item: Any = None
    error: TinyBertError | None = None
    id: Any = None
    unit: str = "line"
    record: dict[str, Any] | None = None


def open_input(path: str) -> AbstractContextManager[BinaryIO]:
    """Open a file, or stdin for `-`.

    Raises:
        InputError: It cannot be opened; the message says why.
    """
    if path == STDIN:
        if is_closed("stdin"):
            raise InputError("stdin is closed: give a file, or a pipe")
        if sys.stdin.isatty():
            print("tinybert: reading from the terminal; Ctrl-D ends it", file=sys.stderr)
        return nullcontext(sys.stdin.buffer)
    try:
        return open(path, "rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def input_format(path: str, given: str | None) -> str:
    """Return `text`, `tsv`, `csv` or `jsonl`: the given format, or the one of the file extension."""
    return given if given is not None else FORMATS.get(Path(path).suffix.lower(), "text")


def read_rows(
    file: BinaryIO,
    kind: RowFormat,
    request: Request,
    form: Form | None = None,
    *,
    pairs: bool = False,
    encoding: str | None = None,
    whole: bool = False,
) -> Iterator[Row]:
    """Read rows one at a time, in constant memory.

    Args:
        file: The input.
        kind: `text`, in which every line, even an empty one, is a text; or `tsv`, `csv` or `jsonl`.
        request: The requested columns; the label is not read.
        form: The layout of a table's fields.
        pairs: Whether the task takes pairs of texts.
        encoding: The input's encoding; None for UTF-8.
        whole: Whether to set `record` of each row.

    Returns:
        The rows, including bad ones, such as those with an empty text (in `text`, an empty line is a text). Empty lines
        at the end of a table are not rows.

    Raises:
        InputError: As for `table_rows`; or there are pairs, and the task takes none.
    """
    unlabelled = request._replace(label=False, pairs=pairs)
    make = _line if kind == "text" else _row
    return map(make, table_rows(decoded(file, encoding), kind, unlabelled, form or Form(), whole=whole))


def _line(row: TableRow) -> Row:
    return Row(row.line, row.text, row.error, record=row.record)


def _row(row: TableRow) -> Row:
    if isinstance(row.id, str) and not is_whole(row.id):  # it would be written with the results
        return Row(row.line, error=InputError("the key 'id' holds half of a surrogate pair, not a character."))
    if row.error:
        return Row(row.line, None, row.error, row.id)
    try:  # the same check as for training data
        item = check_text(row.text) if row.pair is None else (check_text(row.text), check_text(row.pair))
    except InputError as error:
        return Row(row.line, None, error, row.id, record=row.record)
    return Row(row.line, item, None, row.id, record=row.record)
