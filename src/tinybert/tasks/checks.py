"""Validation of single texts, pairs and lists of words, so that errors name the bad item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arguments import describe
from ..counting import counted
from ..errors import InputError
from ..text.texts import as_batch


def check_text(text: Any, name: str) -> str:
    """Check that a text can be tokenized, and return it.

    Args:
        text: The caller's value.
        name: Name of the value in error messages, such as `texts[3]`.

    Raises:
        InputError: The value is not a string, or contains a lone surrogate.
    """
    if not isinstance(text, str):
        hint = " Decode it first: text.decode('utf-8')." if isinstance(text, bytes) else ""
        raise InputError(f"{name} is {describe(text)}, not a string.{hint}")
    as_batch(text, name, words=False)
    return text


def check_words(words: Any, name: str) -> list[str]:
    """Check a list of words, and return it.

    Raises:
        InputError: The value is not a list or tuple, or an item is not a valid text.
    """
    if not isinstance(words, list | tuple):
        raise InputError(f"{name} is {describe(words)}; with is_split_into_words=True it must be a list of words.")
    return [check_text(word, f"{name}[{index}]") for index, word in enumerate(words)]


def check_text_or_pair(item: Any, name: str) -> tuple[str, str | None]:
    """Check a text or a pair; return the text and the second text, or None.

    Args:
        item: A string, or a tuple or list of two strings.
        name: As for `check_text`.

    Raises:
        InputError: It is neither.
    """
    if not isinstance(item, list | tuple):
        return check_text(item, name), None
    if len(item) != 2:
        raise InputError(f"{name} has {counted(len(item), 'text')}; give one text, or a pair as (text, pair).")
    return check_text(item[0], f"{name}[0]"), check_text(item[1], f"{name}[1]")


def check_question(item: Any, name: str) -> tuple[str, str]:
    """Check a question with its context, and return both.

    Args:
        item: A tuple or list of both, or a mapping with the keys `question` and `context`.
        name: As for `check_text`.

    Raises:
        InputError: It is neither.
    """
    if isinstance(item, Mapping) and {"question", "context"} <= item.keys():
        item = item["question"], item["context"]
    if not isinstance(item, list | tuple) or len(item) != 2:
        raise InputError(f"{name} is {describe(item)}; give (question, context).")
    return check_text(item[0], f"{name}, the question,"), check_text(item[1], f"{name}, the context,")
