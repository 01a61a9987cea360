"""Readers of texts, pairs and labels from TSV, CSV and JSON lines."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from ..counting import counted
from ..errors import InputError
from .bad_rows import BadRows, OnError
from .columns import Column, Request
from .examples import Label, TextExample, TripletExample
from .label_column import LabelReader
from .table_formats import Format, table_format
from .table_rows import Form, TableRow, table_rows
from .text_lines import Source, decoded, error_at, name_of, place


def read_texts(  # noqa: PLR0913 - independent options, given by name
    path: Source,
    *,
    text: Column | None = None,
    pair: Column | None = None,
    label: Column | Literal[False] | None = None,
    negatives: Sequence[Column] | None = (),
    regression: bool = False,
    multi_label_separator: str | None = None,
    format: Format | None = None,  # noqa: A002 - same name as in pandas and MindSpore
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    skip_unlabelled: bool = False,
    allow_extra_fields: bool = False,
    on_error: OnError = "raise",
) -> list[TextExample]:
    r"""Read a table of texts into a list; for the arguments see `iter_texts`.

    Returns:
        The examples in the order of the file.

    Raises:
        InputError: As for `iter_texts`.

    Examples:
        A path, or an open file:

        >>> import io
        >>> read_texts(io.BytesIO(b"sentence\tlabel\na fine film\t1\n"), format="tsv")
        [TextExample(text='a fine film', pair=None, label='1')]
        >>> reviews = io.BytesIO(b'Id,Review,Stars\n7,"Good, but long",4\n')
        >>> read_texts(reviews, format="csv", text="Review", label="Stars", regression=True)
        [TextExample(text='Good, but long', pair=None, label=4.0)]

        Read CoLA, the only GLUE data set without a header, with `text=3, label=1`; the STS benchmark as published with
        `text=5, pair=6, label=4, regression=True, format="tsv", allow_extra_fields=True`.
    """
    return list(
        iter_texts(
            path,
            text=text,
            pair=pair,
            label=label,
            negatives=negatives,
            regression=regression,
            multi_label_separator=multi_label_separator,
            format=format,
            header=header,
            delimiter=delimiter,
            encoding=encoding,
            skip_unlabelled=skip_unlabelled,
            allow_extra_fields=allow_extra_fields,
            on_error=on_error,
        )
    )


def iter_texts(  # noqa: PLR0913 - independent options, given by name
    path: Source,
    *,
    text: Column | None = None,
    pair: Column | None = None,
    label: Column | Literal[False] | None = None,
    negatives: Sequence[Column] | None = (),
    regression: bool = False,
    multi_label_separator: str | None = None,
    format: Format | None = None,  # noqa: A002
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    skip_unlabelled: bool = False,
    allow_extra_fields: bool = False,
    on_error: OnError = "raise",
) -> Iterator[TextExample]:
    """Read a table of texts row by row, in constant memory however long the file is.

    TSV fields are separated by tabs, without quoting, as GLUE's files require. CSV is quoted according to RFC 4180.
    JSON lines have one object per line. Columns with the names used in GLUE and CLUE (`columns.py`) are found
    automatically.

    Args:
        path: The file, UTF-8 with or without a byte order mark; or an open binary file, which requires `format`.
        text: Column of the text, or of the first text of a pair: its name, or its index from 0.
        pair: Column of the second text.
        label: Column of the label; False reads no labels.
        negatives: Columns of texts that do not match the first one of a pair; a JSON list counts as several texts. None
            takes the columns with known names, such as `negative` and `negative_2`, unless there are labels. Rows with
            negatives become a `TripletExample`.
        regression: Whether labels are scores, read as floats. Columns such as `score` are then preferred.
        multi_label_separator: Separator of the classes of a text that may have several; labels are then tuples. A JSON
            list always becomes a tuple.
        format: "tsv", "csv" or "jsonl"; by default determined by the file's extension.
        header: Whether the first line holds the column names. None assumes so, unless the columns are given by index:
            then the header is detected, with a warning.
        delimiter: Delimiter of a CSV file. By default a comma or, if the first line has none, a semicolon, tab or bar.
        encoding: The file's encoding, such as "gb18030"; by default UTF-8.
        skip_unlabelled: Whether to skip rows without a label, with a warning. `-`, `n/a`, `null` and `nan` mean no
            label.
        allow_extra_fields: Whether rows may have more fields than the first, such as trailing notes; these are ignored.
        on_error: "raise" raises an error at a bad row; "skip" skips bad rows, with a warning that counts them and
            describes the first.

    Returns:
        An iterator over the examples. Texts are exactly as in the file, including surrounding blanks; labels are
        stripped.

    Raises:
        InputError: A column does not exist (lists those that do), or the file has a row with a different number of
            fields, an empty text, an empty line before the last row, bytes that are not UTF-8, NUL, malformed CSV or
            JSON, a score that is not a number, or a label in some rows only (names file and line); or the file cannot
            be read or has no usable rows.
    """
    kind = table_format(path, format)
    labels = LabelReader(regression=regression, separator=multi_label_separator, skip=skip_unlabelled)
    wanted = None if negatives is None else tuple(negatives)
    request = Request(text, pair, label, regression, classes=not regression, negatives=wanted)
    form = Form(header, delimiter, allow_extra_fields)
    rows = table_rows(decoded(path, encoding), kind, request, form)
    return _examples(path, labels, rows, BadRows(path, on_error))


def _examples(path: Source, labels: LabelReader, rows: Iterator[TableRow], bad: BadRows) -> Iterator[TextExample]:
    row = example = None
    for row in rows:
        try:
            if row.error:
                raise row.error
            skipped = labels.skipped
            label = labels.read(row.line, row.label)
            if labels.skipped > skipped:
                continue
            pair = None if row.pair is None else check_text(row.pair)
            example = _example(row, pair, label, place(path, row.line))
        except InputError as error:
            bad.add(error_at(path, row.line, error))
            continue
        yield example
    if row is None:
        raise InputError(f"{name_of(path)} has no rows.")
    bad.report(any_good=example is not None or labels.skipped > 0)
    if example is None:
        raise InputError(f"{name_of(path)}: none of the {counted(labels.skipped, 'row')} has a label.")
    if labels.skipped:
        left_out = counted(labels.skipped, "row without a label is", "rows without a label are")
        warnings.warn(f"{name_of(path)}: {left_out} left out", stacklevel=2)


def _example(row: TableRow, pair: str | None, label: Label, where: str) -> TextExample:
    text = check_text(row.text)
    if not row.negatives:
        return TextExample(text, pair, label, where)
    return TripletExample(text, pair, label, where, tuple(map(check_text, row.negatives)))


def check_text(value: Any) -> str:
    """Return a text; raise InputError unless it is a non-empty string that can be encoded as UTF-8."""
    if not isinstance(value, str):
        raise InputError(f"the text is {value!r:.60}, not a string.")
    if not value or value.isspace():
        raise InputError("the text is empty.")
    if "\0" in value:
        raise InputError("the text holds NUL, which text never contains.")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            half = value[error.start]
            raise InputError(f"the text holds {half!r}, half of a surrogate pair, not a character.") from None
    return value
