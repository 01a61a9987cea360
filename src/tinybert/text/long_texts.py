"""Long texts in parts: cut where the tokens on both sides do not depend on each other, so that all stay the same.

The library takes a hundred times the memory of what it is given at once, and more (`benchmarks/long_texts.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

LONGEST = 1 << 16
"""Characters, or words of a list, beyond which a text is cut."""
_MOST_PARTS, _MOST_CHARACTERS = 1024, 1 << 18
"""What is given to the library at a time: enough for all cores."""

# After white space, before punctuation or, if they are apart, a Chinese character: a word ends there, whatever follows,
# and no combining accent changes sides. Brackets and # are in special tokens, such as [CLS].
_ENDS = r"(?<=[ \t\r\n])|(?=[!\"$%&'()*+,./:;=?@\\^`{}~-])"
WORD_ENDS = re.compile(_ENDS)
WORD_ENDS_CHINESE = re.compile(rf"{_ENDS}|(?=[\u4e00-\u9fff])")
"""Places where a text may be cut, without and with those around Chinese characters."""


class Part(NamedTuple):
    """A part of a text.

    Attributes:
        content: The part.
        begin: The characters, or words of a list, before it.
        is_last: Whether the text ends with it.
    """

    content: Any
    begin: int
    is_last: bool


def parts(text: Any, places: re.Pattern[str] | None = WORD_ENDS) -> Iterator[Part]:
    """The parts of one text: itself, unless it is long.

    Args:
        text: A string, or a list of words.
        places: Where a string may be cut; None for nowhere. Words of a list are apart already.
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
    """Parts, as many as the library is to be given at a time."""
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
