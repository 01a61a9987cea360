"""Which column of a table is the text, its pair and the label: by the names that GLUE, CLUE and others give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ..errors import InputError

# Pairs come before single texts: QNLI's `sentence` is the second text of its `question`.
PAIRS = (
    ("sentence1", "sentence2"),  # MRPC, RTE, WNLI, MNLI, STS-B, AFQMC, CMNLI, OCNLI, LCQMC, PAWS
    ("question1", "question2"),  # QQP
    ("question", "sentence"),  # QNLI
    ("premise", "hypothesis"),  # SNLI, XNLI and MNLI in other hands
    ("text_a", "text_b"),
    ("text1", "text2"),
    ("#1 String", "#2 String"),  # MRPC as GLUE publishes it
)
TEXTS = ("sentence", "text", "review", "content", "comment", "text_a")
CLASSES = ("label", "labels", "gold_label", "is_duplicate", "Quality", "label_desc", "label_des")
SCORES = ("score", "similarity", "similarity_score", "relatedness_score")
# Labels that only people's own tables have: taken if there is none of the others.
OTHERS = ("sentiment", "category", "class", "rating", "stars", "target")

_KNOWN = {name.casefold() for name in (*TEXTS, *CLASSES, *SCORES, *(name for pair in PAIRS for name in pair))}

Column = str | int
"""A column's name, or its index from 0."""


class Request(NamedTuple):
    """What the caller says about the columns; None leaves it to the names.

    Attributes:
        text: Column of the text, or of the first text of a pair.
        pair: Column of the second text.
        label: Column of the label; False reads none.
        regression: Whether labels are scores, whose columns have names of their own.
        pairs: Whether pairs are read. If not, columns that are known as a pair leave open which of them is the text.
        classes: Whether labels are classes, which a column that is known as scores does not have.
    """

    text: Column | None = None
    pair: Column | None = None
    label: Column | Literal[False] | None = None
    regression: bool = False
    pairs: bool = True
    classes: bool = False

    @property
    def given(self) -> list[Column]:
        """The columns that the caller named."""
        return [column for column in (self.text, self.pair, self.label) if column is not None and column is not False]

    @property
    def by_index(self) -> bool:
        """Whether columns are given, and all of them by their indices: such a table has no header."""
        return bool(self.given) and all(isinstance(column, int) for column in self.given)

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names that a column of labels may have, the likeliest first."""
        return (*SCORES, *CLASSES, *OTHERS) if self.regression else (*CLASSES, *SCORES, *OTHERS)


class Columns(NamedTuple):
    """Indices of the columns."""

    text: int
    pair: int | None
    label: int | None


def choose_columns(names: Sequence[str], request: Request) -> Columns:
    """Finds the columns by what the caller says, and what that leaves open by their names.

    Names match without regard to case and outer blanks. A caller who gives the text gets a pair only if it is given
    too.

    Args:
        names: The table's columns.
        request: What the caller says.

    Returns:
        Their indices.

    Raises:
        InputError: A column that the caller gave is not there, none is known as a text, or a pair is where one text is
            wanted; the message lists the columns, and begins in lower case, to follow file and line.
    """
    known = [name.strip().casefold() for name in names]
    if request.label is None:
        label = _find(names, known, request.label_names, "label")
        if request.classes and label is not None and known[label] in SCORES:
            raise InputError(
                f"the column {names[label]!r} is known as one of scores. Say that labels are numbers; or, if they are "
                f"classes, that it is the column of the label (label={names[label]!r}).",
                argument="regression",
                example=True,
            )
    else:
        label = None if request.label is False else _index(names, known, request.label, "label")
    if request.text is not None:
        text, pair = _index(names, known, request.text, "text"), None
    else:
        text, pair = _texts(names, known)
    if request.pair is not None:
        pair = _index(names, known, request.pair, "pair")
    if pair is not None and not request.pairs:
        raise InputError("pairs of texts. Say which of them is meant.", argument="text", example=names[text])
    if label is not None and label in (text, pair):
        if request.label is not None:
            raise InputError(f"the column {names[label]!r} would be the label and a text.", argument="label")
        label = None  # whoever asks for its text knows better than its name
    if pair == text:
        raise InputError(f"the column {names[text]!r} would be both texts of a pair.", argument="pair")
    return Columns(text, pair, label)


def is_known(name: str) -> bool:
    """Whether a column of this name is known as a text, a pair, a label or a score."""
    return name.strip().casefold() in _KNOWN


def _texts(names: Sequence[str], known: list[str]) -> tuple[int, int | None]:
    for first, second in PAIRS:
        indices = (_find(names, known, (first,), "text"), _find(names, known, (second,), "pair"))
        if indices[0] is not None and indices[1] is not None:
            return indices[0], indices[1]
    text = _find(names, known, TEXTS, "text")
    if text is None:
        raise InputError(
            f"no column is known as a text; there are {_shown(names)}. Say which one it is, by its name or, in a file "
            "without a header, by its index from 0.",
            argument="text",
            example="NAME",
        )
    return text, None


def _find(names: Sequence[str], known: list[str], candidates: Sequence[str], role: str) -> int | None:
    for candidate in candidates:
        if candidate.casefold() in known:
            return _index(names, known, candidate, role)
    return None


def _index(names: Sequence[str], known: list[str], column: Column, role: str) -> int:
    if not isinstance(column, int | str):
        raise InputError(f"{role} is {column!r}; a column is given by its name or its index.", argument=role)
    if isinstance(column, int):
        if not 0 <= column < len(names):
            raise InputError(f"there is no column {column} for {role}; there are 0 to {len(names) - 1}.", argument=role)
        return column
    matches = [index for index, name in enumerate(names) if name == column]
    matches = matches or [index for index, name in enumerate(known) if name == column.strip().casefold()]
    if not matches:
        raise InputError(f"there is no column {column!r} for {role}; there are {_shown(names)}.", argument=role)
    if len(matches) > 1:
        raise InputError(
            f"{len(matches)} columns are called {column!r}. Say which one is meant by its index, {matches}.",
            argument=role,
            example=matches[0],
        )
    return matches[0]


def _shown(names: Sequence[str]) -> str:
    shown = [repr(name if len(name) <= 40 else name[:37] + "...") for name in names[:30]]
    return ", ".join(shown) + (f" and {len(names) - 30} more" if len(names) > 30 else "")
