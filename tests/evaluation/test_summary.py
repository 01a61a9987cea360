"""The one-line summary of training data, and warnings about possible mistakes."""

from __future__ import annotations

import doctest

import pytest

from tinybert.data import AnswerSpan, QuestionExample, TaggedExample, TextExample
from tinybert.evaluation import summary as module
from tinybert.evaluation.summary import doubts, summary


def texts(**counts):
    return [TextExample("a", label=label) for label, count in counts.items() for _ in range(count)]


@pytest.mark.parametrize(
    ("examples", "line"),
    [
        (texts(neg=1, pos=3), "4 rows: pos 3, neg 1"),
        (
            [TextExample("a", label=("x", "y")), TextExample("a", label=())],
            "2 rows with any number of labels: x 1, y 1",
        ),
        ([TextExample("a", label=value) for value in (0.5, 2.0)], "2 rows: scores from 0.5 to 2, mean 1.25"),
        ([TextExample("a", "b")] * 3, "3 pairs, each a match"),
        ([TextExample("a", label=())], "1 row with any number of labels: no labels"),
        (
            [TaggedExample(("a", "b", "c"), ("B-PER", "I-PER", "O")), TaggedExample(("d",), ("B-LOC",))],
            "2 sentences, 4 words: PER 1, LOC 1",
        ),
        ([TaggedExample(("a", "b"), ("NN", "NN"))], "1 sentence, 2 words: NN 2"),
        (
            [QuestionExample("1", "q", "c", (AnswerSpan("c", 0),)), QuestionExample("2", "q", "c", (), True)],
            "2 questions: answerable 1, not answerable 1",
        ),
        (texts(**{f"l{index:02}": 1 for index in range(25)}), None),
    ],
)
def test_each_task_has_its_line(examples, line):
    assert summary(examples) == line if line else summary(examples).endswith("and 5 more labels")


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        (texts(neg=5, pos=5), []),
        (texts(Pos=2, pos=2, neg=2), ["differ by case or blanks only: 'Pos', 'pos'"]),
        (texts(**{"very good": 2, "very  good": 2}), ["differ by case or blanks only"]),
        (texts(pos=5, neg=5, neutral=1), ["labels with one example: 'neutral'"]),
        (texts(pos=95, neg=5), ["95 of 100 examples are 'pos'"]),
        (texts(pos=94, neg=6), []),
        ([TextExample("a", label=1.0)], []),
        ([QuestionExample("1", "q", "c", (), True)], []),
        ([TaggedExample(("a",), ("B-PER",)), TaggedExample(("b",), ("B-per",))], ["differ by case", "one example"]),
    ],
)
def test_what_may_be_a_mistake_is_said(examples, said):
    found = list(doubts(examples))
    assert len(found) == len(said)
    assert all(part in sentence for part, sentence in zip(said, found, strict=True))


def test_examples_in_docstrings():
    assert doctest.testmod(module).failed == 0
