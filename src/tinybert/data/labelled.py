"""Labelled examples for each kind of task, and how they are read from a file."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import InputError
from ..task import ENCODER, KINDS, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, check_learned
from .bad_rows import OnError
from .columns import Column
from .conll import read_conll
from .examples import QuestionExample, TaggedExample, TextExample, TokenizedExample, negatives_of
from .squad import read_squad
from .table_formats import table_format
from .tables import read_texts
from .text_lines import Source, decoded, name_of
from .token_id_files import are_records, read_tokenized


@dataclass(frozen=True)
class Table:
    """Options for reading a file of examples; same meaning as the arguments of `read_texts`.

    Attributes:
        text: Column of the text; in CoNLL files, of the word.
        pair: Column of the second text.
        label: Column of the label.
        format: Format of a table, if the file's extension does not determine it.
        regression: Whether labels are scores.
        multi_label_separator: Separator of the labels of a text that may have several.
        allow_extra_fields: Whether rows may have more fields than the first.
        header: Whether the first line holds the column names; None to detect it.
        delimiter: Delimiter of a CSV file; None to detect it.
        encoding: The file's encoding; None for UTF-8.
        skip_unlabelled: Whether rows without a label are left out.
        on_error: `raise` an error at a bad row, or `skip` bad rows, sentences and questions, those whose answers are
            not where the file says among them; a warning counts them.
        negatives: For embeddings, columns of texts that do not match the first one; None for those with known names.
    """

    text: Column | None = None
    pair: Column | None = None
    label: Column | None = None
    format: str | None = None
    regression: bool = False
    multi_label_separator: str | None = None
    allow_extra_fields: bool = False
    header: bool | None = None
    delimiter: str | None = None
    encoding: str | None = None
    skip_unlabelled: bool = False
    on_error: OnError = "raise"
    negatives: tuple[Column, ...] | None = None


_ANY_TABLE = Table()


def read_examples(kind: str, source: Source, table: Table = _ANY_TABLE, *, strict: bool | None = None) -> list[Any]:
    """Read labelled examples from a file.

    Args:
        kind: The kind of task, one of `tinybert.task.LEARNED`.
        source: The file; for token ids in TFRecord or MindRecord, also a folder of files.
        table: How to read the file.
        strict: For questions, as for `read_squad`; the default suits questions that are only scored.

    Returns:
        The examples, all of the class that `EXAMPLES` gives for the kind; `TokenizedExample` for token ids.

    Raises:
        InputError: The file is invalid or has no labels; the message names file and line. Or the kind is not learned
            from labelled examples.

    Warns:
        UserWarning: Rows were skipped, or something about the file was assumed.
    """
    check_learned(kind)
    if table.negatives and KINDS[kind].has_head:
        raise InputError(f"negatives are for training embeddings, not for {kind}", argument="negatives")
    if are_records(source):
        return _read_records(kind, source, table)
    return _READERS[kind](source, table, strict)


def _read_records(kind: str, source: Any, table: Table) -> list[TokenizedExample]:
    for argument in ("text", "pair", "format", "multi_label_separator", "encoding"):
        if getattr(table, argument) is not None:
            raise InputError(f"{name_of(source)} holds token ids, which have no {argument}.", argument=argument)
    label = None if table.label is None else str(table.label)
    return read_tokenized(kind, source, label=label, regression=table.regression)


def _read_pairs(source: Source, table: Table, strict: bool | None) -> list[TextExample]:
    del strict
    try:
        examples = _read_table(source, replace(table, regression=True), table.negatives)
    except InputError as error:
        raise error.prefixed(
            "an encoder is trained and evaluated on pairs of texts, each with a number that says how alike they are "
            "or, without such a column, each a match: "
        ) from None
    if examples[0].label is None and not any(map(negatives_of, examples)):
        problem = "no column is known as a score, so each pair is taken for a match"
        warnings.warn(
            f"{name_of(source)}: {problem}; if there are scores, give their column as the label", stacklevel=3
        )
    return examples


def _read_texts(source: Source, table: Table, strict: bool | None) -> list[TextExample]:
    del strict
    examples = _read_table(source, table)
    if examples[0].label is None:
        problem = "no column is known as the label" if table.label is None else f"the column {table.label!r} is empty"
        raise InputError(f"{name_of(source)}: {problem}. Say which one it is.", argument="label", example="NAME")
    return examples


def _read_words(source: Source, table: Table, strict: bool | None) -> list[TaggedExample]:
    del strict
    word, label = _index(table.text, "text", default=0), _index(table.label, "label", default=-1)
    try:
        file = decoded(source, table.encoding)
        return read_conll(file, word_column=word, label_column=label, on_error=table.on_error)
    except InputError as error:
        # The caller passed a `Table`, not this reader's arguments.
        error.argument = {"word_column": "text", "label_column": "label"}.get(error.argument or "", error.argument)
        raise


def _read_questions(source: Source, table: Table, strict: bool | None) -> list[QuestionExample]:
    skips = table.on_error == "skip" and strict is not None
    return read_squad(decoded(source, table.encoding), strict=False if skips else strict, on_error=table.on_error)


def _read_table(source: Source, table: Table, negatives: Sequence[Column] | None = ()) -> list[TextExample]:
    return read_texts(
        source,
        text=table.text,
        pair=table.pair,
        label=table.label,
        negatives=negatives,
        regression=table.regression,
        multi_label_separator=table.multi_label_separator,
        format=table_format(source, table.format),
        header=table.header,
        delimiter=table.delimiter,
        encoding=table.encoding,
        skip_unlabelled=table.skip_unlabelled,
        allow_extra_fields=table.allow_extra_fields,
        on_error=table.on_error,
    )


def _index(column: Column | None, argument: str, *, default: int) -> int:
    if column is None:
        return default
    try:
        return int(column)
    except ValueError:
        raise InputError(
            f"columns of CoNLL files have no names, and so none is called {column!r}. Give an index, 0 or -1 say.",
            argument=argument,
            example=default,
        ) from None


EXAMPLES: Mapping[str, type] = {
    ENCODER.name: TextExample,
    SEQUENCE_CLASSIFICATION.name: TextExample,
    TOKEN_CLASSIFICATION.name: TaggedExample,
    QUESTION_ANSWERING.name: QuestionExample,
}
"""Example class for each kind of task that is learned, for training and evaluation."""

_READERS: Mapping[str, Callable[[Source, Table, bool | None], list[Any]]] = {
    ENCODER.name: _read_pairs,
    SEQUENCE_CLASSIFICATION.name: _read_texts,
    TOKEN_CLASSIFICATION.name: _read_words,
    QUESTION_ANSWERING.name: _read_questions,
}
