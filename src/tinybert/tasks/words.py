"""From word pieces to words: where they are, and one distribution of labels for each."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

Array = np.ndarray
AGGREGATIONS = ("first", "average", "max")


@dataclass(frozen=True)
class WordTable:
    """The W words of a text.

    Attributes:
        text: The text; of a list of words, the words joined by single spaces.
        starts: Where each word starts in it, W characters.
        ends: Where each word ends.
        pieces: (P,) the index of the first piece of each word that has pieces.
        with_pieces: (P,) the indices of these words: all of them, but in a list of words of which the tokenizer leaves
            nothing of some.
    """

    text: str
    starts: list[int]
    ends: list[int]
    pieces: Array
    with_pieces: Array

    def __len__(self) -> int:
        return len(self.starts)


def words_of_text(text: str, continues: Array, offsets: Array) -> WordTable:
    """The words of a text: what the tokenizer split it into, before it cut them into pieces.

    Args:
        text: The text.
        continues: (n,) bool, whether each piece goes on with the word of the one before it.
        offsets: (n, 2) start and end of each piece in the text.
    """
    pieces = np.flatnonzero(~continues)
    last = np.append(pieces[1:], len(continues)) - 1
    starts = offsets[pieces, 0].tolist()
    ends = [with_marks(text, end) for end in offsets[last[: len(pieces)], 1].tolist()]
    return WordTable(text, starts, ends, pieces, np.arange(len(pieces)))


def with_marks(text: str, end: int) -> int:
    r"""The end of a word behind its last letter's combining marks: a tokenizer that strips accents passes them over.

    Example:
        >>> with_marks("Jose\u0301 sang", 4)
        5
    """
    while end < len(text) and unicodedata.category(text[end]) == "Mn":
        end += 1
    return end


def words_of_list(words: list[str], word_ids: Array) -> WordTable:
    """The words of a list.

    Args:
        words: The list.
        word_ids: (n,) which word each piece belongs to.
    """
    with_pieces, pieces = np.unique(word_ids, return_index=True)
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))[:-1]
    ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
    return WordTable(" ".join(words), starts, ends, pieces, with_pieces)


def aggregated(probabilities: Array, pieces: Array, aggregation: str) -> Array:
    """One distribution of labels for each word.

    Args:
        probabilities: (n, C) of each piece.
        pieces: (P,) the index of each word's first piece.
        aggregation: `first` takes that of the word's first piece, which is the one that carries the label in training;
            `average` the mean over its pieces; `max` that of the piece that is the surest.

    Returns:
        (P, C) float32.

    Examples:
        >>> table = np.array([[0.6, 0.4], [0.1, 0.9], [1.0, 0.0]], np.float32)
        >>> [aggregated(table, np.array([0, 2]), how).argmax(axis=1).tolist() for how in AGGREGATIONS]
        [[0, 0], [1, 0], [1, 0]]
    """
    if aggregation == "first" or not len(pieces):
        return probabilities[pieces]
    counts = np.diff(np.append(pieces, len(probabilities)))
    if aggregation == "average":
        return np.add.reduceat(probabilities, pieces, axis=0) / counts[:, None]
    peaks = probabilities.max(axis=1)
    highest = np.repeat(np.maximum.reduceat(peaks, pieces), counts)
    candidates = np.flatnonzero(peaks == highest)
    _, first = np.unique(np.repeat(np.arange(len(pieces)), counts)[candidates], return_index=True)
    return probabilities[candidates[first]]
