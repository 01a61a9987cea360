"""Correlations for regression tasks such as the similarity of two texts, computed by SciPy."""

from __future__ import annotations

from .arrays import Values, as_numbers


def pearson(y_true: Values, y_pred: Values) -> float:
    """Compute Pearson's correlation coefficient, a measure of linear association.

    Args:
        y_true: (N,) the true values, N at least 2.
        y_pred: (N,) the predicted values.

    Returns:
        -1 to 1. NaN if all values of an input are the same (SciPy warns), or if a value is NaN or infinite.

    Raises:
        InputError: The inputs have fewer than two values or different lengths, or hold something other than numbers.

    Examples:
        >>> round(pearson([0, 2, 4, 5], [1, 2, 3, 5]), 4)
        0.9463
    """
    true, pred = as_numbers(y_true, y_pred)
    from scipy import stats  # takes half a second, which would slow down the command line's start

    return float(stats.pearsonr(true, pred)[0])


def spearman(y_true: Values, y_pred: Values) -> float:
    """Compute Spearman's rank correlation coefficient; tied values share the mean of their ranks.

    Args:
        y_true: (N,) the true values, N at least 2.
        y_pred: (N,) the predicted values.

    Returns:
        -1 to 1. NaN if all values of an input are the same (SciPy warns), or if a value is NaN.

    Raises:
        InputError: The inputs have fewer than two values or different lengths, or hold something other than numbers.

    Examples:
        >>> round(spearman([0, 2, 4, 5], [0.1, 0.2, 0.2, 9.0]), 4)
        0.9487
    """
    true, pred = as_numbers(y_true, y_pred)
    from scipy import stats

    return float(stats.spearmanr(true, pred)[0])


def correlation_scores(y_true: Values, y_pred: Values) -> dict[str, float]:
    """Compute the usual metrics of a regression, as reported for STS-B.

    Args:
        y_true: (N,) the true values, N at least 2.
        y_pred: (N,) the predicted values.

    Returns:
        `pearson` and `spearman`, -1 to 1, or NaN where undefined.

    Raises:
        InputError: The inputs have fewer than two values or different lengths, or hold something other than numbers.

    Examples:
        >>> scores = correlation_scores([1, 2, 3], [6, 2, 1])
        >>> {name: round(value, 3) for name, value in scores.items()}
        {'pearson': -0.945, 'spearman': -1.0}
    """
    return {"pearson": pearson(y_true, y_pred), "spearman": spearman(y_true, y_pred)}
