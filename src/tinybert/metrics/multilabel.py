"""Metrics for classification with any number of labels per text."""

from __future__ import annotations

from .arrays import Values, as_indicators
from .counts import LabelScores, macro_f1


def multilabel_scores(y_true: Values, y_pred: Values) -> dict[str, float]:
    """Compute the usual metrics of a multi-label classifier.

    Args:
        y_true: (N, C) of 0 and 1; 1 where the text has the column's label.
        y_pred: (N, C), the predictions in the same form.

    Returns:
        `accuracy` (fraction of texts with all C labels correct), `micro_f1` (over all labels of all texts) and
        `macro_f1` (mean over the C labels; a label that was neither true nor predicted has 0). All are 0 to 1 and equal
        scikit-learn's.

    Raises:
        InputError: The inputs are empty, have different shapes, or hold something other than 0 and 1.

    Examples:
        >>> multilabel_scores([[1, 0, 1], [0, 1, 0]], [[1, 0, 0], [0, 1, 0]])
        {'accuracy': 0.5, 'micro_f1': 0.8, 'macro_f1': 0.6666666666666666}
    """
    true, pred = as_indicators(y_true, y_pred)
    hits, predicted, actual = (true & pred).sum(axis=0), pred.sum(axis=0), true.sum(axis=0)
    each = [LabelScores.from_counts(*counts) for counts in zip(hits, predicted, actual, strict=True)]
    return {
        "accuracy": float((true == pred).all(axis=1).mean()),
        "micro_f1": LabelScores.from_counts(hits.sum(), predicted.sum(), actual.sum()).f1,
        "macro_f1": macro_f1(each),
    }
