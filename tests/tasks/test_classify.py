"""Labels, several labels and scores of texts and pairs."""

import numpy as np
import pytest
from awkward_texts import TEXTS

from tinybert import Classifier
from tinybert.errors import ConfigError, InputError
from tinybert.tasks import Classification, MultiLabel, Regression

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
    logits = np.concatenate([classifier.runtime.logits(tokenizer(text, max_length=64).inputs) for text in TEXTS])
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
        logits = classifier.runtime.logits(tokenizer(text, pair, max_length=64).inputs)
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


def test_a_score_needs_one_output(pretend):
    with pytest.raises(ConfigError, match="3 outputs; a regression has 1"):
        Classifier(pretend(None, "sequence-classification", (), "regression", num_labels=3))


def test_labels_without_names_are_numbered(pretend):
    model = pretend(lambda ids, *_: np.zeros((len(ids), 3), np.float32), "sequence-classification", num_labels=3)
    assert Classifier(model).labels == ("0", "1", "2")
    assert list(Classifier(model)("the").probabilities) == ["0", "1", "2"]


@pytest.fixture
def fixed(pretend):
    """A function that makes a classifier which gives every text the same logits; labels are a, b, c and so on."""

    def fixed(*logits, problem=None):
        row = np.array([logits], np.float32)
        labels = tuple("abcdefgh"[: len(logits)])
        return Classifier(
            pretend(lambda ids, *_: np.repeat(row, len(ids), axis=0), "sequence-classification", labels, problem)
        )

    return fixed


def test_the_most_probable_labels_come_first(fixed):
    classify = fixed(1.0, 3.0, -1.0, 2.0)
    results = classify("the", top_k=3)
    assert [result.label for result in results] == ["b", "d", "a"]
    assert results[0] == classify("the")
    for result in results:
        assert isinstance(result, Classification)
        assert result.probability == result.probabilities[result.label]
        assert list(result.probabilities) == ["a", "b", "c", "d"]
    assert sum(results[0].probabilities.values()) == pytest.approx(1)


def test_labels_of_the_same_probability_keep_the_models_order(fixed):
    assert [result.label for result in fixed(1.0, 2.0, 1.0, 2.0)("the", top_k=4)] == ["b", "d", "a", "c"]
    assert [result.label for result in fixed(0.0, 0.0, 0.0)("the", top_k=2)] == ["a", "b"]
    assert fixed(0.0, 0.0, 0.0)("the").label == "a"


def test_no_more_labels_come_than_there_are(fixed):
    assert [result.label for result in fixed(1.0, 2.0)("the", top_k=9)] == ["b", "a"]


def test_the_best_labels_of_pairs_lists_and_streams(fixed):
    classify = fixed(1.0, 3.0, 2.0)
    best = classify("the", top_k=2)
    assert classify(("the", "king"), top_k=2) == best
    assert classify(["the", ("the", "king"), "old"], top_k=2) == [best] * 3
    assert classify([], top_k=2) == []
    stream = classify(iter(["the", "king"]), top_k=2)
    assert iter(stream) is stream
    assert list(stream) == [best, best]
    good, error = classify(["the", None], top_k=2, on_error="return")
    assert (good, type(error)) == (best, InputError)


def test_the_best_of_several_labels_each_have_a_probability_of_their_own(fixed):
    logits = (2.0, -1.0, 0.5)
    results = fixed(*logits, problem="multi-label")("the", top_k=2)
    assert [result.label for result in results] == ["a", "c"]
    expected = 1 / (1 + np.exp(-np.array(logits)))
    np.testing.assert_allclose(list(results[0].probabilities.values()), expected, rtol=1e-6)
    assert results[1].probability == results[1].probabilities["c"]


def test_a_number_has_no_best_labels(fixed):
    classify = fixed(3.25, problem="regression")
    assert classify("the", top_k=1) == Regression(3.25)
    with pytest.raises(InputError, match="predicts a number, which has no labels to choose from"):
        classify("the", top_k=2)


@pytest.mark.parametrize("top_k", [0, -1, 1.5, True, "2", None])
def test_how_many_labels_is_a_positive_integer(fixed, top_k):
    with pytest.raises(InputError, match="top_k is"):
        fixed(1.0, 2.0)("the", top_k=top_k)
