"""Selection of the best answer spans in a context from the start and end logits of its windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .windows import starts_of

Array = np.ndarray


def span_table(windows: Sequence[tuple[Array, Array]], stride: int, longest: int) -> Array:
    """Score every token span that lies completely in some window: start logit plus end logit.

    Args:
        windows: Start and end logits of each window's context tokens, both (n,) float32.
        stride: Number of tokens that a window shares with the one before it.
        longest: Maximum number of tokens in a span.

    Returns:
        (N, D) float32 for the N >= 1 tokens of the context and D span lengths; entry (i, d) is the score of tokens i to
        i + d inclusive: the maximum over the windows that contain the span, -inf if there is none.

    Examples:
        >>> span_table([(np.array([3.0, 1.0]), np.array([0.0, 2.0]))], stride=0, longest=2).tolist()
        [[3.0, 5.0], [3.0, -inf]]
    """
    starts = starts_of([len(first) for first, _ in windows], stride)
    total = starts[-1] + len(windows[-1][0])
    longest = max(1, min(longest, total))
    table = np.full((total, longest), -np.inf, np.float32)
    for begin, (first, last) in zip(starts, windows, strict=True):
        ends = np.append(last, np.full(longest - 1, -np.inf, np.float32))
        scores = first[:, None] + np.lib.stride_tricks.sliding_window_view(ends, longest)[: len(first)]
        part = table[begin : begin + len(first)]
        np.maximum(part, scores, out=part)
    return table


def best_stretches(table: Array, count: int, first_of: Array, last_of: Array) -> list[tuple[int, int, float]]:
    """Return the best non-overlapping spans, extended to whole words.

    Args:
        table: The result of `span_table`; it is overwritten.
        count: Maximum number of spans.
        first_of: (N,) index of the first token of each token's word.
        last_of: (N,) index of the last token of each token's word.

    Returns:
        First token, last token and score of each span, best first.
    """
    found: list[tuple[int, int, float]] = []
    lengths = np.arange(table.shape[1])
    while len(found) < count:
        start, length = divmod(int(table.argmax()), table.shape[1])
        score = float(table[start, length])
        if score == -np.inf:
            break
        first, last = int(first_of[start]), int(last_of[start + length])
        found.append((first, last, score))
        # Exclude overlapping spans: those that start in it, or start before it and end in it or after it.
        begin = max(0, first - table.shape[1] + 1)
        reach = first - np.arange(begin, last + 1)
        table[begin : last + 1][lengths >= reach[:, None]] = -np.inf
    return found


def log_total(windows: Sequence[tuple[Array, Array]]) -> float:
    """Return the log-sum-exp of the scores of all pairs of a start and an end in the same window.

    exp(score - total) is the probability of a span; for a single window, it is the product of the probabilities of its
    start and its end.
    """
    sums = [_log_sum(first) + _log_sum(last) for first, last in windows if len(first)]
    return _log_sum(np.array(sums)) if sums else -np.inf


def _log_sum(values: Array) -> float:
    highest = float(values.max())
    return highest + float(np.log(np.exp(values - highest).sum(dtype=np.float64)))


def word_bounds(continues: Array) -> tuple[Array, Array]:
    """Return the indices of the first and the last token of each token's word.

    Args:
        continues: (N,) bool, whether each token continues the word of the token before it.

    Examples:
        >>> first, last = word_bounds(np.array([False, True, False]))
        >>> first.tolist(), last.tolist()
        ([0, 0, 2], [1, 1, 2])
    """
    index = np.arange(len(continues))
    begins = ~continues
    begins[:1] = True
    first = np.maximum.accumulate(np.where(begins, index, 0))
    ends = np.append(begins[1:], True)[: len(continues)]
    last = np.minimum.accumulate(np.where(ends, index, len(continues))[::-1])[::-1]
    return first, last
