"""What the readers hand on: one text or pair, one sentence of words, or one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..counting import counted, there_are
from ..errors import InputError

Label = str | float | tuple[str, ...] | None
"""A class, a score, several classes at once, or none where the file has none."""


@dataclass(frozen=True, slots=True)
class TextExample:
    """A text, or two texts that are looked at together, to be classified or scored.

    Attributes:
        text: The text, or the first of the two.
        pair: The second text; None where there is one text only.
        label: The class as a string, the score as a float, a tuple of classes where a text may have several (empty
            if it has none of them), or None where the label is not known.
        place: File and line that it was read from, for messages; None where it was not. Two examples are equal
            wherever they come from.
    """

    text: str
    pair: str | None = None
    label: Label = None
    place: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TaggedExample:
    """A sentence of words, each with a label.

    Attributes:
        words: The words.
        labels: One label for each word, such as B-PER; None where the labels are not known.
        place: File and first line, as for `TextExample`.

    Raises:
        InputError: There are more or fewer labels than words.
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
        text: The span.
        start: Index of its first character in the context.
    """

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class QuestionExample:
    """A question about a context.

    Attributes:
        id: Names the question in files of predictions.
        question: The question.
        context: The text that the answer is a span of.
        answers: The answers that count as right; empty where they are not known or there is none.
        is_impossible: Whether the context does not answer the question.
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
    """A row of token ids with what is right for it, as the model zoo prepares its data, without padding.

    Attributes:
        input_ids: (n,) int32, [CLS], the text and [SEP]; of pairs, the second text and [SEP] as well.
        segment_ids: (n,) int32, 1 = second text with its [SEP], 0 = all else.
        label: The number of the class, or the score; (n,) int32, the number of each token's label,
            below 0 where it does not count; or the first and the
            last token of the answer, (0, 0) where there is none.
        place: File and record, for messages.
    """

    input_ids: np.ndarray
    segment_ids: np.ndarray
    label: Any
    place: str = "the row"

    @property
    def counted(self) -> np.ndarray:
        """(n,) bool, which tokens are of a text: not [CLS], [SEP] (where a segment ends) or a label below 0."""
        inside = np.append(self.segment_ids[1:] == self.segment_ids[:-1], False)
        inside[:1] = False
        return inside & (self.label >= 0) if isinstance(self.label, np.ndarray) else inside


def place_of(examples: Sequence[Any], row: int) -> str:
    """Where an example comes from, for messages: its file and line, or else its index, as in `example 3`."""
    place = getattr(examples[row], "place", None) if row < len(examples) else None
    return place or f"example {row}"
