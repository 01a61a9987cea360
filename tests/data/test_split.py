"""Splitting off a dev set: the requested share, equally from each class, and reproducible."""

from collections import Counter

import numpy as np
import pytest

from tinybert.data import QuestionExample, TaggedExample, TextExample
from tinybert.data.split import split
from tinybert.errors import InputError

TEXTS = [TextExample(f"text {row}", label="abbccccccc"[row % 10]) for row in range(200)]


def test_each_class_gives_its_share():
    train, dev = split("sequence-classification", TEXTS, 0.1, seed=1)
    assert Counter(example.label for example in dev) == {"a": 2, "b": 4, "c": 14}
    assert sorted((*train, *dev), key=TEXTS.index) == TEXTS
    assert train == sorted(train, key=TEXTS.index)


@pytest.mark.parametrize("share", [0.03, 0.07, 0.33, 0.5, 0.99])
def test_the_share_is_that_of_all(share):
    train, dev = split("sequence-classification", TEXTS, share, seed=3)
    assert len(dev) == pytest.approx(share * 200, abs=2)
    assert len(train) + len(dev) == 200
    assert {example.label for example in train} == {"a", "b", "c"}


def test_a_share_that_is_all_of_one_class_is_said():
    with pytest.warns(UserWarning, match=r"^the dev set, 0.01 of the data, has only examples of 'c': give a larger"):
        split("sequence-classification", TEXTS, 0.01, seed=3)


def test_the_seed_determines_which():
    one, again, other = (split("sequence-classification", TEXTS, 0.1, seed=seed)[1] for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_a_class_with_one_example_stays_in_the_training_data():
    rare = TextExample("rare", label="z")
    for seed in range(20):
        assert rare in split("sequence-classification", [*TEXTS, rare], 0.5, seed=seed)[0]


@pytest.mark.parametrize(
    ("kind", "examples"),
    [
        ("encoder", [TextExample("a", str(row), float(row)) for row in range(40)]),
        ("sequence-classification", [TextExample(str(row), label=float(row)) for row in range(40)]),
        ("sequence-classification", [TextExample(str(row), label=("x",) * (row % 2)) for row in range(40)]),
        ("token-classification", [TaggedExample((str(row),), ("O",)) for row in range(40)]),
    ],
)
def test_what_has_no_classes_is_drawn_from_all(kind, examples):
    train, dev = split(kind, examples, 0.25, seed=5)
    assert (len(train), len(dev)) == (30, 10)


def test_questions_about_one_context_stay_together():
    questions = [QuestionExample(str(row), "Who?", f"context {row // 4}") for row in range(80)]
    train, dev = split("question-answering", questions, 0.2, seed=0)
    assert len(dev) == 16
    assert not {example.context for example in train} & {example.context for example in dev}


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.5, float("nan")])
def test_a_share_that_is_none_is_an_error(share):
    with pytest.raises(InputError, match="must be above 0 and below 1"):
        split("sequence-classification", TEXTS, share, seed=1)


@pytest.mark.parametrize("examples", [TEXTS[:3], [TextExample("a", label="x")]])
def test_an_empty_part_is_an_error(examples):
    with pytest.raises(InputError, match=f"of {len(examples)} examples that leaves none for it"):
        split("sequence-classification", examples, 0.1, seed=1)


def test_rows_of_token_ids_are_split_by_their_class():
    rows = [TextExample(str(row), label=int(row % 2)) for row in range(20)]
    assert np.mean([row.label for row in split("sequence-classification", rows, 0.4, seed=2)[1]]) == 0.5
