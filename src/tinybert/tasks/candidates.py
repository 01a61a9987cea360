"""The best stretches of a context, out of start and end scores of the windows over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .windows import starts_of

Array = np.ndarray


def span_table(windows: Sequence[tuple[Array, Array]], stride: int, longest: int) -> Array:
    """The score of every stretch of tokens that some window holds whole: start logit plus end logit.

    Args:
        windows: Start and end logits of each window's context tokens, both (n,) float32.
        stride: Tokens that a window shares with the one before it.
        longest: Tokens of the longest stretch considered.

    Returns:
        (N, D) float32 over the N tokens of the context, one at least, and D lengths: the entry (i, d) is that of tokens
        i to i + d. The highest where several windows hold it, -inf where none does.

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
    """The best stretches that do not overlap, grown to whole words.

    Args:
        table: What `span_table` returned; it is used up.
        count: The most that are wanted.
        first_of: (N,) the first token of each token's word.
        last_of: (N,) the last token of each token's word.

    Returns:
        First token, last token and score of each, the best first.
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
        # What reaches into it: stretches that start in it, or before it and end in it or behind.
        begin = max(0, first - table.shape[1] + 1)
        reach = first - np.arange(begin, last + 1)
        table[begin : last + 1][lengths >= reach[:, None]] = -np.inf
    return found


def log_total(windows: Sequence[tuple[Array, Array]]) -> float:
    """The logarithm of what the exponentials of all scores come to, of all pairs of a start and an end in a window.

    The exponential of a stretch's score, divided by the total, is its probability: for one window the product of the
    probabilities of its start and of its end.
    """
    sums = [_log_sum(first) + _log_sum(last) for first, last in windows if len(first)]
    return _log_sum(np.array(sums)) if sums else -np.inf


def _log_sum(values: Array) -> float:
    highest = float(values.max())
    return highest + float(np.log(np.exp(values - highest).sum(dtype=np.float64)))


def word_bounds(continues: Array) -> tuple[Array, Array]:
    """The first and the last token of each token's word.

    Args:
        continues: (N,) bool, whether each token goes on with the word of the one before it.

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
