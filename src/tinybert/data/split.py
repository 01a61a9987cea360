"""Split of a dev set from the training data."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import InputError
from ..task import ENCODER, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, check_learned


def split(kind: str, examples: Sequence[Any], share: float, *, seed: int) -> tuple[list[Any], list[Any]]:
    """Split labelled examples into a training part and a dev part.

    Texts with classes are split in the same proportion for each class (stratified); a class with a single example keeps
    it in the training data. All questions about a context go to the same part.

    Args:
        kind: The kind of task, one of `tinybert.task.LEARNED`.
        examples: The N examples.
        share: Fraction of the examples for the dev part, above 0 and below 1.
        seed: Seed of the random choice.

    Returns:
        The training part and the dev part, each in the original order.

    Raises:
        InputError: The share is not between 0 and 1, or the dev part would be empty.

    Warns:
        UserWarning: All examples that are put aside are of one class.

    Example:
        >>> from tinybert.data import TextExample
        >>> texts = [TextExample(str(number), label="even" if number % 2 == 0 else "odd") for number in range(10)]
        >>> train, dev = split("sequence-classification", texts, 0.2, seed=1)
        >>> len(train), sorted(example.label for example in dev)
        (8, ['even', 'odd'])
    """
    check_learned(kind)
    if not 0 < share < 1:
        raise InputError(
            f"the share of the dev set is {share:g}: it must be above 0 and below 1", argument="dev", example=0.1
        )
    stratum_of, unit_of = _PARTS[kind]
    strata: dict[Hashable, dict[Hashable, list[int]]] = defaultdict(dict)
    for row, example in enumerate(examples):
        strata[stratum_of(example)].setdefault(unit_of(example, row), []).append(row)
    random = np.random.default_rng(seed)
    aside: set[int] = set()
    for stratum, quota in zip(strata.values(), _quotas([*strata.values()], share), strict=True):
        units = [stratum[key] for key in stratum]
        taken: list[int] = []
        for index in random.permutation(len(units))[:-1].tolist():  # keep at least one unit for training
            if len(taken) >= quota:
                break
            taken += units[index]
        aside.update(taken)
    if not aside:
        raise InputError(
            f"the share of the dev set is {share:g}: of {len(examples)} examples that leaves none for it. Give a "
            "larger share, or a file",
            argument="dev",
        )
    if len(strata) > 1 and len({stratum_of(examples[row]) for row in aside}) == 1:
        only = stratum_of(examples[min(aside)])
        warnings.warn(
            f"the dev set, {share:g} of the data, has only examples of {only!r}: give a larger share, or a file",
            stacklevel=2,
        )
    parts = [example for row, example in enumerate(examples) if row not in aside]
    return parts, [examples[row] for row in sorted(aside)]


def _quotas(strata: list[dict[Hashable, list[int]]], share: float) -> list[int]:
    """Return the number of dev examples from each stratum, by the largest-remainder method."""
    wanted = [share * sum(map(len, stratum.values())) for stratum in strata]
    quotas = [int(number) for number in wanted]
    missing = round(sum(wanted)) - sum(quotas)
    for index in sorted(range(len(strata)), key=lambda index: quotas[index] - wanted[index])[:missing]:
        quotas[index] += 1
    return quotas


def _class(example: Any) -> Hashable:
    """Return the class or classes of a text; None for a score."""
    return None if isinstance(example.label, float) else example.label


def _row(example: Any, row: int) -> Hashable:
    del example
    return row


def _context(example: Any, row: int) -> Hashable:
    return getattr(example, "context", row)  # tokenized rows do not have it


_PARTS: Mapping[str, tuple[Callable[[Any], Hashable], Callable[[Any, int], Hashable]]] = {
    ENCODER.name: (lambda example: None, _row),
    SEQUENCE_CLASSIFICATION.name: (_class, _row),
    TOKEN_CLASSIFICATION.name: (lambda example: None, _row),
    QUESTION_ANSWERING.name: (lambda example: None, _context),
}
"""For each kind that is learned: functions that return an example's stratum, and the key of what must not be split."""
