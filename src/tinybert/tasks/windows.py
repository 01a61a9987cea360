"""Merging of the overlapping windows of a long text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from ..text import BertTokenizer, Encoding

Array = np.ndarray


def windows_of(encoding: Encoding, count: int) -> Iterator[range]:
    """Yield the range of rows that are the windows of each text.

    Args:
        encoding: Encoding made with `return_overflowing=True`.
        count: Number of texts.
    """
    assert encoding.overflow_to_sample is not None
    bounds = np.searchsorted(encoding.overflow_to_sample, np.arange(count + 1)).tolist()
    for start, stop in pairwise(bounds):
        yield range(start, stop)


def starts_of(sizes: Sequence[int], stride: int) -> list[int]:
    """Return the token index at which each window starts; all but the last have the same size."""
    step = sizes[0] - stride
    return [index * step for index in range(len(sizes))]


def merged(windows: Sequence[Array], stride: int) -> Array:
    """Merge per-token values of overlapping windows to one value per token of the text.

    Of the tokens that two windows share, each window contributes the half nearer to its own middle, where it has more
    context on both sides.

    Args:
        windows: For each window, an array whose first axis is its tokens, without [CLS] and [SEP].
        stride: Number of tokens that a window shares with the one before it.

    Returns:
        An array whose first axis is the tokens of the text.

    Examples:
        >>> merged([np.array([10, 11, 12, 13]), np.array([22, 23, 24, 25])], stride=2).tolist()
        [10, 11, 12, 23, 24, 25]
    """
    if len(windows) == 1:
        return windows[0]
    starts = starts_of([len(window) for window in windows], stride)
    # Switch from one window to the next in the middle of their overlap.
    borders = [0, *(start + stride // 2 for start in starts[1:]), starts[-1] + len(windows[-1])]
    parts = [
        window[begin - start : end - start]
        for window, start, (begin, end) in zip(windows, starts, pairwise(borders), strict=True)
    ]
    return np.concatenate(parts)


def merged_tokens(array: Array, rows: range, texts: Array, stride: int) -> Array:
    """Return the values of a text's tokens from an array of an encoding, merged over its windows.

    Args:
        array: (B, T, ...) array such as `input_ids` or `offsets`.
        rows: The rows that are the text's windows.
        texts: (B, T) bool, True for tokens of the text.
        stride: As for `merged`.
    """
    return merged([array[row][texts[row]] for row in rows], stride)


def continuations(tokenizer: BertTokenizer) -> Array:
    """Return (V,) bool by token id: whether the token continues the word before it, as `##ing` does."""
    flags = np.zeros(tokenizer.vocab_size, bool)
    # Added tokens, matched in the raw text, are separate words whatever they begin with.
    for index, token in enumerate(tokenizer.vocabulary.tokens):
        flags[index] = token.startswith("##") and len(token) > 2
    return flags
