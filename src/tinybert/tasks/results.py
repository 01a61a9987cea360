"""Results of the tasks. Character positions count from 0 in the text as given; ends are exclusive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


class Result:
    """Base class of the result for one text."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return all fields by name, as plain JSON-compatible values."""
        return asdict(self)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Classification(Result):
    """The single label of a text.

    Attributes:
        label: The most probable label.
        probability: The probability of that label, 0 to 1.
        probabilities: The probabilities of all labels, in the model's order; they sum to 1.
    """

    label: str
    probability: float
    probabilities: Mapping[str, float] = field(hash=False)


@dataclass(frozen=True, slots=True)
class MultiLabel(Result):
    """The labels of a text that may have any number of them.

    Attributes:
        labels: The labels more probable than the threshold, in the model's order; may be empty.
        probabilities: The independent probability of each label, 0 to 1.
    """

    labels: tuple[str, ...]
    probabilities: Mapping[str, float] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Regression(Result):
    """The number predicted for a text, on the scale of the training data."""

    score: float


@dataclass(frozen=True, slots=True)
class Word(Result):
    """A word and its label.

    Attributes:
        text: The word.
        start: Start in the text, in characters; for a list of words, in the words joined by single spaces.
        end: End in the text (exclusive).
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
    """A labelled span of a text, such as a name.

    Attributes:
        type: The type of the span: the label without a prefix such as `B-` or `I-`.
        start: Start in the text, in characters; for a list of words, in the words joined by single spaces.
        end: End in the text (exclusive).
        text: The text of the span, `text[start:end]`.
        score: Mean score of its words, 0 to 1.
        start_word: Index of its first word.
        end_word: Index after its last word.
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
    """A span of a context that answers a question.

    Attributes:
        text: The text of the span, `context[start:end]`; empty for "no answer".
        start: Start in the context, in characters; 0 for "no answer".
        end: End in the context (exclusive); 0 for "no answer".
        score: Its probability, 0 to 1.
    """

    text: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranked(Result):
    """A text that was ranked for a query, with the names of CrossEncoder.rank in sentence-transformers.

    Attributes:
        corpus_id: Its index in the texts given.
        score: How well it fits the query: a probability, or a number on the scale of the training data.
        text: The text.
    """

    corpus_id: int
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class Fill(Result):
    """A token that may stand at a masked position.

    Attributes:
        token: The token as in the vocabulary; one that begins with `##` continues the word before it.
        score: Its probability, 0 to 1.
    """

    token: str
    score: float


@dataclass(frozen=True, slots=True)
class FilledMask(Result):
    """A [MASK] in a text, with the tokens that it may stand for.

    Attributes:
        start: Start of the [MASK] in the text, in characters.
        end: End in the text (exclusive).
        fills: The most probable tokens, most probable first.
    """

    start: int
    end: int
    fills: tuple[Fill, ...]


@dataclass(frozen=True, slots=True)
class FilledText(Result):
    """A text whose masked words were filled in.

    Attributes:
        text: The text, with the most probable token in place of each [MASK].
        masks: Each [MASK], in the order of the text.
    """

    text: str
    masks: tuple[FilledMask, ...]
