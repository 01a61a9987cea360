"""Retrieval metrics: the rank of the first relevant vector for each query, and averages over queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import InputError
from .arrays import Array, Values, check_lengths

BLOCK = 1 << 22
"""Maximum number of similarities in memory at a time (16 MB as float32)."""


def ranks(queries: Array, corpus: Array, relevant: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield the rank of the nearest relevant vector for each query; the nearest vector of the corpus has rank 1.

    Ties count against the query: an irrelevant vector at the same distance ranks first. A network that gives all texts
    the same vector therefore finds nothing.

    Args:
        queries: (Q, H) float32, unit vectors, so that dot products are cosines.
        corpus: (N, H) float32, unit vectors.
        relevant: For each query, the indices of its relevant corpus rows, at least one.

    Yields:
        The rank, 1 to N, of each query in turn.

    Raises:
        InputError: The numbers of queries and of lists in `relevant` differ.

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
    """Compute the mean reciprocal rank (MRR) of the first relevant result (Voorhees 1999, TREC-8).

    Args:
        places: (Q,) integer ranks from 1, as `ranks` yields them.

    Returns:
        0 to 1.

    Raises:
        InputError: There are no ranks, or they are not integers of at least 1.

    Examples:
        >>> mean_reciprocal_rank([1, 2, 4])
        0.5833333333333334
    """
    return float(np.mean(1.0 / _places(places)))


def retrieval_scores(places: Values) -> dict[str, float]:
    """Compute the usual metrics of a search.

    Args:
        places: (Q,) integer ranks from 1, as `ranks` yields them.

    Returns:
        `mrr`, the mean reciprocal rank; `accuracy_at_1` and `accuracy_at_10`, the fraction of queries with a relevant
        result among the first 1 or 10. All are 0 to 1.

    Raises:
        InputError: There are no ranks, or they are not integers of at least 1.

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
