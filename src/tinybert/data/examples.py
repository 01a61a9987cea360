"""Examples that the readers return: a text or pair, a sentence of words, a question, or a tokenized row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..counting import counted, there_are
from ..errors import InputError

Label = str | float | tuple[str, ...] | None
"""A class (str), a score (float), several classes (tuple), or None where the file has no label."""


@dataclass(frozen=True, slots=True)
class TextExample:
    """A text, or a pair of texts, to be classified or scored.

    Attributes:
        text: The text, or the first text of a pair.
        pair: The second text; None for a single text.
        label: The class as a string, the score as a float, a tuple of classes where a text may have several (empty if
            it has none), or None if the label is unknown.
        place: File and line that the example was read from, for messages; None if it was not read from a file. Ignored
            in comparisons.
    """

    text: str
    pair: str | None = None
    label: Label = None
    place: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TripletExample(TextExample):
    """An anchor, a positive (a text that matches it) and negatives (texts that do not), to train embeddings.

    Attributes:
        text: The anchor.
        pair: The positive.
        label: None.
        place: As for `TextExample`.
        negatives: The negatives, at least one.

    Raises:
        InputError: There is a label, or there are no negatives.

    Example:
        >>> TripletExample("It rains.", "Rain is falling.", negatives=("It is dry.",)).negatives
        ('It is dry.',)
    """

    negatives: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.label is not None or not self.negatives:
            raise InputError("a triplet is an anchor, a positive and at least one negative, without a label.")


@dataclass(frozen=True, slots=True)
class TaggedExample:
    """A sentence of words, each with a label.

    Attributes:
        words: The words.
        labels: One label for each word, such as B-PER; None if the labels are unknown.
        place: File and first line, as for `TextExample`.

    Raises:
        InputError: The number of labels differs from the number of words.
    """

    words: tuple[str, ...]
    labels: tuple[str, ...] | None = None
    place: str | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.labels is not None and len(self.labels) != len(self.words):
            raise InputError(
                f"{there_are(len(self.words), 'word')} and {counted(len(self.labels), 'label')}. Each word needs one."
            )


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """A span of a context that answers a question.

    Attributes:
        text: The text of the span.
        start: Index of its first character in the context.
    """

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class QuestionExample:
    """A question about a context.

    Attributes:
        id: Identifies the question in prediction files.
        question: The question.
        context: The text that the answer is a span of.
        answers: The answers that count as correct; empty if they are unknown or there is none.
        is_impossible: Whether the context has no answer to the question.
        place: File and id, as for `TextExample`.
    """

    id: str
    question: str
    context: str
    answers: tuple[AnswerSpan, ...] = ()
    is_impossible: bool = False
    place: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class TokenizedExample:
    """A row of token ids with its label, in the model zoo's data layout, without padding.

    Attributes:
        input_ids: (n,) int32: [CLS], the text, [SEP]; for pairs followed by the second text and [SEP].
        segment_ids: (n,) int32, 1 for the second text and its [SEP], 0 for everything else.
        label: Depends on the task: the class number or score of the row; (n,) int32, the label number of each token,
            below 0 where it is ignored; or the indices of the answer's first and last token, (0, 0) if there is none.
        place: File and record number, for messages.
    """

    input_ids: np.ndarray
    segment_ids: np.ndarray
    label: Any
    place: str = "the row"

    @property
    def counted(self) -> np.ndarray:
        """(n,) bool, True for text tokens: not [CLS], not [SEP] (the last of a segment), no label below 0."""
        inside = np.append(self.segment_ids[1:] == self.segment_ids[:-1], False)
        inside[:1] = False
        return inside & (self.label >= 0) if isinstance(self.label, np.ndarray) else inside


def place_of(examples: Sequence[Any], row: int) -> str:
    """Return where an example comes from, for messages: its file and line, or its index, as in `example 3`."""
    place = getattr(examples[row], "place", None) if row < len(examples) else None
    return place or f"example {row}"


def negatives_of(example: TextExample) -> tuple[str, ...]:
    """Return the texts that do not match the first text of a pair; empty if it has none of its own."""
    return example.negatives if isinstance(example, TripletExample) else ()
