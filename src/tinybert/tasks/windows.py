"""Long texts: the windows of a text's tokens, put together again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from ..text import BertTokenizer, Encoding

Array = np.ndarray


def windows_of(encoding: Encoding, count: int) -> Iterator[range]:
    """Yields the rows that are windows of each text.

    Args:
        encoding: Made with `return_overflowing=True`.
        count: Number of texts.
    """
    assert encoding.overflow_to_sample is not None
    bounds = np.searchsorted(encoding.overflow_to_sample, np.arange(count + 1)).tolist()
    for start, stop in pairwise(bounds):
        yield range(start, stop)


def starts_of(sizes: Sequence[int], stride: int) -> list[int]:
    """Where in the text's tokens each window starts: all but the last are of one size and share `stride` tokens."""
    step = sizes[0] - stride
    return [index * step for index in range(len(sizes))]


def merged(windows: Sequence[Array], stride: int) -> Array:
    """What was computed for each token of a text, window by window, for each token once.

    Of the tokens that two windows share, each gives the half that is nearer to its own middle, where there is more of
    the text on both sides.

    Args:
        windows: For each window an array whose first axis runs over its tokens, without [CLS] and [SEP].
        stride: Tokens that a window shares with the one before it.

    Returns:
        An array whose first axis runs over the tokens of the text.

    Examples:
        >>> merged([np.array([10, 11, 12, 13]), np.array([22, 23, 24, 25])], stride=2).tolist()
        [10, 11, 12, 23, 24, 25]
    """
    if len(windows) == 1:
        return windows[0]
    starts = starts_of([len(window) for window in windows], stride)
    # Where the text goes over from one window to the next: the middle of what they share.
    borders = [0, *(start + stride // 2 for start in starts[1:]), starts[-1] + len(windows[-1])]
    parts = [
        window[begin - start : end - start]
        for window, start, (begin, end) in zip(windows, starts, pairwise(borders), strict=True)
    ]
    return np.concatenate(parts)


def merged_tokens(array: Array, rows: range, texts: Array, stride: int) -> Array:
    """The tokens of a text out of an array of an encoding.

    Args:
        array: (B, T, ...) such as `input_ids` or `offsets`.
        rows: The text's windows.
        texts: (B, T) bool, which tokens are the text's.
        stride: As for `merged`.
    """
    return merged([array[row][texts[row]] for row in rows], stride)


def continuations(tokenizer: BertTokenizer) -> Array:
    """(V,) bool, by token id: whether it goes on with the word of the token before it, as `##ing` does."""
    flags = np.zeros(tokenizer.vocab_size, bool)
    # Added tokens, found in the raw text, are words of their own whatever they begin with.
    for index, token in enumerate(tokenizer.vocabulary.tokens):
        flags[index] = token.startswith("##") and len(token) > 2
    return flags
