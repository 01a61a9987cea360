"""Results are plain: `to_dict` returns JSON-compatible values."""

import dataclasses
import json

import numpy as np
import pytest

from tinybert import Classifier, QuestionAnswerer, Reranker, Tagger
from tinybert.tasks import (
    Answer,
    Classification,
    Fill,
    FilledMask,
    FilledText,
    MultiLabel,
    Ranked,
    Regression,
    Span,
    Word,
    results,
)

LABELS = ("B-X", "I-X", "O")


def logits(width):
    return lambda ids, *_: np.sin(ids[:, :1] + np.arange(width)).astype(np.float32)


def words(ids, *_):
    return np.sin(ids[:, :, None] + np.arange(3)).astype(np.float32)


def answers(ids, *_):
    return np.sin(ids).astype(np.float32), np.cos(ids).astype(np.float32)


def classify(pretend, count, labels=(), problem=None):
    return Classifier(pretend(logits(count), "sequence-classification", labels, problem))


RESULTS = {
    Classification: lambda pretend: classify(pretend, 3, LABELS)(["a", "b"], top_k=2)[1],
    MultiLabel: lambda pretend: classify(pretend, 3, LABELS, "multi-label")(["a", "the king"]),
    Regression: lambda pretend: classify(pretend, 1, problem="regression")(["a", "the king"]),
    Ranked: lambda pretend: Reranker(pretend(logits(1), "sequence-classification", (), "regression"))("a", ["b", "c"]),
    Span: lambda pretend: Tagger(pretend(words, "token-classification", LABELS))("the king of the old town"),
    Word: lambda pretend: Tagger(pretend(words, "token-classification", LABELS)).label_words("the king"),
    Answer: lambda pretend: QuestionAnswerer(pretend(answers, "question-answering"))("who?", "the king", top_k=2),
}
"""Results of each class, as a task makes them."""
NESTED = (Fill, FilledMask, FilledText)
"""Results that hold others; tests/tasks/test_fill.py tests them."""


def test_these_are_all_classes_of_results():
    found = [each for each in vars(results).values() if isinstance(each, type) and issubclass(each, results.Result)]
    assert {*RESULTS, *NESTED, results.Result} == {*found}


@pytest.mark.parametrize("kind", RESULTS)
def test_json_takes_them(pretend, kind):
    made = RESULTS[kind](pretend)
    assert made
    for result in made:
        assert type(result) is kind
        values = result.to_dict()
        assert list(values) == [field.name for field in dataclasses.fields(kind)]
        back = json.loads(json.dumps(values, allow_nan=False))
        lists = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        assert back == lists
        assert kind(**values) == result


def test_what_to_dict_gives_is_the_callers_own():
    result = Classification("a", 0.75, {"a": 0.75, "b": 0.25})
    result.to_dict()["probabilities"]["a"] = 0.0
    assert result.probabilities == {"a": 0.75, "b": 0.25}
