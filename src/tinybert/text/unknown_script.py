"""Warn about Chinese, Japanese or Korean text that a vocabulary, for example an English one, hardly covers."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from itertools import chain, islice

import numpy as np

from .vocabulary import PAD, UNK, Vocabulary

_ROWS, _CHARACTERS = 64, 4096
"""How much of a batch is examined."""
_LEAST = 4
"""Fewer unknown tokens than this may be chance."""
_FEW = 2000
"""Minimum number of characters of these scripts in a vocabulary made for them; Google's English one has hundreds."""
_SCRIPTS = {
    "Korean": ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3)),
    "Japanese": ((0x3040, 0x30FF), (0xFF66, 0xFF9F)),
    "Chinese": ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
}


class ScriptCheck:
    """Examines the first rows of each batch, and warns once.

    Args:
        vocabulary: The vocabulary.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._pad, self._unknown = (vocabulary.tokens.index(token) for token in (PAD, UNK))
        self._warned = False

    def look(self, texts: Sequence[str] | Sequence[Sequence[str]], input_ids: np.ndarray) -> None:
        """Warn if most tokens are [UNK], most of the text is in such a script, and the vocabulary is not made for it.

        Args:
            texts: Texts, or lists of words.
            input_ids: (B, T) token ids of the texts, including special tokens.

        Warns:
            UserWarning: Names the script and says what to use instead.
        """
        if self._warned:
            return
        ids = input_ids[:_ROWS]
        unknown = int((ids == self._unknown).sum())
        tokens = int((ids != self._pad).sum()) - 2 * len(ids)
        if unknown < _LEAST or 2 * unknown < tokens:
            return
        script = _script(chain.from_iterable(chain.from_iterable(texts[:_ROWS])))
        if script is None or sum(map(_of_script, self._vocabulary.tokens)) >= _FEW:
            return
        self._warned = True
        warnings.warn(
            f"{self._vocabulary.source} hardly knows {script}: {unknown} of {tokens} tokens are [UNK], which carry no "
            f"meaning. Use a model with a vocabulary for {script}; of the published ones, those named zhwiki are for "
            "Chinese",
            stacklevel=3,
        )


def _script(characters: Iterable[str]) -> str | None:
    """Return the script of most letters. Kana or Hangul among Chinese characters indicate Japanese or Korean."""
    letters = [character for character in islice(characters, _CHARACTERS) if character.isalpha()]
    counts = {name: sum(_is_in(letter, ranges) for letter in letters) for name, ranges in _SCRIPTS.items()}
    if 2 * sum(counts.values()) <= len(letters):
        return None
    return next((name for name in ("Korean", "Japanese") if 10 * counts[name] > len(letters)), "Chinese")


def _is_in(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)


def _of_script(token: str) -> bool:
    return len(token) == 1 and any(_is_in(token, ranges) for ranges in _SCRIPTS.values())
