"""Text reports: a table of the scores of each class, and the confusions between classes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .arrays import Array, Values, as_indicators, as_labels
from .classification import accuracy, label_scores
from .counts import LabelScores, macro_f1
from .entities import TagSequences, count_entities
from .schemes import Scheme

_MOST_LABELS = 12
"""Up to this many labels, the confusion matrix is shown; otherwise only the most frequent confusions."""
_MOST_CONFUSIONS = 20


def confusion_matrix(y_true: Values, y_pred: Values, *, labels: Values | None = None) -> Array:
    """Count how often each label was predicted for each true label.

    Args:
        y_true: (N,) the true labels, integers or strings.
        y_pred: (N,) the predicted labels.
        labels: All C labels in the desired order; by default those that occur, sorted.

    Returns:
        (C, C) int64; rows are true labels, columns are predicted labels. Equal to scikit-learn's.

    Raises:
        InputError: The inputs are empty, differ in length or type, or hold an invalid or unknown label.

    Examples:
        >>> confusion_matrix(["good", "bad", "bad"], ["good", "bad", "good"]).tolist()
        [[1, 1], [0, 1]]
    """
    order = list(label_scores(y_true, y_pred, labels=labels))
    place = {label: number for number, label in enumerate(order)}
    matrix = np.zeros((len(order), len(order)), np.int64)
    true, pred = as_labels(y_true, y_pred)
    for one, other in zip(true.tolist(), pred.tolist(), strict=True):
        matrix[place[one], place[other]] += 1
    return matrix


def classification_report(y_true: Values, y_pred: Values, *, labels: Values | None = None) -> str:
    """Format precision, recall, F1 and support of each label, accuracy, averages and the confusion matrix.

    Args:
        y_true: (N,) the true labels, integers or strings.
        y_pred: (N,) the predicted labels.
        labels: All labels in the desired order; by default those that occur, sorted. With more than 12 labels, the most
            frequent confusions are listed instead of the matrix.

    Returns:
        Lines of text. The numbers are those of scikit-learn's report.

    Raises:
        InputError: As for `confusion_matrix`.

    Examples:
        >>> print(classification_report(["good", "bad", "bad"], ["good", "bad", "good"]))
                      precision  recall    f1  support
        bad                1.00    0.50  0.67        2
        good               0.50    1.00  0.67        1
        <BLANKLINE>
        accuracy                         0.67        3
        macro avg          0.75    0.75  0.67        3
        weighted avg       0.83    0.67  0.67        3
        <BLANKLINE>
        true / predicted  bad  good
        bad                 1     1
        good                0     1
    """
    each = label_scores(y_true, y_pred, labels=labels)
    total = sum(scores.support for scores in each.values())
    rows = [["accuracy", "", "", f"{accuracy(y_true, y_pred):.2f}", str(total)], *_averages(each)]
    return "\n".join([*_table(each, rows), "", *_confusions(confusion_matrix(y_true, y_pred, labels=labels), [*each])])


def multilabel_report(y_true: Values, y_pred: Values, labels: Sequence[str]) -> str:
    """Format precision, recall, F1 and support of each label of a multi-label classifier, and their averages.

    Args:
        y_true: (N, C) of 0 and 1; 1 where the text has the column's label.
        y_pred: (N, C), the predictions in the same form.
        labels: Names of the C labels.

    Returns:
        Lines of text. The numbers are those of scikit-learn's report.

    Raises:
        InputError: As for `multilabel_scores`.
    """
    true, pred = as_indicators(y_true, y_pred)
    counts = (true & pred).sum(axis=0), pred.sum(axis=0), true.sum(axis=0)
    columns = zip(labels, *counts, strict=True)
    each = {name: LabelScores.from_counts(*numbers) for name, *numbers in columns}
    micro = LabelScores.from_counts(*(int(count.sum()) for count in counts))
    return "\n".join(_table(each, [_row("micro avg", micro), *_averages(each)]))


def entity_report(y_true: TagSequences, y_pred: TagSequences, *, scheme: Scheme | None = None) -> str:
    """Format precision, recall, F1 and support of each entity type, and their averages.

    Args:
        y_true: The true tags, one list per sentence.
        y_pred: The predicted tags, in the same form.
        scheme: As in `entity_scores`.

    Returns:
        Lines of text. The numbers are those of seqeval's report.

    Raises:
        InputError: As for `entity_scores`.

    Examples:
        >>> print(entity_report([["B-PER", "O", "B-LOC"]], [["B-PER", "O", "B-PER"]]))
                      precision  recall    f1  support
        LOC                0.00    0.00  0.00        1
        PER                0.50    1.00  0.67        1
        <BLANKLINE>
        micro avg          0.50    0.50  0.50        2
        macro avg          0.25    0.50  0.33        2
        weighted avg       0.25    0.50  0.33        2
    """
    hits, predicted, actual = count_entities(y_true, y_pred, scheme)
    types = sorted(predicted.keys() | actual.keys())
    each = {kind: LabelScores.from_counts(hits[kind], predicted[kind], actual[kind]) for kind in types}
    micro = LabelScores.from_counts(hits.total(), predicted.total(), actual.total())
    return "\n".join(_table(each, [_row("micro avg", micro), *_averages(each)]))


def _averages(each: Mapping[Any, LabelScores]) -> list[list[str]]:
    scores = list(each.values())
    support = [score.support for score in scores]

    def mean(name: str, weights: Sequence[float]) -> list[str]:
        values = [[score.precision, score.recall, score.f1] for score in scores]
        means = np.average(values, axis=0, weights=weights) if sum(weights) else np.zeros(3)
        return [name, *(f"{value:.2f}" for value in means), str(sum(support))]

    macro = mean("macro avg", [1.0] * len(scores))
    macro[3] = f"{macro_f1(scores):.2f}"
    return [macro, mean("weighted avg", support)]


def _row(name: Any, scores: LabelScores) -> list[str]:
    numbers = (scores.precision, scores.recall, scores.f1)
    return [str(name), *(f"{number:.2f}" for number in numbers), str(scores.support)]


def _table(each: Mapping[Any, LabelScores], averages: list[list[str]]) -> list[str]:
    head = ["", "precision", "recall", "f1", "support"]
    rows = [_row(name, scores) for name, scores in each.items()]
    lines = _aligned([head, *rows, *averages])
    return [*lines[: len(rows) + 1], "", *lines[len(rows) + 1 :]]


def _confusions(matrix: Array, labels: Sequence[Any]) -> list[str]:
    if len(labels) <= _MOST_LABELS:
        rows = [[str(label), *map(str, counts)] for label, counts in zip(labels, matrix.tolist(), strict=True)]
        return _aligned([["true / predicted", *map(str, labels)], *rows])
    wrong = matrix - np.diag(np.diag(matrix))
    most = np.argsort(-wrong, axis=None, kind="stable")[:_MOST_CONFUSIONS]
    pairs = [divmod(int(place), len(labels)) for place in most]
    rows = [[str(labels[true]), str(labels[pred]), str(wrong[true, pred])] for true, pred in pairs if wrong[true, pred]]
    return _aligned([["true", "predicted", "times"], *rows]) if rows else ["no label was taken for another"]


def _aligned(rows: list[list[str]]) -> list[str]:
    """Align columns by terminal width: the first to the left, the others to the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        (row[0] + " " * (widths[0] - _width(row[0])) + "".join(_to_the_right(row[1:], widths[1:]))).rstrip()
        for row in rows
    ]


def _to_the_right(fields: Iterable[str], widths: Iterable[int]) -> Iterable[str]:
    return ("  " + " " * (width - _width(field)) + field for field, width in zip(fields, widths, strict=True))


def _width(text: str) -> int:
    """Return the terminal columns that a text takes: two per Chinese character, none per combining mark."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
