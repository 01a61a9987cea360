"""The words of a text: where they are, their tokens, and how they are replaced."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...tasks.windows import continuations
from ...tasks.words import words_of_list, words_of_text
from ...text import BertTokenizer, Encoding

Text = str | tuple[str, ...]
"""A text, or the words of a sentence."""


@dataclass(frozen=True)
class Word:
    """A word that may be replaced.

    Attributes:
        text: The word as in the text.
        start: Start in the text, in characters; in a list of words its index.
        end: End (exclusive).
        pieces: The ids of its tokens.
        position: Index of its first token in its row, counting [CLS].
    """

    text: str
    start: int
    end: int
    pieces: tuple[int, ...]
    position: int


def is_word(text: str) -> bool:
    """Return whether a text is made of letters, with their marks, so that it can be, or replace, a word.

    Examples:
        >>> [is_word(text) for text in ("good", "天", "7", "##ing", "[MASK]", "U.S.", "")]
        [True, True, False, False, False, False, False]
    """
    return bool(text) and all(unicodedata.category(character)[0] in "LM" for character in text)


class WordSplitter:
    """Splits texts into the words that may be replaced, as the tokenizer does before it cuts words into pieces.

    Args:
        tokenizer: The model's tokenizer.
        max_length: Maximum tokens per row, including [CLS] and [SEP]; words beyond are not replaced.
    """

    def __init__(self, tokenizer: BertTokenizer, max_length: int) -> None:
        self._tokenizer, self._max_length = tokenizer, max_length
        self._continues = continuations(tokenizer)

    def __call__(self, texts: Sequence[Text]) -> tuple[Encoding, list[list[Word]]]:
        """Tokenize texts, or lists of words; all of the same kind.

        Returns:
            The rows, one for each text; and the words of each text that are made of letters.
        """
        split = not isinstance(texts[0], str)
        encoding = self._tokenizer(
            texts, max_length=self._max_length, return_offsets=not split, is_split_into_words=split
        )
        return encoding, [self._words(text, encoding, row) for row, text in enumerate(texts)]

    def _words(self, text: Text, encoding: Encoding, row: int) -> list[Word]:
        inside = encoding.sequence_ids[row] == 0
        ids = encoding.input_ids[row][inside]
        if isinstance(text, str):
            assert encoding.offsets is not None
            table = words_of_text(text, self._continues[ids], encoding.offsets[row][inside])
            places = list(zip(table.starts, table.ends, strict=True))
        else:
            assert encoding.word_ids is not None
            table = words_of_list(list(text), encoding.word_ids[row][inside])
            places = [(index, index + 1) for index in table.with_pieces.tolist()]
        is_cut = len(ids) + 2 >= self._max_length  # the last word may go on behind the row
        words = []
        bounds = np.append(table.pieces, len(ids)).tolist()
        for index, (start, end) in enumerate(places[: len(places) - is_cut]):
            surface = text[start:end] if isinstance(text, str) else text[start]
            if is_word(surface):
                begin, stop = bounds[index : index + 2]
                words.append(Word(surface, start, end, tuple(ids[begin:stop].tolist()), begin + 1))
        return words


def replaced(text: Text, words: Sequence[Word], replacements: Sequence[str | None]) -> Text:
    """Return a text with some words replaced; the rest, including blanks, stays as it is.

    Args:
        text: The text.
        words: Its words, in order.
        replacements: For each word what replaces it, whose capitals become the word's; None keeps the word.

    Examples:
        >>> replaced("A good  film.", [Word("good", 2, 6, (5,), 2)], ["fine"])
        'A fine  film.'
    """
    changes = [(word, _like(word.text, new)) for word, new in zip(words, replacements, strict=True) if new is not None]
    if not isinstance(text, str):
        changed = list(text)
        for word, new in changes:
            changed[word.start] = new
        return tuple(changed)
    parts, rest = [], 0
    for word, new in changes:
        parts += [text[rest : word.start], new]
        rest = word.end
    return "".join([*parts, text[rest:]])


def _like(word: str, new: str) -> str:
    """Give a lower-cased word the capitals of the one that it replaces."""
    if not new.islower() or not word[0].isupper():
        return new
    return new.upper() if word.isupper() and len(word) > 1 else new[0].upper() + new[1:]
