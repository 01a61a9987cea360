"""Labels of examples as names, ids and numbers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..counting import counted
from ..data import Label, QuestionExample, TaggedExample, TextExample, TokenizedExample
from ..data.examples import place_of
from ..data.labelled import EXAMPLES
from ..errors import InputError
from ..task import KINDS, Task, check_learned
from .token_id_examples import are_tokenized, label_count

Examples = Sequence[TextExample] | Sequence[TaggedExample] | Sequence[QuestionExample] | Sequence[TokenizedExample]
AnyLabel = Label | list[str]
_INTEGER = re.compile("-?[0-9]{1,18}")


def check_kind(examples: Examples, kind: str) -> None:
    """Raise InputError unless there are examples, all of the class that the kind of task needs.

    Args:
        examples: The examples.
        kind: The kind of task, one of `tinybert.task.LEARNED`; another is an error as well.
    """
    check_learned(kind)
    if not len(examples):
        raise InputError("there are no examples")
    for row, example in enumerate(examples):
        if not isinstance(example, (EXAMPLES[kind], TokenizedExample) if KINDS[kind].has_head else EXAMPLES[kind]):
            found = f"{place_of(examples, row)} is a {type(example).__name__}"
            raise InputError(f"{found}; {kind} needs a {EXAMPLES[kind].__name__}")


def task_for(kind: str, examples: Examples, *, problem: str | None = None, labels: Sequence[str] | None = None) -> Task:
    """Return the task for some training data, with the labels that occur in them unless labels are given.

    Args:
        kind: One of `tinybert.task.KINDS`.
        examples: The training data.
        problem: One of `tinybert.task.PROBLEMS`; by default `multi-label` if labels are tuples, otherwise
            `single-label`.
        labels: Names of all labels in the order of the model's outputs; by default those of the examples, sorted.

    Raises:
        InputError: An example has the wrong class, or there are no labels.
        CheckpointError: A label is given twice, or labels are given for outputs that have no names.

    Example:
        >>> task_for("sequence-classification", [TextExample("fine", label="good"), TextExample("no", label="bad")])
        Task(kind='sequence-classification', labels=('bad', 'good'), problem='single-label')
    """
    check_kind(examples, kind)
    facts = KINDS[kind]
    if problem is None and facts.problems:
        several = any(isinstance(example.label, tuple) for example in examples if isinstance(example, TextExample))
        problem = "multi-label" if several else facts.problems[0]
    if labels is None:
        labels = labels_of(examples) if facts.has_labels and problem != "regression" else ()
    elif problem == "regression":
        raise InputError("labels are given, but the output of a regression has no name", argument="labels")
    return Task(kind, tuple(labels), problem)


def labels_of(examples: Examples) -> tuple[str, ...]:
    """Return the names of all labels in the examples, sorted; `O` comes first, integers are sorted by value.

    Raises:
        InputError: There are no labels.
    """
    found: set[str] = set()
    if are_tokenized(examples):  # numbers of the outputs
        found.update(map(str, range(label_count(examples))))
    for example in examples:
        if isinstance(example, TaggedExample):
            found.update(example.labels or ())
        elif isinstance(example, TextExample):
            found.update(_names(example.label))
    if not found:
        raise InputError("the training data has no labels")
    numeric = all(_INTEGER.fullmatch(name) for name in found)
    return tuple(sorted(found, key=int) if numeric else sorted(found, key=lambda name: (name != "O", name)))


def check_labels(examples: Examples, task: Task) -> None:
    """Raises InputError where an example has a label that the task does not have; names the example."""
    index = _index(task.labels)
    for row, example in enumerate(() if are_tokenized(examples) else examples):
        for name in _names_in(example):
            _id(name, index, examples, row)


def with_unknown(names: Sequence[str], examples: Sequence[Any]) -> tuple[str, ...]:
    """Return the known label names, followed by those that only the examples have.

    A model never predicts a label it does not know, so each occurrence counts as a miss, as in seqeval and
    scikit-learn.

    Warns:
        UserWarning: The examples have unknown labels; names them and the first such example.
    """
    known = {*names}
    unknown: dict[str, int] = {}
    for row, example in enumerate(examples):
        for name in _names_in(example):
            if name not in known:
                unknown.setdefault(name, row)
    if unknown:
        shown, first = ", ".join(map(repr, unknown)), place_of(examples, next(iter(unknown.values())))
        warnings.warn(f"the model does not know {shown}, first in {first}: each counts as a miss", stacklevel=2)
    return (*names, *sorted(unknown))


def label_ids(labels: Sequence[AnyLabel], names: Sequence[str], examples: Sequence[Any] = ()) -> np.ndarray:
    """Return the ids of single labels.

    Args:
        labels: N labels, each a single name.
        names: Names of all labels, in order.
        examples: The N examples with these labels, for messages; empty for predictions.

    Returns:
        (N,) int32.

    Raises:
        InputError: A label is not one of the names, or not a single name; names the example.
    """
    index = _index(names)
    rows = (_one_name(label, examples, row) for row, label in enumerate(labels))
    return np.array([_id(name, index, examples, row) for row, name in enumerate(rows)], np.int32)


def label_sets(labels: Sequence[AnyLabel], names: Sequence[str], examples: Sequence[Any] = ()) -> np.ndarray:
    """Return the label sets of texts as an indicator matrix.

    Args:
        labels: For each of N texts, the names of its labels.
        names: Names of all C labels, in order.
        examples: As for `label_ids`.

    Returns:
        (N, C) float32, 1 where the text has the column's label, otherwise 0.

    Raises:
        InputError: A label is not one of the names, or the labels of a text are unknown; names the example.
    """
    index = _index(names)
    sets = np.zeros((len(labels), len(index)), np.float32)
    for row, label in enumerate(labels):
        if label is None:
            raise InputError(f"{place_of(examples, row)} has no labels; where none applies, give an empty tuple")
        for name in _names(label):
            sets[row, _id(name, index, examples, row)] = 1
    return sets


def numbers(labels: Sequence[AnyLabel], names: Sequence[str] = (), examples: Sequence[Any] = ()) -> np.ndarray:
    """Return the labels of a regression as (N,) float64; `names` is ignored.

    Raises:
        InputError: A label is not a number; names the example.
    """
    del names
    for row, label in enumerate(labels):
        if not isinstance(label, int | float):
            raise InputError(f"{place_of(examples, row)} has the label {label!r}; a regression needs numbers")
    return np.array(labels, np.float64)


def word_label_ids(examples: Sequence[TaggedExample], names: Sequence[str]) -> list[np.ndarray]:
    """Return the ids of the words' labels.

    Args:
        examples: The sentences.
        names: Names of all labels, in order.

    Returns:
        For each sentence, (words,) int32.

    Raises:
        InputError: A label is not one of the names, or a sentence has no labels; names the example.
    """
    index = _index(names)
    ids = []
    for row, example in enumerate(examples):
        if example.labels is None:
            raise InputError(f"{place_of(examples, row)} has no labels")
        ids.append(np.array([_id(name, index, examples, row) for name in example.labels], np.int32))
    return ids


def _names_in(example: Any) -> tuple[str, ...]:
    return _names(example.labels if isinstance(example, TaggedExample) else example.label)


def _names(label: Any) -> tuple[str, ...]:
    if isinstance(label, tuple | list):
        return tuple(label)
    return () if label is None else (str(label),)


def _one_name(label: AnyLabel, examples: Sequence[Any], row: int) -> str:
    names = _names(label)
    if len(names) != 1:
        raise InputError(f"{place_of(examples, row)} has {counted(len(names), 'label')}; this task needs one")
    return names[0]


def _index(names: Sequence[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _id(name: str, index: dict[str, int], examples: Sequence[Any], row: int) -> int:
    if name not in index:
        labels = ", ".join(index)
        raise InputError(f"{place_of(examples, row)} has the label {name!r}; the model's labels are {labels}")
    return index[name]
