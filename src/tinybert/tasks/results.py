"""What the tasks return. Character positions count from 0 in the text as it was given; ends are exclusive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


class Result:
    """What a task says of one text."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """All fields by their names, as plain values that JSON can hold."""
        return asdict(self)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Classification(Result):
    """The one label of a text.

    Attributes:
        label: The most probable label.
        probability: Its probability, 0 to 1.
        probabilities: Those of all labels, in the model's order; together 1.
    """

    label: str
    probability: float
    probabilities: Mapping[str, float] = field(hash=False)


@dataclass(frozen=True, slots=True)
class MultiLabel(Result):
    """The labels of a text that may have any number of them.

    Attributes:
        labels: Those more probable than the threshold, in the model's order; empty if none is.
        probabilities: The probability of each label, 0 to 1, each for itself.
    """

    labels: tuple[str, ...]
    probabilities: Mapping[str, float] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Regression(Result):
    """The number that a model gives a text, in the unit that it was trained on."""

    score: float


@dataclass(frozen=True, slots=True)
class Word(Result):
    """A word and its label.

    Attributes:
        text: The word.
        start: Where it starts in the text; for a list of words, in the words joined by single spaces.
        end: Where it ends.
        label: Its label.
        score: The label's probability, 0 to 1.
    """

    text: str
    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Span(Result):
    """A labelled stretch of a text, such as a name.

    Attributes:
        type: What it is: the label without `B-`, `I-` and the like.
        start: Where it starts in the text; for a list of words, in the words joined by single spaces.
        end: Where it ends.
        text: The stretch itself, `text[start:end]`.
        score: The mean of its words' scores, 0 to 1.
        start_word: The index of its first word.
        end_word: The index after its last word.
    """

    type: str
    start: int
    end: int
    text: str
    score: float
    start_word: int
    end_word: int


@dataclass(frozen=True, slots=True)
class Answer(Result):
    """A stretch of a context that answers a question.

    Attributes:
        text: The stretch itself, `context[start:end]`; empty for "no answer".
        start: Where it starts in the context; 0 for "no answer".
        end: Where it ends; 0 for "no answer".
        score: Its probability, 0 to 1.
    """

    text: str
    start: int
    end: int
    score: float
