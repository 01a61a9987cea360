"""Metrics for classification with one label per text: accuracy, F1, Matthews correlation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InputError
from .arrays import Array, Values, as_labels
from .counts import LabelScores, macro_f1

# These few lines of counting replace scikit-learn, which would be the package's heaviest dependency after MindSpore and
# slow to import. The tests check that both agree.


def accuracy(y_true: Values, y_pred: Values) -> float:
    """Compute the fraction of correct labels.

    Args:
        y_true: (N,) the true labels, integers or strings.
        y_pred: (N,) the predicted labels.

    Returns:
        0 to 1.

    Raises:
        InputError: The inputs are empty, differ in length or type, or are not labels.

    Examples:
        >>> accuracy(["good", "bad", "bad"], ["good", "bad", "good"])
        0.6666666666666666
    """
    true, pred = as_labels(y_true, y_pred)
    return float(np.mean(true == pred))


def matthews(y_true: Values, y_pred: Values) -> float:
    """Compute the Matthews correlation coefficient for two or more classes (R_K of Gorodkin 2004), CoLA's metric.

    Args:
        y_true: (N,) the true labels, integers or strings.
        y_pred: (N,) the predicted labels.

    Returns:
        -1 to 1; 0 if all true or all predicted labels are the same.

    Raises:
        InputError: The inputs are empty, differ in length or type, or are not labels.

    Examples:
        >>> round(matthews([1, 1, 1, 0], [1, 0, 1, 1]), 4)
        -0.3333
    """
    _, hits, predicted, actual = _counts(*as_labels(y_true, y_pred))
    total, right = float(actual.sum()), float(hits.sum())
    predicted, actual = predicted.astype(np.float64), actual.astype(np.float64)  # their squares may overflow int64
    spread = np.sqrt(total**2 - predicted @ predicted) * np.sqrt(total**2 - actual @ actual)
    if not spread:
        return 0.0
    return float(np.clip((right * total - predicted @ actual) / spread, -1.0, 1.0))  # rounding may exceed the bounds


def label_scores(y_true: Values, y_pred: Values, *, labels: Values | None = None) -> dict[Any, LabelScores]:
    """Compute precision, recall, F1 and support of each label.

    Args:
        y_true: (N,) the true labels, integers or strings.
        y_pred: (N,) the predicted labels.
        labels: All labels, in the desired order; by default those that occur, sorted.

    Returns:
        The scores by label. A label that never occurs, which only `labels` can add, has 0 for everything.

    Raises:
        InputError: The inputs are empty, differ in length or type, or hold an invalid or unknown label.

    Examples:
        >>> label_scores(["good", "bad", "bad"], ["good", "bad", "good"])["bad"]
        LabelScores(precision=1.0, recall=0.5, f1=0.6666666666666666, support=2)
    """
    true, pred = as_labels(y_true, y_pred)
    names, *counts = _counts(true, pred)
    found = {
        name: LabelScores.from_counts(*numbers)
        for name, *numbers in zip(names.tolist(), *(count.tolist() for count in counts), strict=True)
    }
    if labels is None:
        return found
    known = list(labels)
    for name, array in (("y_true", true), ("y_pred", pred)):
        _check_known(array, known, name)
    return {label: found.get(label, LabelScores.from_counts(0, 0, 0)) for label in known}


def classification_scores(y_true: Values, y_pred: Values, *, labels: Values | None = None) -> dict[str, float]:
    """Compute the usual metrics of a classifier.

    Args:
        y_true: (N,) the true labels, integers or strings.
        y_pred: (N,) the predicted labels.
        labels: All labels. Any other label is an error, and labels that never occur count as 0 in the macro F1. By
            default, as in scikit-learn, the macro F1 is the mean over the labels that occur.

    Returns:
        `accuracy`, `macro_f1`, `micro_f1` (all 0 to 1; the last equals the accuracy, since each text has one label) and
        `matthews` (-1 to 1).

    Raises:
        InputError: The inputs are empty, differ in length or type, or hold an invalid or unknown label.

    Examples:
        >>> scores = classification_scores([0, 1, 2, 2], [0, 1, 1, 2])
        >>> {name: round(value, 3) for name, value in scores.items()}
        {'accuracy': 0.75, 'macro_f1': 0.778, 'micro_f1': 0.75, 'matthews': 0.7}
    """
    each = label_scores(y_true, y_pred, labels=labels)
    right = accuracy(y_true, y_pred)
    return {
        "accuracy": right,
        "macro_f1": macro_f1(each.values()),
        "micro_f1": right,
        "matthews": matthews(y_true, y_pred),
    }


def _counts(true: Array, pred: Array) -> tuple[Array, Array, Array, Array]:
    """Return the labels that occur, and for each the number of correct, predicted and true occurrences."""
    names, places = np.unique(np.concatenate([true, pred]), return_inverse=True)
    true, pred = places[: len(true)], places[len(true) :]
    hits, predicted, actual = (np.bincount(part, minlength=len(names)) for part in (true[true == pred], pred, true))
    return names, hits, predicted, actual


def _check_known(array: Array, known: list[Any], name: str) -> None:
    for place, label in enumerate(array.tolist()):
        if label not in known:
            raise InputError(f"{name}[{place}] is {label!r}; the labels are {', '.join(map(str, known))}.")
