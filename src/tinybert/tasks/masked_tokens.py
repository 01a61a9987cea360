"""The most probable tokens at the masked positions of a batch, in bounded memory."""

from __future__ import annotations

import numpy as np

from ..runtime import Runtime
from ..runtime.base import Inputs
from .classify import softmax

Array = np.ndarray
MOST_POSITIONS = 256
"""Positions whose logits are computed at once: with 30,522 tokens, 31 MB."""


def top_tokens(runtime: Runtime, inputs: Inputs, mask_id: int, count: int, allowed: Array) -> tuple[Array, Array]:
    """Compute the most probable tokens at each masked position.

    Args:
        runtime: The masked language model.
        inputs: The batch.
        mask_id: The id of [MASK]; there are N of it in the batch.
        count: Number of tokens for each position (K), at most the number of allowed ones.
        allowed: (M,) integers, the ids of the tokens to choose among.

    Returns:
        Token ids (N, K), in the order of the positions, most probable first, ties by id; and their probabilities (N, K)
        among the allowed tokens.
    """
    rows = runtime.encode(inputs).sequence_output[inputs[0] == mask_id]
    ids = np.empty((len(rows), count), np.int64)
    probabilities = np.empty((len(rows), count), np.float32)
    for begin in range(0, len(rows), MOST_POSITIONS):
        part = slice(begin, begin + MOST_POSITIONS)
        found = softmax(runtime.token_logits(rows[part])[:, allowed])
        best = best_of(found, count)
        ids[part], probabilities[part] = allowed[best], np.take_along_axis(found, best, axis=1)
    return ids, probabilities


def best_of(values: Array, count: int) -> Array:
    """Return the indices (N, count) of the largest values in each row of (N, M), largest first, ties by index."""
    least = np.partition(values, -count, axis=1)[:, -count]
    best = np.empty((len(values), count), np.int64)
    for row, (found, limit) in enumerate(zip(values, least.tolist(), strict=True)):
        among = np.flatnonzero(~(found < limit))  # NaN included: the caller finds it in the probabilities
        best[row] = among[np.argsort(-found[among], kind="stable")[:count]]
    return best
