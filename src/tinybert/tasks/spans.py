"""Conversion of word labels to spans of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from .. import metrics
from .results import Span, Word
from .words import WordTable

OUTSIDE = "O"
"""The label of a word outside any span, by convention in all schemes."""


def find_spans(labels: Sequence[str], *, tags: bool) -> Iterator[metrics.TagSpan]:
    """Yield the spans that word labels mark.

    Args:
        labels: One label for each word.
        tags: Whether the labels are tags, read as in the CoNLL evaluation script, which accepts any of the schemes:
            I-PER after O begins a span too. With other labels, such as parts of speech, consecutive words with the same
            label form a span.

    Examples:
        >>> [tuple(span) for span in find_spans(["B-PER", "I-PER", "O", "I-LOC"], tags=True)]
        [('PER', 0, 2), ('LOC', 3, 4)]
        >>> [tuple(span) for span in find_spans(["NN", "NN", "VB"], tags=False)]
        [('NN', 0, 2), ('VB', 2, 3)]
    """
    if tags:
        yield from metrics.spans(labels)
        return
    start = 0
    for label, run in groupby(labels):
        end = start + sum(1 for _ in run)
        if label != OUTSIDE:
            yield metrics.TagSpan(label, start, end)
        start = end


def continued(before: str, after: str | None, *, tags: bool) -> str | None:
    """Return the label of a word without tokens if its neighbours form one span, otherwise None.

    Args:
        before: The label of the previous word.
        after: The label of the next word that has tokens; None if there is none.
        tags: As for `find_spans`.

    Examples:
        >>> continued("B-PER", "E-PER", tags=True), continued("B-PER", "O", tags=True)
        ('I-PER', None)
    """
    if after is None:
        return None
    if not tags:
        return before if before == after else None
    around = list(metrics.spans([before, after]))
    if len(around) != 1 or around[0].end != 2:
        return None
    return f"I{before[1:]}"  # valid in all schemes


def spans_of(table: WordTable, labels: Sequence[str], scores: Sequence[float], *, tags: bool) -> list[Span]:
    """Return the spans of a text, with their scores.

    Args:
        table: The W words of the text.
        labels: The label of each word.
        scores: The score of each word.
        tags: As for `find_spans`.
    """
    found = []
    for kind, first, after in find_spans(labels, tags=tags):
        start, end = table.starts[first], table.ends[after - 1]
        score = sum(scores[first:after]) / (after - first)
        found.append(Span(kind, start, end, table.text[start:end], score, first, after))
    return found


def words_of(table: WordTable, labels: Sequence[str], scores: Sequence[float]) -> list[Word]:
    """Return the words of a text with their labels."""
    return [
        Word(table.text[start:end], start, end, label, score)
        for start, end, label, score in zip(table.starts, table.ends, labels, scores, strict=True)
    ]
