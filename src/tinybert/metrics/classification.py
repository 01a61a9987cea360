"""Classification with one label for each text: accuracy, F1, Matthews correlation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InputError
from .arrays import Array, Values, as_labels
from .counts import LabelScores, macro_f1

# These few lines of counting stand here rather than scikit-learn, which would be the package's heaviest dependency
# after MindSpore and slow to import; the tests hold them equal to it.


def accuracy(y_true: Values, y_pred: Values) -> float:
    """Part of the labels that are right.

    Args:
        y_true: (N,) the true labels, whole numbers or strings.
        y_pred: (N,) the predicted ones.

    Returns:
        0 to 1.

    Raises:
        InputError: They are empty, of different lengths or kinds, or no labels.

    Examples:
        >>> accuracy(["good", "bad", "bad"], ["good", "bad", "good"])
        0.6666666666666666
    """
    true, pred = as_labels(y_true, y_pred)
    return float(np.mean(true == pred))


def matthews(y_true: Values, y_pred: Values) -> float:
    """Matthews correlation of labels, two or more (the R_K of Gorodkin 2004), as CoLA reports it.

    Args:
        y_true: (N,) the true labels, whole numbers or strings.
        y_pred: (N,) the predicted ones.

    Returns:
        -1 to 1; 0 where all true or all predicted labels are the same.

    Raises:
        InputError: They are empty, of different lengths or kinds, or no labels.

    Examples:
        >>> round(matthews([1, 1, 1, 0], [1, 0, 1, 1]), 4)
        -0.3333
    """
    _, hits, predicted, actual = _counts(*as_labels(y_true, y_pred))
    total, right = float(actual.sum()), float(hits.sum())
    predicted, actual = predicted.astype(np.float64), actual.astype(np.float64)  # their squares outgrow int64
    spread = np.sqrt(total**2 - predicted @ predicted) * np.sqrt(total**2 - actual @ actual)
    if not spread:
        return 0.0
    return float(np.clip((right * total - predicted @ actual) / spread, -1.0, 1.0))  # rounded, it may be beyond them


def label_scores(y_true: Values, y_pred: Values, *, labels: Values | None = None) -> dict[Any, LabelScores]:
    """Precision, recall, F1 and support of each label.

    Args:
        y_true: (N,) the true labels, whole numbers or strings.
        y_pred: (N,) the predicted ones.
        labels: All labels that there are, in the order wanted. Those that occur, sorted, unless given.

    Returns:
        The scores of each label. One that occurs nowhere, which only `labels` can name, has 0 throughout.

    Raises:
        InputError: The inputs are empty, of different lengths or kinds, no labels, or not among `labels`.

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
    """What is reported of a classifier.

    Args:
        y_true: (N,) the true labels, whole numbers or strings.
        y_pred: (N,) the predicted ones.
        labels: All labels that there are: others are an error, and the macro F1 counts also those that occur nowhere,
            as 0. As in scikit-learn, it is the mean over the labels that occur unless given.

    Returns:
        `accuracy`, `macro_f1`, `micro_f1` (0 to 1; equal to the accuracy, as each text has one label) and `matthews`
        (-1 to 1).

    Raises:
        InputError: The inputs are empty, of different lengths or kinds, no labels, or not among `labels`.

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
    """The labels that occur, and of each: how often it was predicted rightly, predicted, and true."""
    names, places = np.unique(np.concatenate([true, pred]), return_inverse=True)
    true, pred = places[: len(true)], places[len(true) :]
    hits, predicted, actual = (np.bincount(part, minlength=len(names)) for part in (true[true == pred], pred, true))
    return names, hits, predicted, actual


def _check_known(array: Array, known: list[Any], name: str) -> None:
    for place, label in enumerate(array.tolist()):
        if label not in known:
            raise InputError(f"{name}[{place}] is {label!r}; the labels are {', '.join(map(str, known))}.")
