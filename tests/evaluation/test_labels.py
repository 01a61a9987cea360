"""Labels of examples as names, ids and numbers; errors name the example."""

import numpy as np
import pytest

from tinybert.data import QuestionExample, TaggedExample, TextExample
from tinybert.errors import InputError
from tinybert.evaluation.labels import label_ids, label_sets, labels_of, numbers, task_for, word_label_ids
from tinybert.task import Task


def texts(*labels):
    return [TextExample("a text", None, label) for label in labels]


def test_labels_are_sorted_numbers_by_their_value_and_o_first():
    assert labels_of(texts("good", "bad", "good")) == ("bad", "good")
    assert labels_of(texts("10", "9", "-1")) == ("-1", "9", "10")
    assert labels_of(texts(("b", "a"), (), ("c",))) == ("a", "b", "c")
    assert labels_of([TaggedExample(("x", "y"), ("O", "B-X")), TaggedExample(("z",), ("B-A",))]) == ("O", "B-A", "B-X")
    with pytest.raises(InputError, match="the training data has no labels"):
        labels_of(texts(None))


def test_the_task_is_that_of_the_training_data():
    classification = "sequence-classification"
    assert task_for(classification, texts("b", "a")) == Task(classification, ("a", "b"))
    assert task_for(classification, texts("b", ("a",))) == Task(classification, ("a", "b"), "multi-label")
    assert task_for(classification, texts("b", "a"), problem="multi-label").problem == "multi-label"
    assert task_for(classification, texts(1.0, 2.0), problem="regression") == Task(classification, (), "regression")
    assert task_for("token-classification", [TaggedExample(("x",), ("O",))]) == Task("token-classification", ("O",))
    assert task_for("question-answering", [QuestionExample("1", "a", "b")]) == Task("question-answering")
    assert task_for("encoder", [TextExample("a", "b")]) == Task()
    with pytest.raises(InputError, match="example 1 is a TaggedExample; encoder needs a TextExample"):
        task_for("encoder", [TextExample("a", "b"), TaggedExample(("x",))])


def test_labels_become_arrays():
    assert label_ids(["b", "a", ("b",)], ("a", "b")).tolist() == [1, 0, 1]
    assert label_sets([("b", "a"), (), "a"], ("a", "b")).tolist() == [[1, 1], [0, 0], [1, 0]]
    assert numbers([1, 2.5]).tolist() == [1.0, 2.5]
    ids = word_label_ids([TaggedExample(("x", "y"), ("B", "O")), TaggedExample(("z",), ("O",))], ("O", "B"))
    assert [array.tolist() for array in ids] == [[1, 0], [0]]
    kinds = (label_ids(["a"], "a"), label_sets(["a"], "a"), numbers([1]), ids[0])
    assert [array.dtype for array in kinds] == [np.int32, np.float32, np.float64, np.int32]


@pytest.mark.parametrize(
    ("convert", "message"),
    [
        (lambda: label_ids(["a", "c"], ("a", "b")), "example 1 has the label 'c'; the model's labels are a, b"),
        (lambda: label_ids(["a", None], ("a", "b")), "example 1 has 0 labels; this task needs one"),
        (lambda: label_ids([("a", "b")], ("a", "b")), "example 0 has 2 labels; this task needs one"),
        (lambda: label_sets([("a",), ("c",)], ("a", "b")), "example 1 has the label 'c'"),
        (lambda: label_sets([None], ("a", "b")), "example 0 has no labels; where none applies, give an empty tuple"),
        (lambda: numbers([1.0, "2"]), "example 1 has the label '2'; a regression needs numbers"),
        (lambda: word_label_ids([TaggedExample(("x",))], ("O",)), "example 0 has no labels"),
        (lambda: word_label_ids([TaggedExample(("x",), ("B",))], ("O",)), "example 0 has the label 'B'"),
    ],
)
def test_what_is_wrong_says_which_example_has_it(convert, message):
    with pytest.raises(InputError, match=message):
        convert()
