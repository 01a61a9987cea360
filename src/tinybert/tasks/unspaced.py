"""Scripts without spaces between words, where the tokenizer may take a whole clause for a word."""

from __future__ import annotations

import numpy as np

_RANGES = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai
    (0x1A20, 0x1AAD),
    (0x3005, 0x3007),  # Chinese characters, kana, bopomofo
    (0x3031, 0x3035),
    (0x3040, 0x312F),
    (0x31A0, 0x31FF),
    (0x3400, 0x9FFF),
    (0xA980, 0xA9FF),  # Javanese, Myanmar
    (0xAA60, 0xAADF),
    (0xF900, 0xFAFF),  # Chinese characters, kana
    (0xFF66, 0xFF9F),
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x3FFFF),
)
_BOUNDS = np.array([bound for first, last in _RANGES for bound in (first, last + 1)], np.uint32)


def between_unspaced(text: str, places: np.ndarray) -> np.ndarray:
    """Return whether a position touches a character of a script written without spaces between words.

    Args:
        text: The text.
        places: (N,) character indices; each denotes the position before its character.

    Returns:
        (N,) bool, True if the character before or after the position belongs to such a script.

    Examples:
        >>> between_unspaced("playing カメラ", np.array([4, 9])).tolist()
        [False, True]
    """
    if text.isascii():
        return np.zeros(len(places), bool)
    characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    unspaced = np.searchsorted(_BOUNDS, characters, side="right") % 2 == 1
    return unspaced[places] | unspaced[np.maximum(places - 1, 0)]
