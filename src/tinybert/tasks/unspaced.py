"""Scripts without blanks between words, where what the tokenizer takes for a word may be a whole clause."""

from __future__ import annotations

import re

import numpy as np

# Thai, Lao, Tibetan, Myanmar, Khmer, the scripts of the Tai and Javanese, kana, bopomofo, and Chinese characters.
_UNSPACED = re.compile(
    "[\u0e00-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aad\u3005-\u3007\u3031-\u3035\u3040-\u312f\u31a0-\u31ff"
    "\u3400-\u9fff\ua980-\ua9ff\uaa60-\uaadf\uf900-\ufaff\uff66-\uff9f\U0001aff0-\U0001b16f\U00020000-\U0003ffff]"
)


def between_unspaced(text: str, places: np.ndarray) -> np.ndarray:
    """Whether one of the two characters around a place belongs to a script that is written without blanks.

    Args:
        text: The text.
        places: (N,) indices of characters; each stands for the place before its character.

    Returns:
        (N,) bool.

    Examples:
        >>> between_unspaced("playing カメラ", np.array([4, 9])).tolist()
        [False, True]
    """
    if text.isascii() or _UNSPACED.search(text) is None:
        return np.zeros(len(places), bool)
    return np.array([_UNSPACED.search(text, max(0, place - 1), place + 1) is not None for place in places.tolist()])
