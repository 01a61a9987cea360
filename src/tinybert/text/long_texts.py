"""Split long texts where the tokens on both sides are independent, so that tokenization stays the same.

The tokenizers library needs a hundred times the memory of the text it gets at once, or more
(`benchmarks/long_texts.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

LONGEST = 1 << 16
"""Length above which a text is split, in characters, or in words for a list."""
_MOST_PARTS, _MOST_CHARACTERS = 1024, 1 << 18
"""Limits of what is passed to the library at a time; enough to occupy all cores."""

# After white space, before punctuation or, where these are split, before a Chinese character: a word always ends
# there, and no combining accent moves to the other side. Not at brackets and #, which special tokens contain ([CLS]).
_ENDS = r"(?<=[ \t\r\n])|(?=[!\"$%&'()*+,./:;=?@\\^`{}~-])"
WORD_ENDS = re.compile(_ENDS)
WORD_ENDS_CHINESE = re.compile(rf"{_ENDS}|(?=[\u4e00-\u9fff])")
"""Places where a text may be split, here including those before Chinese characters."""


class Part(NamedTuple):
    """A part of a text.

    Attributes:
        content: The part.
        begin: Number of characters, or of words for a list, before it.
        is_last: Whether it is the last part of the text.
    """

    content: Any
    begin: int
    is_last: bool


def parts(text: Any, places: re.Pattern[str] | None = WORD_ENDS) -> Iterator[Part]:
    """Yield the parts of a text; a text that is not long is a single part.

    Args:
        text: A string, or a list of words.
        places: Where a string may be split; None for nowhere. A list can be split between any two words.
    """
    begin = 0
    while len(text) - begin > LONGEST:
        end = begin + LONGEST
        if isinstance(text, str):
            cut = places.search(text, end) if places else None
            if cut is None or cut.start() >= len(text):
                break
            end = cut.start()
        yield Part(text[begin:end], begin, False)
        begin = end
    yield Part(text[begin:] if begin else text, begin, True)


def chunks(found: Iterable[Part]) -> Iterator[list[Part]]:
    """Group parts into lists of the size to pass to the library at a time."""
    chunk: list[Part] = []
    characters = 0
    for part in found:
        chunk.append(part)
        characters += len(part.content) if isinstance(part.content, str) else sum(map(len, part.content))
        if len(chunk) >= _MOST_PARTS or characters >= _MOST_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk
