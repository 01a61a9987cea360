"""Targets for training embeddings on pairs of texts: a score for each pair, or each pair a match."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..counting import counted
from ..data import TextExample
from ..data.examples import place_of
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
    """Raise InputError unless the examples are pairs, either all with scores that are not all equal, or all without."""
    check_pairs(examples)
    if not are_matches(examples):
        scores_of(examples)


def are_matches(examples: Sequence[Any]) -> bool:
    """Return whether no pair has a score; then each pair is a match, with other pairs' second texts as negatives."""
    return all(isinstance(example, TextExample) and example.label is None for example in examples)


def text_ids(examples: Sequence[TextExample]) -> np.ndarray:
    """Number the distinct first texts and the distinct second texts; equal texts have equal numbers.

    Args:
        examples: N pairs.

    Returns:
        (N, 2) int32, the numbers of the first and second text of each pair.
    """
    firsts: dict[str, int] = {}
    seconds: dict[str | None, int] = {}
    ids = [
        (firsts.setdefault(example.text, len(firsts)), seconds.setdefault(example.pair, len(seconds)))
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
