"""Augmented copies of examples: words replaced at random, labels kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...data import TaggedExample, TextExample
from ...task import SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION
from .candidates import WordCandidates
from .settings import AugmentSettings
from .words import Text, Word, WordSplitter, replaced

_CHUNK_EXAMPLES = 64
_CHUNK_CHARACTERS = 16_000


class Parts(NamedTuple):
    """Access to the texts of a kind's examples.

    Attributes:
        texts: Returns the texts of an example, one or two, or the list of its words.
        changed: Returns a copy of an example with other texts.
    """

    texts: Callable[[Any], list[Text]]
    changed: Callable[[Any, Sequence[Any]], Any]


def _texts(example: TextExample) -> list[Text]:
    return [example.text] if example.pair is None else [example.text, example.pair]


def _with_texts(example: TextExample, texts: Sequence[str]) -> TextExample:
    return dataclasses.replace(example, text=texts[0], pair=texts[1] if len(texts) > 1 else None)


PARTS: Mapping[str, Parts] = {
    SEQUENCE_CLASSIFICATION.name: Parts(_texts, _with_texts),
    TOKEN_CLASSIFICATION.name: Parts(
        lambda example: [example.words], lambda example, texts: TaggedExample(texts[0], example.labels)
    ),
}
"""The kinds whose examples can be augmented."""


def augmented(
    examples: Sequence[Any],
    parts: Parts,
    split: WordSplitter,
    candidates: WordCandidates,
    settings: AugmentSettings,
    advance: Callable[[float], None] = lambda count: None,
) -> Iterator[Any]:
    """Yield each example, followed by its augmented copies; in memory for a few examples at a time.

    Args:
        examples: The examples.
        parts: Access to their texts.
        split: Splits texts into words.
        candidates: Finds what may replace a word.
        settings: How many copies are made, and how much they differ.
        advance: Called with the number of examples done since the last call.
    """
    begin = 0
    while begin < len(examples):
        end, characters = begin, 0
        while end < len(examples) and end - begin < _CHUNK_EXAMPLES and characters < _CHUNK_CHARACTERS:
            characters += sum(len(part) for text in parts.texts(examples[end]) for part in text)
            end += 1
        chunk = examples[begin:end]
        texts = [parts.texts(example) for example in chunk]
        encoding, words = split([text for group in texts for text in group])
        found = iter(zip(words, candidates(encoding, words), strict=True))
        for row, (example, group) in enumerate(zip(chunk, texts, strict=True), begin):
            yield example
            choices = [next(found) for _ in group]
            for copy in _copies(group, choices, settings, row):
                yield parts.changed(example, copy)
        advance(end - begin)
        begin = end


def _copies(
    texts: list[Text], choices: list[tuple[list[Word], list[tuple[str, ...]]]], settings: AugmentSettings, row: int
) -> Iterator[tuple[Text, ...]]:
    """Yield the copies of the texts of an example that differ from each other and from the example."""
    seen = {tuple(texts)}
    random = np.random.default_rng((settings.seed, row))
    total = sum(len(words) for words, _ in choices)
    for _ in range(settings.copies):  # so that the first copies do not depend on how many there are
        draws = iter(random.random((total, 2)).tolist())
        copy = tuple(
            replaced(text, words, [_drawn(next(draws), among, settings.p_threshold) for among in candidates])
            for text, (words, candidates) in zip(texts, choices, strict=True)
        )
        if copy not in seen:
            seen.add(copy)
            yield copy


def _drawn(draws: list[float], candidates: tuple[str, ...], probability: float) -> str | None:
    """Return the word to put in; None keeps the word. Always takes two random numbers, whatever comes of them."""
    if not candidates or draws[0] >= probability:
        return None
    return candidates[int(draws[1] * len(candidates))]
