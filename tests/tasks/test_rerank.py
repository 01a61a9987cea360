"""A classifier of pairs ranks texts for a query."""

import json

import numpy as np
import pytest

from tinybert import Classifier, Reranker
from tinybert.errors import InputError
from tinybert.tasks import Ranked

KIND = "sequence-classification"
DOCUMENTS = ["the king", "a", "the king is in the old town", "a"]


def lengths(width):
    """A function whose first output is the number of tokens, and the others are 0."""

    def function(input_ids, input_mask, segment_ids):
        assert (segment_ids.max(axis=1) == 1).all()  # pairs
        logits = np.zeros((len(input_ids), width), np.float32)
        logits[:, -1] = input_mask.sum(axis=1) / 10
        return logits

    return function


def test_the_number_of_a_regression_is_the_score(pretend):
    rank = Reranker(pretend(lengths(1), KIND, problem="regression"))
    found = rank("the old", DOCUMENTS)
    assert [(each.corpus_id, each.text) for each in found] == [(i, DOCUMENTS[i]) for i in (2, 0, 1, 3)]  # ties in order
    assert [each.score for each in found] == pytest.approx([1.2, 0.7, 0.6, 0.6])
    assert rank("the old", DOCUMENTS, top_k=1) == found[:1]
    assert rank("the old", []) == []
    assert json.loads(json.dumps(found[0].to_dict())) == {"corpus_id": 2, "score": found[0].score, "text": DOCUMENTS[2]}


def test_scores_are_what_the_classifier_says_of_pairs(make_model):
    from tinybert.task import Task

    model = make_model(Task(KIND, ("bad", "fair", "good")))
    results = Classifier(model)([("the old", text) for text in DOCUMENTS])
    for label in model.labels:
        expected = [result.probabilities[label] for result in results]
        assert Reranker(model).scores("the old", DOCUMENTS, label=label) == pytest.approx(expected, abs=1e-6)
        found = Reranker(model)("the old", DOCUMENTS, label=label)
        assert [each.score for each in found] == pytest.approx(sorted(expected, reverse=True), abs=1e-6)


@pytest.mark.parametrize(
    ("labels", "problem", "outputs", "label"),
    [((), None, 2, "1"), (("match",), "multi-label", 1, "match"), (("0", "1"), "single-label", 2, "1")],
)
def test_one_label_or_the_second_of_two_numbered_ones_need_not_be_named(pretend, labels, problem, outputs, label):
    rank = Reranker(pretend(lengths(outputs), KIND, labels, problem, num_labels=outputs))
    assert rank("a", DOCUMENTS) == rank("a", DOCUMENTS, label=label)
    assert rank("a", DOCUMENTS)[0].corpus_id == 2


def test_a_stream_gives_scores_or_errors_in_order(pretend):
    rank = Reranker(pretend(lengths(1), KIND, problem="regression"))
    first, error, last = rank.scores("a", iter(["a", None, "the king"]), on_error="return")
    assert (first, last) == pytest.approx((0.5, 0.6))
    assert isinstance(error, InputError)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("a", "one text"), {}, "documents is one string; give a list of them"),
        (("a", ["b", None]), {}, r"documents\[1\] is None, not a string"),
        ((None, ["b"]), {}, "query is None, not a string"),
        (("a", ["b"]), {"top_k": 0}, "top_k is 0; it must be an integer, 1 or more"),
        (("a", ["b"]), {"label": "maybe"}, "label is 'maybe'; it must be one of no, yes"),
        (("a", ["b"]), {"label": None}, r"has the labels no, yes. Say whose probability is the score \(label='no'\)"),
    ],
)
def test_what_is_wrong_is_named(pretend, arguments, options, message):
    rank = Reranker(pretend(lengths(2), KIND, ("no", "yes")))
    with pytest.raises(InputError, match=message):
        rank(*arguments, **{"label": "yes", **options})


def test_a_regression_has_no_label(pretend):
    with pytest.raises(InputError, match="predicts a number, and has no labels"):
        Reranker(pretend(lengths(1), KIND, problem="regression"))("a", ["b"], label="0")


def test_an_encoder_cannot_rerank(encoder):
    with pytest.raises(InputError, match="is an encoder: it has no head for sequence-classification"):
        Reranker(encoder)


def test_ranked_has_the_fields_of_sentence_transformers():
    assert list(Ranked(0, 0.5, "a").to_dict()) == ["corpus_id", "score", "text"]
