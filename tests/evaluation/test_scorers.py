"""Scorers prepare the true labels once and score any number of predictions against them."""

import numpy as np
import pytest
from to_find import ANSWERING, CASES, TAGGING, pretend

from tinybert.data import AnswerSpan, QuestionExample, TaggedExample, TextExample
from tinybert.evaluation import evaluate, scorer_for, scorers
from tinybert.evaluation.scorers import SCORERS
from tinybert.task import LEARNED, Task

TEXTS = Task("sequence-classification", ("bad", "good"))
WORDS = Task("token-classification", ("DET", "NOUN"))


def test_each_kind_that_is_learned_is_scored():
    assert SCORERS.keys() == LEARNED.keys()


FORMS = [
    (TEXTS, [TextExample("a", None, "good")], ["bad"], "accuracy"),
    (CASES["multi-label"][0], [TextExample("a", None, ("film",))], [["film"]], "micro_f1"),
    (CASES["regression"][0], [TextExample("a", None, 1.0), TextExample("b", None, 2.0)], [3.0, 1.0], "spearman"),
    (TAGGING, [TaggedExample(("a",), ("O",))], [["B-X"]], "f1"),
    (WORDS, [TaggedExample(("a",), ("DET",))], [["NOUN"]], "accuracy"),
    (ANSWERING, [QuestionExample("1", "b", "a", (AnswerSpan("a", 0),))], ["a"], "f1"),
    (Task(), [TextExample("a", "b", 1.0), TextExample("a", "c", 0.0)], [0.5, 0.1], "spearman"),
    (Task(), [TextExample("a", "b"), TextExample("c", "d")], [1, 2], "mrr"),
]


@pytest.mark.parametrize(("task", "examples", "said", "metric"), FORMS)
def test_the_better_of_two_models_is_known_by_one_of_its_metrics(task, examples, said, metric):
    scorer = scorer_for(task, task.labels, examples)
    assert scorer.key_metric == metric
    assert metric in scorer.score(said)
    assert scorer.examples is examples


def test_each_form_of_labels_is_one_of_these():
    assert len(FORMS) == sum(len(kind.key_metrics) for kind in LEARNED.values())


def test_words_whose_labels_mark_no_spans_are_scored_one_by_one(tokenizer):
    model = pretend(tokenizer, WORDS, lambda ids: np.stack([ids % 2, 1 - ids % 2], axis=-1).astype(np.float32))
    examples = [TaggedExample(("the", "film"), ("DET", "NOUN")), TaggedExample(("a",), ("DET",))]
    scorer = scorer_for(WORDS, WORDS.labels, examples)
    assert scorer.key_metric == "accuracy"
    assert scorer.score([["DET", "DET"], ["DET"]])["accuracy"] == pytest.approx(2 / 3)
    assert set(evaluate(model, examples)) == set(scorer.score([["DET", "DET"], ["DET"]]))


def test_chinese_answers_are_compared_as_cmrc_does():
    example = QuestionExample("1", "哪条河", "他住在多瑙河边", (AnswerSpan("多瑙河", 3),))
    scorer = scorer_for(ANSWERING, (), [example])
    assert scorer.score(["多瑙河。"]) == {"exact_match": 100, "f1": 100, "total": 1}
    assert scorer.score(["多瑙"])["f1"] == pytest.approx(80)


def test_the_truth_is_prepared_once(monkeypatch):
    """True labels are converted to ids once, when the scorer is created; later only predictions are."""
    calls = []

    def counted(labels, names, examples=()):
        calls.append(list(labels))
        return scorers.label_ids(labels, names, examples)

    _, *others = scorers._PROBLEMS["single-label"]
    monkeypatch.setitem(scorers._PROBLEMS, "single-label", (counted, *others))
    scorer = scorer_for(TEXTS, TEXTS.labels, [TextExample("a", None, "good"), TextExample("b", None, "bad")])
    assert calls == [["good", "bad"]]
    assert scorer.score(["good", "good"])["accuracy"] == 0.5
    assert scorer.score(["good", "bad"])["accuracy"] == 1
    assert calls == [["good", "bad"], ["good", "good"], ["good", "bad"]]
