"""Reports have the numbers of scikit-learn and seqeval, and are readable with any labels."""

import numpy as np
import pytest

from tinybert.errors import InputError
from tinybert.metrics import classification_report, confusion_matrix, entity_report, label_scores, multilabel_report

TRUE = ["a", "b", "b", "c", "c", "c"]
PRED = ["a", "b", "c", "c", "c", "a"]


def numbers(line):
    return [float(field) for field in line.split()[-4:]]


def test_the_matrix_is_that_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(0)
    true, pred = random.integers(0, 5, 100), random.integers(0, 5, 100)
    np.testing.assert_array_equal(confusion_matrix(true, pred), sklearn.confusion_matrix(true, pred))
    assert confusion_matrix(TRUE, PRED, labels=["c", "b", "a", "d"]).tolist() == [
        [2, 0, 1, 0],
        [1, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 0],
    ]


def test_the_report_has_the_scores_of_each_label_and_their_means():
    lines = classification_report(TRUE, PRED).splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["a", "b", "c"]
    for line, scores in zip(lines[1:4], label_scores(TRUE, PRED).values(), strict=True):
        assert numbers(line) == [round(v, 2) for v in (scores.precision, scores.recall, scores.f1, scores.support)]
    assert lines[5].split() == ["accuracy", "0.67", "6"]
    assert lines[6].split() == ["macro", "avg", "0.72", "0.72", "0.67", "6"]
    assert lines[7].split() == ["weighted", "avg", "0.75", "0.67", "0.67", "6"]
    assert lines[9].split() == ["true", "/", "predicted", "a", "b", "c"]
    assert lines[12].split() == ["c", "1", "0", "2"]


def test_it_is_the_report_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    theirs = [line.split() for line in sklearn.classification_report(TRUE, PRED, zero_division=0).splitlines()[1:]]
    ours = [line.split() for line in classification_report(TRUE, PRED).splitlines()]
    assert [row for row in theirs if row] == [row for row in ours[1:9] if row]


def test_several_labels_have_no_matrix():
    lines = multilabel_report([[1, 0], [1, 1]], [[1, 0], [0, 1]], ["new", "long"]).splitlines()
    assert lines[1].split() == ["new", "1.00", "0.50", "0.67", "2"]
    assert lines[4].split() == ["micro", "avg", "1.00", "0.67", "0.80", "3"]
    assert len(lines) == 7


def test_entities_are_by_their_type():
    lines = entity_report([["B-PER", "O", "B-LOC"], ["B-PER"]], [["B-PER", "O", "B-PER"], ["O"]]).splitlines()
    assert lines[1].split() == ["LOC", "0.00", "0.00", "0.00", "1"]
    assert lines[2].split() == ["PER", "0.50", "0.50", "0.50", "2"]
    assert lines[4].split() == ["micro", "avg", "0.50", "0.33", "0.40", "3"]


def test_without_any_entity_it_is_all_zero():
    assert entity_report([["O"]], [["O"]]).splitlines()[-1].split() == ["weighted", "avg", "0.00", "0.00", "0.00", "0"]


def test_of_many_labels_the_confusions_are_listed():
    labels = [f"label {number}" for number in range(100)]
    lines = classification_report(labels + ["label 1"] * 3, labels[1:] + labels[:1] + ["label 7"] * 3).splitlines()
    end = lines.index(next(line for line in lines if line.startswith("true")))
    assert lines[end + 1].split() == ["label", "1", "label", "7", "3"]
    assert len(lines) == end + 21
    right = classification_report(labels, labels).splitlines()
    assert right[-1] == "no label was taken for another"


def test_columns_are_as_wide_as_a_terminal_shows_them():
    lines = classification_report(["正面", "负面", "e\u0301"], ["正面", "正面", "e\u0301"]).splitlines()
    assert lines[2].startswith("正面" + " " * 10)
    assert lines[1].startswith("e\u0301" + " " * 13)


def test_what_is_no_label_is_an_error():
    with pytest.raises(InputError):
        confusion_matrix(["a"], ["b"], labels=["a"])
    with pytest.raises(InputError):
        classification_report([], [])
