"""Grouping of word pieces into words: their positions, and one label distribution per word."""

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
        text: The text; for a list of words, the words joined by single spaces.
        starts: Start of each word, as W character indices in `text`.
        ends: End of each word (exclusive).
        pieces: (P,) index of the first piece of each word that has pieces.
        with_pieces: (P,) index of each of these words. Only a list of words can contain words without pieces, of which
            the tokenizer leaves nothing.
    """

    text: str
    starts: list[int]
    ends: list[int]
    pieces: Array
    with_pieces: Array

    def __len__(self) -> int:
        return len(self.starts)


def words_of_text(text: str, continues: Array, offsets: Array) -> WordTable:
    """Return the words of a text, as the tokenizer split it before cutting words into pieces.

    Args:
        text: The text.
        continues: (n,) bool, whether each piece continues the word of the one before it.
        offsets: (n, 2) start and end of each piece, in characters.
    """
    pieces = np.flatnonzero(~continues)
    last = np.append(pieces[1:], len(continues)) - 1
    starts = offsets[pieces, 0].tolist()
    ends = [with_marks(text, end) for end in offsets[last[: len(pieces)], 1].tolist()]
    return WordTable(text, starts, ends, pieces, np.arange(len(pieces)))


def with_marks(text: str, end: int) -> int:
    r"""Extend the end of a word past combining marks, which a tokenizer that strips accents skips.

    Example:
        >>> with_marks("Jose\u0301 sang", 4)
        5
    """
    while end < len(text) and unicodedata.category(text[end]) == "Mn":
        end += 1
    return end


def words_of_list(words: list[str], word_ids: Array) -> WordTable:
    """Return the word table of a list of words.

    Args:
        words: The list.
        word_ids: (n,) index of the word that each piece belongs to.
    """
    with_pieces, pieces = np.unique(word_ids, return_index=True)
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))[:-1]
    ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
    return WordTable(" ".join(words), starts, ends, pieces, with_pieces)


def aggregated(probabilities: Array, pieces: Array, aggregation: str) -> Array:
    """Aggregate the label probabilities of pieces to one distribution per word.

    Args:
        probabilities: (n, C) label probabilities of each piece.
        pieces: (P,) index of each word's first piece.
        aggregation: "first" takes the distribution of the word's first piece, which carries the label in training;
            "average" the mean over its pieces; "max" that of the piece with the highest probability.

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
