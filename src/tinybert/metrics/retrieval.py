"""How well vectors find what belongs to them among many: the rank of the first right one, and its means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import InputError
from .arrays import Array, Values, check_lengths

BLOCK = 1 << 22
"""Similarities that are in memory at a time, 16 MB, however many vectors there are."""


def ranks(queries: Array, corpus: Array, relevant: Sequence[Sequence[int]]) -> Iterator[int]:
    """At which place each query finds the first vector that belongs to it, the nearest of the corpus having place 1.

    A vector that does not belong to the query and is as near counts as nearer: a network that gives all texts one
    vector finds nothing.

    Args:
        queries: (Q, H) float32 of length 1, so that dot products are cosines.
        corpus: (N, H), likewise.
        relevant: For each query the rows of the corpus that belong to it, at least one.

    Yields:
        1 to N, query by query.

    Raises:
        InputError: There are not as many queries as lists of rows.

    Examples:
        >>> corpus = np.array([[1.0, 0.0], [0.6, 0.8]])
        >>> list(ranks(np.array([[1.0, 0.0], [0.8, 0.6]]), corpus, [[1], [1]]))
        [2, 1]
    """
    check_lengths(len(relevant), len(queries), "query", "queries")
    step = max(1, BLOCK // len(corpus))
    for start in range(0, len(queries), step):
        similarities = queries[start : start + step] @ corpus.T  # (step, N)
        for row, right in zip(similarities, relevant[start : start + step], strict=True):
            index = list(right)
            nearest = row[index].max()
            row[index] = -np.inf
            yield 1 + int(np.count_nonzero(row >= nearest))


def mean_reciprocal_rank(places: Values) -> float:
    """Mean of 1 / place, at which the first right one was found (Voorhees 1999, TREC-8).

    Args:
        places: (Q,) whole numbers from 1, as `ranks` yields them.

    Returns:
        0 to 1.

    Raises:
        InputError: There are none, or they are no whole numbers from 1.

    Examples:
        >>> mean_reciprocal_rank([1, 2, 4])
        0.5833333333333334
    """
    return float(np.mean(1.0 / _places(places)))


def retrieval_scores(places: Values) -> dict[str, float]:
    """What is reported of a search.

    Args:
        places: (Q,) whole numbers from 1, as `ranks` yields them.

    Returns:
        `mrr`, the mean reciprocal rank; `accuracy_at_1` and `accuracy_at_10`, the part of the queries that found a
        right one among so many. 0 to 1.

    Raises:
        InputError: There are none, or they are no whole numbers from 1.

    Examples:
        >>> scores = retrieval_scores([1, 2, 20])
        >>> {name: round(value, 3) for name, value in scores.items()}
        {'mrr': 0.517, 'accuracy_at_1': 0.333, 'accuracy_at_10': 0.667}
    """
    found = _places(places)
    at = {f"accuracy_at_{most}": float(np.mean(found <= most)) for most in (1, 10)}
    return {"mrr": mean_reciprocal_rank(found), **at}


def _places(places: Any) -> Array:
    found = np.asarray(places)
    if found.ndim != 1 or not found.size or found.dtype.kind not in "iu" or found.min() < 1:
        raise InputError("the ranks must be whole numbers from 1, (Q,), one for each query, and at least one.")
    return found
