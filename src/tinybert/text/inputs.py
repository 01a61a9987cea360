"""Checks the texts that somebody hands to the tokenizer, so that an error names the one that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any

from ..errors import InputError
from .wrong import beginning, describe

Texts = str | Iterable[str] | Iterable[Sequence[str]]
"""One text, many texts, one list of words or many lists of words."""


def as_batch(texts: Texts, name: str, *, words: bool) -> tuple[list[Any], bool]:
    """Makes a list of texts, or of word lists, out of one or many.

    Args:
        texts: What the caller gave.
        name: The argument's name, for errors.
        words: Whether each text is a list of words.

    Returns:
        The list, and whether it was one text.

    Raises:
        InputError: Something in it is not a string, or holds half of a surrogate pair; the message names its index.
    """
    if isinstance(texts, str):
        if words:
            raise InputError(f"{name} is a string; with is_split_into_words=True give a list of words.")
        _check_string(texts, name)
        return [texts], True
    if isinstance(texts, bytes | Mapping) or not isinstance(texts, Iterable):
        raise InputError(f"{name} is {describe(texts)}; give a string or a list of strings.")
    batch: list[Any] = list(texts)
    if not words:
        for index, text in enumerate(batch):
            _check_string(text, f"{name}[{index}]")
        return batch, False
    if batch and isinstance(batch[0], str):
        return [_check_words(batch, name)], True
    return [_check_words(item, f"{name}[{index}]") for index, item in enumerate(batch)], False


def as_pairs(pairs: Texts, count: int, *, single: bool, words: bool) -> list[Any]:
    """Makes a list of the second texts and checks that they match the first ones.

    Args:
        pairs: What the caller gave.
        count: Number of first texts.
        single: Whether the caller gave one first text rather than a list.
        words: Whether each text is a list of words.

    Returns:
        The list.

    Raises:
        InputError: One is not a string, or they are not one for each first text.
    """
    batch, single_pair = as_batch(pairs, "pairs", words=words)
    if (len(batch), single_pair) != (count, single):
        firsts, seconds = "one text" if single else count, "one text" if single_pair else len(batch)
        raise InputError(f"texts: {firsts}, pairs: {seconds}. Each text needs a second text of its own.")
    return batch


def check_integer(value: Any, name: str, least: int, most: int | None = None) -> int:
    """Returns an argument that is an integer within its bounds.

    Raises:
        InputError: It is none, or outside; the message names argument, value and bounds.
    """
    allowed = isinstance(value, Integral) and not isinstance(value, bool)
    if not allowed or value < least or (most is not None and value > most):
        bounds = f"{least} or more" if most is None else f"{least} to {most}"
        raise InputError(f"{name} is {beginning(value)}; it must be an integer, {bounds}.")
    return int(value)


def _check_words(words: Any, name: str) -> list[str]:
    if isinstance(words, str | bytes) or not isinstance(words, Iterable):
        raise InputError(f"{name} is {describe(words)}; with is_split_into_words=True it must be a list of words.")
    words = list(words)
    for index, word in enumerate(words):
        _check_string(word, f"{name}[{index}]")
    return words


def _check_string(text: Any, name: str) -> None:
    if isinstance(text, str):
        _check_characters(text, name)
        return
    hint = "Give a string."
    if isinstance(text, bytes):
        hint = "Decode it first: text.decode('utf-8')."
    elif isinstance(text, tuple | list):
        hint = "Give second texts as `pairs`, lists of words with is_split_into_words=True."
    raise InputError(f"{name} is {describe(text)}, not a string. {hint}")


def _check_characters(text: str, name: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"{name} holds {text[error.start]!r}, half of a surrogate pair and no character: it was decoded wrongly. "
            "Read it with the right encoding, or replace it: text.encode('utf-8', 'replace').decode()."
        ) from None
