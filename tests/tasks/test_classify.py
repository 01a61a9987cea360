"""Labels, several labels and scores of texts and pairs."""

import numpy as np
import pytest
from awkward_texts import TEXTS

from tinybert import Classifier
from tinybert.checkpoint.task import Task
from tinybert.errors import ConfigError, InputError
from tinybert.tasks import Classification, MultiLabel, Regression, TaskModel

PAIRS = [("the cat sat", "on the mat"), ("a", ""), ("", "a"), ("one two " * 40, "three " * 40)]


@pytest.fixture(scope="module")
def classify(classifier):
    return Classifier(classifier)


def probabilities(results):
    return np.array([list(result.probabilities.values()) for result in results])


def softmax(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def test_probabilities_are_the_softmax_of_the_logits(classify, classifier, tokenizer):
    results = classify(TEXTS, batch_size=4)
    logits = np.concatenate([classifier.network(*tokenizer(text, max_length=64).inputs).asnumpy() for text in TEXTS])
    np.testing.assert_allclose(probabilities(results), softmax(logits), atol=1e-5)
    for result, row in zip(results, logits, strict=True):
        assert isinstance(result, Classification)
        assert list(result.probabilities) == ["bad", "fair", "good"]
        assert result.label == ("bad", "fair", "good")[row.argmax()]
        assert result.probability == max(result.probabilities.values())


def test_pairs_and_texts_may_be_mixed(classify, classifier, tokenizer):
    items = [PAIRS[0], "the cat", PAIRS[1], PAIRS[2], "", PAIRS[3]]
    results = classify(items)
    for item, result in zip(items, results, strict=True):
        text, pair = item if isinstance(item, tuple) else (item, None)
        logits = classifier.network(*tokenizer(text, pair, max_length=64).inputs).asnumpy()
        np.testing.assert_allclose(probabilities([result]), softmax(logits), atol=1e-5)


def test_a_tuple_is_a_pair_and_a_list_is_many(classify):
    pair = classify(("the cat", "sat"))
    assert isinstance(pair, Classification)
    assert pair != classify("the cat")
    assert len(classify(["the cat", "sat"])) == 2
    assert classify([["the cat", "sat"]])[0].probability == pytest.approx(pair.probability, abs=1e-5)
    assert [result.label for result in classify(iter(PAIRS))] == [result.label for result in classify(PAIRS)]
    assert classify([]) == []


@pytest.mark.parametrize("bad", [("a", "b", "c"), ("a",), ("a", None), (None, "a"), None, ("a", "\ud800")])
def test_bad_pairs(classify, bad):
    with pytest.raises(InputError, match=r"texts\[1\]"):
        classify(["good", bad])
    good, error = classify(["good", bad], on_error="return")
    assert isinstance(good, Classification)
    assert isinstance(error, InputError)


def test_three_texts_in_a_tuple_are_no_pair(classify):
    with pytest.raises(InputError, match="has 3 texts"):
        classify(("a", "b", "c"))


def test_several_labels(pretend):
    logits = np.array([[2.0, -1.0, 0.5]], np.float32)
    model = pretend(
        lambda ids, *_: np.repeat(logits, len(ids), axis=0), "sequence-classification", ("x", "y", "z"), "multi-label"
    )
    result = Classifier(model)("the")
    assert isinstance(result, MultiLabel)
    assert result.labels == ("x", "z")
    np.testing.assert_allclose(list(result.probabilities.values()), 1 / (1 + np.exp(-logits[0])), rtol=1e-6)
    assert Classifier(model)("the", threshold=0.7).labels == ("x",)
    assert Classifier(model)("the", threshold=1).labels == ()
    with pytest.raises(InputError, match="threshold"):
        Classifier(model)("the", threshold=2)


def test_a_score(pretend):
    model = pretend(
        lambda ids, *_: np.full((len(ids), 1), 3.25, np.float32), "sequence-classification", ["score"], "regression"
    )
    assert Classifier(model)(["the", "cat"]) == [Regression(3.25), Regression(3.25)]


def test_a_score_needs_one_output(classifier):
    model = TaskModel(classifier.network, classifier.tokenizer, Task("sequence-classification", (), "regression"))
    with pytest.raises(ConfigError, match="3 outputs; a regression has 1"):
        Classifier(model)


def test_labels_without_names_are_numbered(classifier):
    model = TaskModel(classifier.network, classifier.tokenizer, Task("sequence-classification"))
    assert Classifier(model).labels == ("0", "1", "2")
    assert list(Classifier(model)("the").probabilities) == ["0", "1", "2"]
