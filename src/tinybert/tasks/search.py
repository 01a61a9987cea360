"""Similarity search: cosine similarities of embeddings, and nearest neighbours in a corpus."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arguments import check_integer
from ..counting import counted
from ..errors import InputError

Array = np.ndarray
QUERY_ROWS = 256
CORPUS_ROWS = 16384
"""Similarities are computed in blocks of QUERY_ROWS x CORPUS_ROWS, at most 16 MB at a time."""


def similarity(a: Any, b: Any) -> Array:
    """Compute the cosine similarities of two sets of vectors.

    Args:
        a: (N, H), or one vector (H,).
        b: (M, H), or one vector (H,).

    Returns:
        (N, M) float32, -1 to 1; 0 for a zero vector.

    Raises:
        InputError: The inputs are not vectors of finite numbers with the same width.

    Examples:
        >>> similarity([[1, 0], [1, 1]], [0, 2]).round(3).tolist()
        [[0.0], [0.7070000171661377]]
    """
    left, right = _vectors(a, "a"), _vectors(b, "b")
    _check_widths(left, right, ("a", "b"))
    return _cosines(_unit(left, "a"), _unit(right, "b"))


def top_k(queries: Any, corpus: Any, k: int = 10) -> tuple[Array, Array]:
    """Find the most similar vectors of a corpus for each query, by cosine similarity.

    Args:
        queries: (Q, H), or one query (H,).
        corpus: (N, H); may be a float32 or float16 memory map, which is read in blocks.
        k: Number of results per query; at most the size of the corpus is returned.

    Returns:
        Indices into the corpus, (Q, k) int64, most similar first, ties by lower index; and their similarities, (Q, k)
        float32. Both are (k,) for one query.

    Raises:
        InputError: The widths differ, a number is not finite, or k is not a positive integer.

    Examples:
        >>> indices, scores = top_k([1.0, 0.0], [[0.0, 1.0], [2.0, 0.1], [1.0, 1.0]], k=2)
        >>> indices.tolist()
        [1, 2]
    """
    check_integer(k, "k", 1)
    vectors, entries = _vectors(queries, "queries"), _vectors(corpus, "corpus")
    _check_widths(vectors, entries, ("queries", "corpus"))
    k = min(k, len(entries))
    indices = np.zeros((len(vectors), k), np.int64)
    scores = np.zeros((len(vectors), k), np.float32)
    for start in range(0, len(vectors), QUERY_ROWS):
        part = slice(start, start + QUERY_ROWS)
        indices[part], scores[part] = _nearest(_unit(vectors[part], "queries", start), entries, k)
    return (indices[0], scores[0]) if np.ndim(queries) == 1 else (indices, scores)


def _nearest(queries: Array, corpus: Array, k: int) -> tuple[Array, Array]:
    best_scores = np.zeros((len(queries), 0), np.float32)
    best_indices = np.zeros((len(queries), 0), np.int64)
    for start in range(0, len(corpus), CORPUS_ROWS):
        block = _cosines(queries, _unit(corpus[start : start + CORPUS_ROWS], "corpus", start))
        block_indices = np.broadcast_to(np.arange(start, start + block.shape[1]), block.shape)
        best_scores, best_indices = _keep(np.hstack([best_scores, block]), np.hstack([best_indices, block_indices]), k)
    order = np.lexsort((best_indices, -best_scores))
    return np.take_along_axis(best_indices, order, 1), np.take_along_axis(best_scores, order, 1)


def _keep(scores: Array, indices: Array, k: int) -> tuple[Array, Array]:
    """Return the k best of each row, in any order."""
    if scores.shape[1] <= k:
        return scores, indices
    best = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    kept = np.take_along_axis(scores, best, 1)
    least = kept.min(axis=1, keepdims=True)
    # If the lowest kept score is tied, the partition keeps arbitrary ones; choose the lowest indices instead.
    for row in np.flatnonzero((scores == least).sum(axis=1) > (kept == least).sum(axis=1)):
        best[row] = np.lexsort((indices[row], -scores[row]))[:k]
    return np.take_along_axis(scores, best, 1), np.take_along_axis(indices, best, 1)


def _cosines(a: Array, b: Array) -> Array:
    """Return the dot products of unit vectors, clipped since rounding may exceed 1."""
    return np.clip(a @ b.T, -1, 1)


def _unit(vectors: Array, name: str, first: int = 0) -> Array:
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise InputError(
            f"{name}[{first + int(np.argmin(finite))}] holds NaN or infinity: a text that was skipped has no vector. "
            "Leave such rows out."
        )
    vectors = vectors.astype(np.float32, copy=False)
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))[:, None]
    return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)


def _vectors(value: Any, name: str) -> Array:
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or array.ndim not in (1, 2) or not array.shape[-1]:
        raise InputError(f"{name} is an array of {array.dtype}, {array.shape}; it must be numbers, (N, H) or (H,).")
    return array.reshape(-1, array.shape[-1])


def _check_widths(a: Array, b: Array, names: tuple[str, str]) -> None:
    if a.shape[1] != b.shape[1]:
        raise InputError(
            f"{names[0]} has vectors of {counted(a.shape[1], 'number')}, {names[1]} of {b.shape[1]}. Embed both with "
            "one model."
        )
