"""Check the texts passed to the tokenizer, so that an error names the wrong one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..arguments import describe
from ..errors import InputError

Texts = str | Iterable[str] | Iterable[Sequence[str]]
"""One text, many texts, one list of words or many lists of words."""


def as_batch(texts: Texts, name: str, *, words: bool) -> tuple[list[Any], bool]:
    """Convert one or many texts, or word lists, to a list.

    Args:
        texts: The caller's argument.
        name: The argument's name, for errors.
        words: Whether each text is a list of words.

    Returns:
        The list, and whether the argument was a single text.

    Raises:
        InputError: An item is not a string, or contains half of a surrogate pair; the message names its index.
    """
    if isinstance(texts, str):
        if words:
            raise InputError(f"{name} is a string, not a list of words.", argument="is_split_into_words", example=False)
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
    """Convert second texts to a list, and check that they match the first texts.

    Args:
        pairs: The caller's argument.
        count: Number of first texts.
        single: Whether there was a single first text rather than a list.
        words: Whether each text is a list of words.

    Returns:
        The list.

    Raises:
        InputError: An item is not a string, or the number of texts differs.
    """
    batch, single_pair = as_batch(pairs, "pairs", words=words)
    if (len(batch), single_pair) != (count, single):
        firsts, seconds = "one text" if single else count, "one text" if single_pair else len(batch)
        raise InputError(f"texts: {firsts}, pairs: {seconds}. Each text needs a second text of its own.")
    return batch


def _check_words(words: Any, name: str) -> list[str]:
    if isinstance(words, str | bytes) or not isinstance(words, Iterable):
        raise InputError(
            f"{name} is {describe(words)}, not a list of words.", argument="is_split_into_words", example=False
        )
    words = list(words)
    for index, word in enumerate(words):
        _check_string(word, f"{name}[{index}]")
    return words


def _check_string(text: Any, name: str) -> None:
    if isinstance(text, str):
        _check_characters(text, name)
        return
    problem = f"{name} is {describe(text)}, not a string."
    if isinstance(text, bytes):
        raise InputError(f"{problem} Decode it first: text.decode('utf-8').")
    if isinstance(text, tuple | list):
        raise InputError(
            f"{problem} Give second texts as `pairs`, and say where texts are lists of words.",
            argument="is_split_into_words",
            example=True,
        )
    raise InputError(f"{problem} Give a string.")


def _check_characters(text: str, name: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"{name} holds {text[error.start]!r}, half of a surrogate pair, not a character: it was decoded wrongly. "
            "Read it with the right encoding, or replace it: text.encode('utf-8', 'replace').decode()."
        ) from None
