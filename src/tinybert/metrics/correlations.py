"""Correlations, for tasks whose answer is a number: the similarity of two texts, say. SciPy computes them."""

from __future__ import annotations

from .arrays import Values, as_numbers


def pearson(y_true: Values, y_pred: Values) -> float:
    """Pearson's correlation: how close the points are to a line.

    Args:
        y_true: (N,) the true values, N at least 2.
        y_pred: (N,) the predicted ones.

    Returns:
        -1 to 1. NaN, with SciPy's warning, where all values of an input are the same; NaN where one is NaN or infinite.

    Raises:
        InputError: They have fewer than two values, different lengths, or are no numbers.

    Examples:
        >>> round(pearson([0, 2, 4, 5], [1, 2, 3, 5]), 4)
        0.9463
    """
    true, pred = as_numbers(y_true, y_pred)
    from scipy import stats  # half a second, which the command line must not wait for

    return float(stats.pearsonr(true, pred)[0])


def spearman(y_true: Values, y_pred: Values) -> float:
    """Spearman's rank correlation: how far both go up together. Equal values share the mean of their ranks.

    Args:
        y_true: (N,) the true values, N at least 2.
        y_pred: (N,) the predicted ones.

    Returns:
        -1 to 1. NaN, with SciPy's warning, where all values of an input are the same; NaN where one is NaN.

    Raises:
        InputError: They have fewer than two values, different lengths, or are no numbers.

    Examples:
        >>> round(spearman([0, 2, 4, 5], [0.1, 0.2, 0.2, 9.0]), 4)
        0.9487
    """
    true, pred = as_numbers(y_true, y_pred)
    from scipy import stats

    return float(stats.spearmanr(true, pred)[0])


def correlation_scores(y_true: Values, y_pred: Values) -> dict[str, float]:
    """What is reported of a regression, as STS-B does.

    Args:
        y_true: (N,) the true values, N at least 2.
        y_pred: (N,) the predicted ones.

    Returns:
        `pearson` and `spearman`, -1 to 1, or NaN where they are not defined.

    Raises:
        InputError: The inputs have fewer than two values, different lengths, or are no numbers.

    Examples:
        >>> scores = correlation_scores([1, 2, 3], [6, 2, 1])
        >>> {name: round(value, 3) for name, value in scores.items()}
        {'pearson': -0.945, 'spearman': -1.0}
    """
    return {"pearson": pearson(y_true, y_pred), "spearman": spearman(y_true, y_pred)}
