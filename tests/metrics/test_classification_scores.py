"""Accuracy, F1 and Matthews correlation: known values, scikit-learn's values, and invalid inputs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.errors import InputError
from tinybert.metrics import (
    LabelScores,
    accuracy,
    classification_scores,
    label_scores,
    matthews,
    multilabel_scores,
)

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)
ROWS = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 1), min_size=2 * columns, max_size=2 * columns), min_size=1)
)
check = settings(max_examples=25)


def test_known_values():
    # Of label 0: 2 of 3 predictions right, 2 of 2 found. Of 1: 1 of 1, 1 of 2. Of 2: 0 of 1, 0 of 1.
    y_true, y_pred = [0, 0, 1, 1, 2], [0, 0, 1, 2, 0]
    assert label_scores(y_true, y_pred) == {
        0: LabelScores(2 / 3, 1.0, 0.8, 2),
        1: LabelScores(1.0, 0.5, 2 / 3, 2),
        2: LabelScores(0.0, 0.0, 0.0, 1),
    }
    scores = classification_scores(y_true, y_pred)
    # 3 right of 5; true 2, 2, 1; predicted 3, 1, 1.
    assert scores["accuracy"] == scores["micro_f1"] == 0.6
    assert scores["macro_f1"] == pytest.approx((0.8 + 2 / 3) / 3)
    assert scores["matthews"] == pytest.approx((3 * 5 - 9) / np.sqrt((25 - 11) * (25 - 9)))


def test_matthews_of_two_labels_is_that_of_the_confusion_table():
    y_true = [1] * 6 + [0] * 4
    y_pred = [1] * 5 + [0] + [1] * 2 + [0] * 2
    assert matthews(y_true, y_pred) == pytest.approx((5 * 2 - 2 * 1) / np.sqrt(7 * 6 * 4 * 3))
    assert matthews(y_true, [1 - label for label in y_true]) == pytest.approx(-1.0)
    assert matthews(y_true, [1] * 10) == 0.0


@pytest.mark.parametrize(
    ("y_true", "y_pred", "expected"), [([1, 0, 2], [1, 0, 2], 1), ([1, 1, 1, 0], [0, 0, 0, 1], -1)]
)
def test_matthews_is_never_beyond_1(y_true, y_pred, expected):
    """These counts give 1.0000000000000002 before clipping."""
    assert matthews(y_true, y_pred) == expected


def test_matthews_of_many_rows_does_not_overflow():
    y_true = np.arange(200_000) % 2
    assert matthews(y_true, y_true) == pytest.approx(1.0)


def test_names_are_labels_too():
    y_true, y_pred = ["good", "bad", "bad"], np.array(["good", "bad", "good"], dtype=object)
    assert accuracy(y_true, y_pred) == 2 / 3
    assert list(label_scores(y_true, y_pred)) == ["bad", "good"]


def test_labels_that_occur_nowhere_count_only_when_they_are_named():
    assert classification_scores([0, 1], [0, 1])["macro_f1"] == 1.0
    assert classification_scores([0, 1], [0, 1], labels=[2, 1, 0, 3])["macro_f1"] == 0.5
    assert list(label_scores([0, 1], [0, 1], labels=[2, 1, 0])) == [2, 1, 0]


@pytest.mark.filterwarnings("ignore:A single label was found")
@given(pairs=PAIRS, names=st.booleans(), named=st.booleans())
@check
def test_equal_to_scikit_learn(pairs, names, named):
    sklearn = pytest.importorskip("sklearn.metrics")
    y_true, y_pred = zip(*pairs, strict=True)
    if names:
        y_true, y_pred = [f"label {label}" for label in y_true], [f"label {label}" for label in y_pred]
    labels = sorted({*y_true, *y_pred}) + (["another"] if names else [9]) if named else None
    scores = classification_scores(y_true, y_pred, labels=labels)
    assert scores["accuracy"] == pytest.approx(sklearn.accuracy_score(y_true, y_pred))
    assert scores["matthews"] == pytest.approx(sklearn.matthews_corrcoef(y_true, y_pred))
    for average in ("macro", "micro"):
        theirs = sklearn.f1_score(y_true, y_pred, labels=labels, average=average, zero_division=0)
        assert scores[f"{average}_f1"] == pytest.approx(theirs)
    each = [(s.precision, s.recall, s.f1, s.support) for s in label_scores(y_true, y_pred, labels=labels).values()]
    theirs = sklearn.precision_recall_fscore_support(y_true, y_pred, labels=labels, zero_division=0)
    np.testing.assert_allclose(np.transpose(each), theirs)


def test_several_labels_a_text():
    y_true = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0]])
    y_pred = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 1]])
    scores = multilabel_scores(y_true, y_pred)
    # Columns: 2 of 2 and 2; 2 of 2 and 2; 0 of 1 and 1. Together 4 of 5 predicted and 5 true.
    assert scores == pytest.approx({"accuracy": 1 / 3, "micro_f1": 0.8, "macro_f1": 2 / 3})
    assert multilabel_scores(y_true.astype(bool), y_pred.astype(np.float32)) == scores


@given(rows=ROWS)
@check
def test_several_labels_equal_to_scikit_learn(rows):
    sklearn = pytest.importorskip("sklearn.metrics")
    y_true, y_pred = np.split(np.array(rows), 2, axis=1)
    scores = multilabel_scores(y_true, y_pred)
    if y_true.shape[1] > 1:  # scikit-learn treats one column as binary classification
        assert scores["accuracy"] == pytest.approx(sklearn.accuracy_score(y_true, y_pred))
        for average in ("macro", "micro"):
            theirs = sklearn.f1_score(y_true, y_pred, average=average, zero_division=0)
            assert scores[f"{average}_f1"] == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "says"),
    [
        ([1, 0], [1], r"y_true has 2 rows, y_pred has 1"),
        ([], [], r"no rows"),
        ([1, 0], ["1", "0"], r"y_true holds whole numbers, y_pred strings"),
        ([1, 0], [0.9, 0.1], r"y_pred is of float64.*argmax"),
        ([1, 0], [[0.1, 0.9], [0.8, 0.2]], r"y_pred has the shape \(2, 2\).*argmax"),
        ([1, 0], [[0], [1, 0]], r"y_pred has rows of different lengths"),
        (["a", 1], ["a", "b"], r"y_true mixes strings"),
        (["a", "b"], ["a", None], r"y_pred mixes strings"),
        ("ab", "ab", r"y_true has the shape \(\)"),
    ],
)
def test_what_are_no_labels_is_refused(y_true, y_pred, says):
    with pytest.raises(InputError, match=says):
        classification_scores(y_true, y_pred)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "labels", "says"),
    [
        ([0, 1], [0, 2], [0, 1], r"y_pred\[1\] is 2; the labels are 0, 1"),
        (["a", "x"], ["a", "a"], ["a", "b"], r"y_true\[1\] is 'x'; the labels are a, b"),
        (["0", "1"], ["0", "1"], [0, 1], r"y_true\[0\] is '0'"),
    ],
)
def test_unknown_labels_are_refused(y_true, y_pred, labels, says):
    with pytest.raises(InputError, match=says):
        classification_scores(y_true, y_pred, labels=labels)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "says"),
    [
        ([[1, 0]], [[0.7, 0]], r"y_pred\[0, 0\] is 0\.7.*threshold"),
        ([[1, 0]], [[1, 0, 1]], r"y_true has 2 labels a row, y_pred has 3"),
        ([[1, 0]], [[1, 0], [1, 0]], r"y_true has 1 row, y_pred has 2"),
        ([1, 0], [1, 0], r"y_true has the shape \(2,\)"),
        ([], [], r"no rows"),
    ],
)
def test_what_are_no_indicators_is_refused(y_true, y_pred, says):
    with pytest.raises(InputError, match=says):
        multilabel_scores(y_true, y_pred)
