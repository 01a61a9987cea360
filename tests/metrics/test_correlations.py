"""Pearson and Spearman: known values, ties, and inputs for which they are not defined."""

import math

import numpy as np
import pytest

from tinybert.errors import InputError
from tinybert.metrics import correlation_scores, pearson, spearman


def test_known_values():
    # Around their means: -1, 0, 1 and -4/3, -1/3, 5/3.
    assert pearson([1, 2, 3], [1, 2, 4]) == pytest.approx(3 / math.sqrt(2 * 42 / 9))
    # Ranks 1, 2, 3, 4 and 1, 3, 2, 4: 1 - 6 * 2 / (4 * 15).
    assert spearman([1, 2, 3, 4], [10, 30, 20, 1000]) == pytest.approx(0.8)


def test_equal_values_share_the_mean_of_their_ranks():
    # Ranks 1, 2, 3, 4 and 1, 2.5, 2.5, 4, whose variance is 4.5 / 4 instead of 5 / 4.
    assert spearman([0, 2, 4, 5], [1, 7, 7, 8]) == pytest.approx(4.5 / math.sqrt(5 * 4.5))


def test_both_are_reported_together():
    y_true, y_pred = [0.0, 2.5, 4.0, 5.0], np.array([0.1, 0.2, 0.9, 0.8], np.float32)
    both = correlation_scores(y_true, y_pred)
    assert both == {"pearson": pearson(y_true, y_pred), "spearman": spearman(y_true, y_pred)}
    assert both["spearman"] == pytest.approx(0.8)


@pytest.mark.parametrize("metric", [pearson, spearman])
def test_a_constant_has_no_correlation_and_says_so(metric):
    with pytest.warns(RuntimeWarning, match="constant"):
        assert math.isnan(metric([1, 2, 3], [4, 4, 4]))
    with pytest.warns(RuntimeWarning, match="constant"):
        assert math.isnan(metric([4, 4, 4], [1, 2, 3]))


@pytest.mark.parametrize("metric", [pearson, spearman])
def test_nan_in_nan_out(metric):
    assert math.isnan(metric([1, 2, 3], [4, math.nan, 5]))


@pytest.mark.parametrize("metric", [pearson, spearman])
@pytest.mark.parametrize(
    ("y_true", "y_pred", "says"),
    [
        ([1, 2], [1], r"y_true has 2 rows, y_pred has 1"),
        ([], [], r"no rows"),
        ([1], [2], r"at least two"),
        ([1, 2], ["a", "b"], r"y_pred holds something that is not a number"),
        ([1, 2], [[1], [2]], r"y_pred has the shape \(2, 1\)"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused(metric, y_true, y_pred, says):
    with pytest.raises(InputError, match=says):
        metric(y_true, y_pred)
