"""Texts, pairs of texts and their labels out of TSV, CSV and JSON lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Literal

from ..errors import InputError
from .columns import Column, Columns, Request, check_no_header, choose_columns
from .examples import TextExample
from .files import Source, error_at, name_of
from .labels import LabelReader
from .rows import Format, format_of, rows_of


def read_texts(  # noqa: PLR0913 - each is a choice of its own, given by name
    path: Source,
    *,
    text: Column | None = None,
    pair: Column | None = None,
    label: Column | Literal[False] | None = None,
    regression: bool = False,
    multi_label_separator: str | None = None,
    format: Format | None = None,  # noqa: A002 - as pandas and MindSpore call it
    header: bool | None = None,
    allow_extra_fields: bool = False,
) -> list[TextExample]:
    r"""Reads a table of texts; all arguments are those of `iter_texts`, which says what they mean.

    Returns:
        The examples in the order of the file.

    Raises:
        InputError: As `iter_texts`.

    Examples:
        A path, or an open file:

        >>> import io
        >>> read_texts(io.BytesIO(b"sentence\tlabel\na fine film\t1\n"), format="tsv")
        [TextExample(text='a fine film', pair=None, label='1')]
        >>> reviews = io.BytesIO(b'Id,Review,Stars\n7,"Good, but long",4\n')
        >>> read_texts(reviews, format="csv", text="Review", label="Stars", regression=True)
        [TextExample(text='Good, but long', pair=None, label=4.0)]

        GLUE's one set without a header, CoLA, is read with `text=3, label=1`; the STS benchmark as published with
        `text=5, pair=6, label=4, regression=True, format="tsv", allow_extra_fields=True`.
    """
    return list(
        iter_texts(
            path,
            text=text,
            pair=pair,
            label=label,
            regression=regression,
            multi_label_separator=multi_label_separator,
            format=format,
            header=header,
            allow_extra_fields=allow_extra_fields,
        )
    )


def iter_texts(  # noqa: PLR0913 - each is a choice of its own, given by name
    path: Source,
    *,
    text: Column | None = None,
    pair: Column | None = None,
    label: Column | Literal[False] | None = None,
    regression: bool = False,
    multi_label_separator: str | None = None,
    format: Format | None = None,  # noqa: A002
    header: bool | None = None,
    allow_extra_fields: bool = False,
) -> Iterator[TextExample]:
    """Reads a table of texts row by row; memory stays flat however long the file is.

    TSV is cut at tabs and knows no quoting, as GLUE's files need it. CSV is quoted as RFC 4180 says. JSON lines have
    one object a line. The columns that GLUE and CLUE name (`columns.py`) are found without being told.

    Args:
        path: The file, UTF-8 with or without a byte order mark; or an open binary file, with `format`.
        text: Column of the text, or of the first text of a pair: its name, or its index from 0.
        pair: Column of the second text.
        label: Column of the label; False reads none.
        regression: Labels are scores, read as floats. Columns such as `score` are then looked for first.
        multi_label_separator: What stands between classes where a text may have several; labels are then tuples. A
            JSON list is always a tuple.
        format: "tsv", "csv" or "jsonl" where the file's ending does not say it.
        header: Whether the first line holds the names. None: it does, unless the columns are given by their indices.
        allow_extra_fields: Rows may have more fields than the first, as some files with notes at the end do; those
            are passed over.

    Returns:
        The examples, one after the other. Texts are as they stand in the file, outer blanks included; labels are
        without them.

    Raises:
        InputError: With file and line: a column that is not there (lists what is), a row with another number of
            fields, an empty text, an empty line before the last, bytes that are not UTF-8 or NUL, malformed CSV or
            JSON, a score that is no number, a label in some rows only. Without line: a file that cannot be read or
            has no rows.
    """
    request = Request(text, pair, label, regression)
    labels = LabelReader(regression=regression, separator=multi_label_separator)
    kind = format_of(path, format)
    if kind != "jsonl":
        return _examples(path, labels, _by_field(path, kind, request, header=header, extra=allow_extra_fields))
    if header is not None or any(isinstance(column, int) for column in request.given):
        raise InputError("JSON lines have neither a header nor column indices; give the names of keys.")
    return _examples(path, labels, _by_key(path, request))


_NO_PAIR = object()
# Line, text, pair and label as they stand in the file.
_RawRow = tuple[int, Any, Any, Any]


def _examples(path: Source, labels: LabelReader, rows: Iterator[_RawRow]) -> Iterator[TextExample]:
    line = 0
    for line, first, second, value in rows:
        try:
            pair = None if second is _NO_PAIR else check_text(second)
            example = TextExample(check_text(first), pair, labels.read(line, value))
        except InputError as error:
            raise error_at(path, line, str(error)) from None
        yield example
    if not line:
        raise InputError(f"{name_of(path)} has no rows.")


def _by_field(path: Source, kind: Format, request: Request, *, header: bool | None, extra: bool) -> Iterator[_RawRow]:
    rows: Iterator[tuple[int, list[str]]] = rows_of(path, kind)
    first = next(rows, None)
    if first is None:
        return
    line, names = first
    by_index = bool(request.given) and all(isinstance(column, int) for column in request.given)
    named = not by_index if header is None else header
    try:
        columns = _choose(names, request, named=named)
        if header is None and not named:
            check_no_header(names[columns.text])
    except InputError as error:
        raise error_at(path, line, str(error)) from None
    for line, fields in rows if named else chain([first], rows):
        if len(fields) < len(names) or (len(fields) > len(names) and not extra):
            hint = "" if len(fields) < len(names) else " allow_extra_fields=True lets it pass."
            counts = f"{len(fields)} fields, but line {first[0]} has {len(names)}"
            raise error_at(path, line, f"{counts}; this one begins with {fields[0]!r:.40}.{hint}")
        second = _NO_PAIR if columns.pair is None else fields[columns.pair]
        yield line, fields[columns.text], second, None if columns.label is None else fields[columns.label]


def _choose(names: Sequence[str], request: Request, *, named: bool) -> Columns:
    if named:
        return choose_columns(names, request)
    if request.text is None or not all(isinstance(column, int) for column in request.given):
        raise InputError("without a header columns are given by index, the text at least: text=0.")
    # No column is known by name where there are none.
    return choose_columns([""] * len(names), request)


def _by_key(path: Source, request: Request) -> Iterator[_RawRow]:
    chosen: Columns | None = None
    names: list[str] = []
    for line, row in rows_of(path, "jsonl"):
        try:
            if chosen is None:
                names = list(row)
                chosen = choose_columns(names, request)
            elif chosen.label is None and request.label is None and not row.keys() <= set(names):
                late = choose_columns(list(row), request).label
                if late is not None:
                    key = list(row)[late]
                    raise InputError(
                        f"the key {key!r} is not in the first row. Give every row a label (or say label=False)."
                    )
            values = [_NO_PAIR if index is None else _value(row, names[index]) for index in chosen[:2]]
        except InputError as error:
            raise error_at(path, line, str(error)) from None
        yield line, values[0], values[1], None if chosen.label is None else row.get(names[chosen.label])


def _value(row: dict[str, Any], key: str) -> Any:
    if key not in row:
        raise InputError(f"no key {key!r}; there are {', '.join(map(repr, row)) or 'none'}.")
    return row[key]


def check_text(value: Any) -> str:
    """Returns a text that is a string, not empty, and can be encoded; anything else is an InputError."""
    if not isinstance(value, str):
        raise InputError(f"the text is {value!r:.60}, not a string.")
    if not value or value.isspace():
        raise InputError("the text is empty.")
    if "\0" in value:
        raise InputError("the text holds NUL, which no text does.")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            half = value[error.start]
            raise InputError(f"the text holds {half!r}, half of a surrogate pair and no character.") from None
    return value
