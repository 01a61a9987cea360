"""Targets for training embeddings on pairs of texts: scores, or matches with negatives or without."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..counting import counted
from ..data import TextExample
from ..data.examples import negatives_of, place_of
from ..errors import InputError


def check_pairs(examples: Sequence[Any]) -> None:
    """Raise InputError unless every example has two texts."""
    for row, example in enumerate(examples):
        if example.pair is None:
            raise InputError(
                f"{place_of(examples, row)} is one text; an encoder, which has no head, is trained and evaluated on "
                "pairs of texts. Say which column has the second one; or fine-tune a head: tinybert finetune classify",
                argument="pair",
                example="NAME",
            )


def check_pairs_to_learn(examples: Sequence[Any]) -> None:
    """Raise InputError unless embeddings can be learned from the examples.

    They must be pairs, either all with scores that are not all equal, or all without; and all must have the same number
    of negatives, none of which is the row's positive.
    """
    check_pairs(examples)
    if not are_matches(examples):
        scores_of(examples)
    counts = [len(negatives_of(example)) for example in examples]
    for row, (example, count) in enumerate(zip(examples, counts, strict=True)):
        if count != counts[0]:
            raise InputError(
                f"{place_of(examples, row)} has {counted(count, 'negative')}, but {place_of(examples, 0)} has "
                f"{counts[0]}: give all rows as many"
            )
        if example.pair in negatives_of(example):
            raise InputError(f"{place_of(examples, row)}: a negative is the same text as the positive")


def form_of(examples: Sequence[Any]) -> str:
    """Return the form of pairs: `scores`; `matches` if they have none; `triplets` if these have negatives."""
    if not are_matches(examples):
        return "scores"
    return "triplets" if any(map(negatives_of, examples)) else "matches"


def are_matches(examples: Sequence[Any]) -> bool:
    """Return whether no pair has a score; then each pair is a match, with other pairs' second texts as negatives."""
    return all(isinstance(example, TextExample) and example.label is None for example in examples)


def text_ids(examples: Sequence[TextExample]) -> np.ndarray:
    """Number the distinct first texts, and the distinct texts among all others; equal texts have equal numbers.

    Args:
        examples: N pairs, all with as many negatives.

    Returns:
        (N, K) int32, the numbers of the first text, the second text and the negatives of each pair.
    """
    firsts: dict[str, int] = {}
    others: dict[str | None, int] = {}
    ids = [
        (
            firsts.setdefault(example.text, len(firsts)),
            *(others.setdefault(text, len(others)) for text in (example.pair, *negatives_of(example))),
        )
        for example in examples
    ]
    return np.array(ids, np.int32)


def scores_of(examples: Sequence[TextExample]) -> np.ndarray:
    """Return the similarity score of each pair, as given in the data.

    Args:
        examples: N pairs.

    Returns:
        (N,) float64, on the scale of the data.

    Raises:
        InputError: A score is missing or not a finite number (names the example), or all scores are equal, so that
            there is nothing to learn and no correlation.
    """
    for row, example in enumerate(examples):
        label = example.label
        if label is None:
            raise InputError(f"{place_of(examples, row)} has no score, but others have: give all pairs one or none")
        if not isinstance(label, int | float) or not math.isfinite(label):
            problem = f"{place_of(examples, row)} has the score {label!r}; it must be a number"
            raise InputError(problem, argument="regression", example=True)
    scores = np.array([example.label for example in examples], np.float64)
    if scores.min() == scores.max():
        which = f"all {counted(len(scores), 'pair')} have" if len(scores) > 1 else "the only pair has"
        raise InputError(
            f"{which} the score {scores[0]:g}: nothing can be learned from it, and nothing "
            "correlates with it. If all of them are matches, leave the scores out"
        )
    return scores


def as_cosines(scores: np.ndarray) -> np.ndarray:
    """Scale scores to the range of a cosine: divide by the largest absolute score if that is above 1.

    STS-B's scale of 0 to 5 becomes 0 to 1; -1 to 1 stays as it is. Scaling by a factor does not change correlations.

    Args:
        scores: (N,) scores of the whole training set.

    Returns:
        (N,) float32, -1 to 1.
    """
    return (scores / max(1.0, np.abs(scores).max())).astype(np.float32)
