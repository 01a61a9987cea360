"""Labelled examples out of files, for fine-tuning and evaluation, and the task that they are for."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .messages import PROGRAM
from .options import From, column

if TYPE_CHECKING:
    from ..checkpoint.task import Task


@dataclass(frozen=True)
class Table:
    """How a file of examples is to be read.

    Attributes:
        text: Column of the text; of CoNLL files of the word.
        pair: Column of the second text.
        label: Column of the label.
        kind: Format of a table.
        regression: Labels are numbers.
        separator: What stands between several labels.
        extra: Whether rows may have more fields than the first.
    """

    text: str | None = None
    pair: str | None = None
    label: str | None = None
    kind: From | None = None
    regression: bool = False
    separator: str | None = None
    extra: bool = False


def read_examples(task: str, path: str, table: Table, *, strict: bool | None = None) -> list[Any]:
    """Reads labelled examples.

    Args:
        task: One of `tinybert.checkpoint.task.TASKS`: tells the kind of file.
        path: The file; `-` is stdin.
        table: How to read it.
        strict: Of questions, as `read_squad` takes it; None for what is scored only.

    Raises:
        InputError: Something is wrong with the file, or it has no labels; names file and line.
    """
    from .. import data

    source: Any = sys.stdin.buffer if path == "-" else path
    if task == "question-answering":
        with warnings.catch_warnings(record=True) as told:
            questions = data.read_squad(source, strict=strict)
        for warning in told:
            print(f"{PROGRAM}: {warning.message}", file=sys.stderr)
        return questions
    if task == "token-classification":
        word, label = _index(table.text, "--text"), _index(table.label, "--label")
        return data.read_conll(
            source, word_column=0 if word is None else word, label_column=-1 if label is None else label
        )
    if task == "encoder":
        return _read_pairs(source, path, table)
    examples = _read_texts(source, table)
    if examples[0].label is None:
        problem = "no column is known as the label" if table.label is None else f"the column {table.label!r} is empty"
        raise InputError(f"{path}: {problem}. Say which one it is: --label NAME")
    return examples


def _read_pairs(source: Any, path: str, table: Table) -> list[Any]:
    try:
        examples = _read_texts(source, replace(table, regression=True))
    except InputError as error:
        raise InputError(
            f"{error}\nAn encoder is trained and evaluated on pairs of texts, with a number each that says how alike "
            "they are; without a column of numbers, each pair is a match."
        ) from None
    if examples[0].label is None:
        how = "no column is known as a score, so each pair is taken for a match; else --label NAME"
        print(f"{PROGRAM}: {path}: {how}", file=sys.stderr)
    return examples


def _read_texts(source: Any, table: Table) -> list[Any]:
    from .. import data

    if table.kind is From.TEXT:
        raise InputError("--from text has no labels: give a table, tsv, csv or jsonl")
    return data.read_texts(
        source,
        text=column(table.text),
        pair=column(table.pair),
        label=column(table.label),
        regression=table.regression,
        multi_label_separator=table.separator,
        format=table.kind.value if table.kind else None,
        allow_extra_fields=table.extra,
    )


def task_of(kind: str, examples: list[Any], *, regression: bool) -> Task:
    """The task that training data are for: its labels are theirs."""
    from ..checkpoint.task import Task
    from ..training import labels_of
    from ..training.labels import check_kind
    from ..training.pairs import are_matches, scores_of

    if kind == "encoder":
        check_kind(examples, kind)
        if not are_matches(examples):
            scores_of(examples)
    if kind in ("encoder", "question-answering"):
        return Task(kind)
    if regression:
        return Task(kind, problem="regression")
    several = kind == "sequence-classification" and any(isinstance(example.label, tuple) for example in examples)
    return Task(kind, labels_of(examples, kind), "multi-label" if several else "single-label")


def _index(given: str | None, option: str) -> int | None:
    if given is None:
        return None
    try:
        return int(given)
    except ValueError:
        raise InputError(
            f"{option} {given}: columns of CoNLL files have no names; give an index, 0 or -1 say"
        ) from None
