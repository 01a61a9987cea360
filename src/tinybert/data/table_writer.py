"""Writer of texts, pairs and labels as TSV, CSV or JSON lines."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterable
from typing import Any, TextIO

from ..errors import InputError
from ..writing import replacing
from .examples import Label, TextExample, negatives_of
from .label_column import NO_LABEL
from .table_formats import Format, table_format
from .tables import check_text


def write_texts(
    path: str | os.PathLike[str],
    examples: Iterable[TextExample],
    *,
    format: Format | None = None,  # noqa: A002 - as `read_texts` calls it
    multi_label_separator: str | None = None,
) -> int:
    """Write a table that `read_texts` reads back unchanged, given the same separator, and `regression` for scores.

    The columns are `text`, or `sentence1` and `sentence2` for pairs, and `label` if there are labels; for triplets,
    `anchor`, `positive`, `negative`, and `negative_2` and so on, which `read_texts(..., negatives=None)` reads.

    Args:
        path: The file, written atomically.
        examples: The examples, consumed one at a time. Either all or none have a second text; either all or none have a
            label; all have as many negatives.
        format: "tsv", "csv" or "jsonl"; by default determined by the file's extension.
        multi_label_separator: Separator to write between several classes; not needed for JSON lines.

    Returns:
        Number of rows written.

    Raises:
        InputError: There are no examples, they differ in kind, or one would not be read back unchanged in this format:
            a tab or line break in TSV, an empty text, a label with surrounding blanks (names the index of the example).
    """
    kind = table_format(path, format)
    writer = _TableWriter(kind, multi_label_separator)
    # newline="": the csv writer chooses line endings, and a line break inside a quoted field stays as it is.
    with replacing(path, through_link=True) as temporary, open(temporary, "w", encoding="utf-8", newline="") as file:
        count = 0
        for index, example in enumerate(examples):
            try:
                writer.write(file, example)
            except InputError as error:
                raise error.prefixed(f"examples[{index}]: ") from None
            count += 1
        if not count:
            raise InputError(f"There are no examples to write to {os.fspath(path)}.")
    return count


class _TableWriter:
    def __init__(self, kind: Format, separator: str | None) -> None:
        self._kind = kind
        self._separator = separator
        self._first: tuple[bool, type, int] | None = None

    def write(self, file: TextIO, example: TextExample) -> None:
        negatives = negatives_of(example)
        shape = (example.pair is not None, type(example.label), len(negatives))
        columns = ["sentence1", "sentence2"] if example.pair is not None else ["text"]
        columns += ["label"] if example.label is not None else []
        if negatives:
            columns = ["anchor", "positive", "negative", *(f"negative_{n}" for n in range(2, len(negatives) + 1))]
        if self._first is None:
            self._first = shape
            if self._kind != "jsonl":
                self._write_fields(file, columns)
        elif shape != self._first:
            raise InputError(
                "it differs from the first in having a second text or negatives, or in the kind of its label."
            )
        texts = [example.text] if example.pair is None else [example.text, example.pair]
        values: list[Any] = [check_text(text) for text in (*texts, *negatives)]
        if example.label is not None:
            values.append(self._label(example.label))
        if self._kind == "jsonl":
            file.write(json.dumps(dict(zip(columns, values, strict=True)), ensure_ascii=False) + "\n")
        else:
            self._write_fields(file, values)

    def _label(self, label: Label) -> Any:
        classes = [label] if isinstance(label, str) else list(label) if isinstance(label, tuple) else []
        for name in classes:
            if not name or name != name.strip():
                raise InputError(f"the label {name!r} is empty or has blanks around it.")
            if name.casefold() in NO_LABEL:
                raise InputError(f"the label {name!r} would be read as none.")
        if isinstance(label, float) and not math.isfinite(label):
            raise InputError(f"the label is {label}, which is not a score.")
        if not isinstance(label, tuple):
            return label if isinstance(label, str) or self._kind == "jsonl" else repr(label)
        if self._kind == "jsonl":
            return list(label)
        if not self._separator:
            raise InputError(
                "it has several labels. Write JSON lines, or say what separates labels.",
                argument="multi_label_separator",
                example="|",
            )
        for name in classes:
            if self._separator in name:
                raise InputError(f"the label {name!r} holds the separator {self._separator!r}. Take another one.")
        return self._separator.join(label)

    def _write_fields(self, file: TextIO, fields: list[str]) -> None:
        if self._kind == "csv":
            csv.writer(file).writerow(fields)
            return
        for field in fields:
            if any(character in field for character in "\t\r\n"):
                raise InputError(f"{field!r:.60} holds a tab or a line end, which TSV cannot. Write CSV or JSON lines.")
        file.write("\t".join(fields) + "\n")
