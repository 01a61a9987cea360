"""The nearest words by the cosine of word vectors: those of an encoder, or GloVe's from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from ...data.text_lines import numbered_lines, place
from ...errors import InputError
from ...tasks.masked_tokens import best_of
from ...text import BertTokenizer
from ...text.vocabulary import UNK
from .words import Word, is_word

Array = np.ndarray
_MOST_QUERIES = 64
_MOST_REMEMBERED = 100_000


class NearestWords:
    """The nearest words of a vocabulary, by the cosine of vectors.

    Args:
        names: The M words to choose among.
        vectors: (M, H) float32, their vectors; scaled to length 1 in place.
        vector_of: Returns the vector of a word in a text, (H,) float32; None if it has none.
        count: Number of words to find for each word (K).
    """

    def __init__(
        self, names: Sequence[str], vectors: Array, vector_of: Callable[[Word], Array | None], count: int
    ) -> None:
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        self._names, self._vectors, self._vector_of, self._count = names, vectors, vector_of, count
        self._remembered: dict[str, tuple[str, ...]] = {}

    def __call__(self, words: Iterable[Word]) -> dict[str, tuple[str, ...]]:
        """Find the nearest words.

        Returns:
            For each word as in the text, up to `count` others, nearest first; none if the word has no vector.
        """
        distinct = {word.text: word for word in words}
        new = {text: self._vector_of(word) for text, word in distinct.items() if text not in self._remembered}
        if len(self._remembered) + len(new) > _MOST_REMEMBERED:
            self._remembered = {text: near for text, near in self._remembered.items() if text in distinct}
        self._remembered |= {text: () for text, vector in new.items() if vector is None}
        queries = [(text, vector) for text, vector in new.items() if vector is not None]
        for begin in range(0, len(queries), _MOST_QUERIES):
            self._find(queries[begin : begin + _MOST_QUERIES])
        return {text: self._remembered[text] for text in distinct}

    def _find(self, queries: list[tuple[str, Array]]) -> None:
        cosines = np.stack([vector for _, vector in queries]) @ self._vectors.T
        best = best_of(cosines, min(self._count + 2, len(self._names)))  # the word itself may be there in two cases
        for (text, _), row in zip(queries, best.tolist(), strict=True):
            self._remembered[text] = others(text, (self._names[index] for index in row), self._count)


def others(word: str, names: Iterable[str], count: int) -> tuple[str, ...]:
    """Return the first names that are not the word itself, whatever their capitals."""
    return tuple([name for name in names if name.casefold() != word.casefold()][:count])


def nearest_by_embeddings(table: Array, tokenizer: BertTokenizer, allowed: Array, count: int) -> NearestWords:
    """Return the nearest words by the word embeddings of an encoder; a word of several pieces has their mean.

    Args:
        table: (V, H), the word embeddings.
        tokenizer: The encoder's tokenizer.
        allowed: (M,) integers, the ids of the words to choose among.
        count: As for `NearestWords`.
    """
    tokens = list(tokenizer.vocab)
    unknown = tokenizer.token_to_id(UNK)

    def vector_of(word: Word) -> Array | None:
        if unknown in word.pieces:
            return None
        vector: Array = table[list(word.pieces)].astype(np.float32).mean(axis=0)
        return vector

    vectors = table[allowed].astype(np.float32)
    return NearestWords([tokens[index] for index in allowed.tolist()], vectors, vector_of, count)


def nearest_by_file(path: str | Path, count: int) -> NearestWords:
    """Return the nearest words by vectors from a text file: a word and its numbers a line, as GloVe has them.

    Args:
        path: The file, UTF-8; a first line of two numbers, as in word2vec's format, is skipped.
        count: As for `NearestWords`.

    Raises:
        InputError: The file cannot be read, has no words, or a line is malformed; the message names the line.
    """
    index: dict[str, int] = {}
    rows: list[Array] = []
    size = 0
    for number, line in numbered_lines(path):
        fields = line.rstrip("\r\n ").split(" ")
        if number == 1 and len(fields) == 2:
            continue
        size = size or len(fields) - 1
        name, vector = " ".join(fields[:-size]), _numbers(fields[-size:])  # some of GloVe's names have blanks
        if not size or len(fields) <= size or not np.isfinite(vector).all():
            expected = f"{size} numbers" if size else "numbers"
            raise InputError(f"{place(path, number)}: a line must be a word and {expected}, separated by blanks")
        if is_word(name) and name not in index and vector.any():  # a vector of zeros is near to nothing
            index[name] = len(rows)
            rows.append(vector)
    if not rows:
        raise InputError(f"{path} has no words: give a text file of word vectors, such as glove.6B.300d.txt")
    vectors = np.stack(rows)

    def vector_of(word: Word) -> Array | None:
        found = index.get(word.text, index.get(word.text.lower()))
        vector: Array | None = None if found is None else vectors[found]
        return vector

    return NearestWords(list(index), vectors, vector_of, count)


def _numbers(fields: list[str]) -> Array:
    """Return the numbers in some fields; NaN where one is none."""
    try:
        return np.array(fields, np.float32)
    except ValueError:
        return np.array([np.nan], np.float32)
