"""What is right for pairs of texts that an embedding is learned from: their scores, or that each is a match."""

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
    """Raises InputError unless every example has two texts."""
    for row, example in enumerate(examples):
        if example.pair is None:
            raise InputError(
                f"{place_of(examples, row)} is one text; an encoder, which has no head, is trained and evaluated on "
                "pairs of texts. Say which column has the second one; or fine-tune a head: tinybert finetune classify",
                argument="pair",
                example="NAME",
            )


def check_pairs_to_learn(examples: Sequence[Any]) -> None:
    """Raises InputError unless there are pairs, all with a score, not one and the same, or all without."""
    check_pairs(examples)
    if not are_matches(examples):
        scores_of(examples)


def are_matches(examples: Sequence[Any]) -> bool:
    """Whether no pair has a score: each is a match then, and the second texts of others are not."""
    return all(isinstance(example, TextExample) and example.label is None for example in examples)


def text_ids(examples: Sequence[TextExample]) -> np.ndarray:
    """A number for each distinct first text and each distinct second one: equal texts have equal numbers.

    Args:
        examples: N pairs.

    Returns:
        (N, 2) int32.
    """
    firsts: dict[str, int] = {}
    seconds: dict[str | None, int] = {}
    ids = [
        (firsts.setdefault(example.text, len(firsts)), seconds.setdefault(example.pair, len(seconds)))
        for example in examples
    ]
    return np.array(ids, np.int32)


def scores_of(examples: Sequence[TextExample]) -> np.ndarray:
    """How alike the texts of each pair are, as the data say it.

    Args:
        examples: N pairs.

    Returns:
        (N,) float64, in the scale of the data.

    Raises:
        InputError: A score is missing or not a finite number, or all are the same: then there is nothing to learn, and
            no correlation. Says which example's.
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
    """Scores in the range of a cosine: divided by the largest absolute one where that is above 1.

    So 0 to 5, the scale of STS-B, becomes 0 to 1, and -1 to 1 stays as it is. Correlations are those of the data's own
    scale, since a factor does not change them.

    Args:
        scores: (N,) of the whole training set.

    Returns:
        (N,) float32, -1 to 1.
    """
    return (scores / max(1.0, np.abs(scores).max())).astype(np.float32)
