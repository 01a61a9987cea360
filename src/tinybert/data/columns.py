"""Choice of a table's text, pair and label columns by the names that GLUE, CLUE and other data sets use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from ..errors import InputError

# Pairs come before single texts: QNLI's `sentence` is the second text of its `question`.
PAIRS = (
    ("sentence1", "sentence2"),  # MRPC, RTE, WNLI, MNLI, STS-B, AFQMC, CMNLI, OCNLI, LCQMC, PAWS
    ("question1", "question2"),  # QQP
    ("question", "sentence"),  # QNLI
    ("premise", "hypothesis"),  # SNLI, XNLI and other copies of MNLI
    ("text_a", "text_b"),
    ("text1", "text2"),
    ("#1 String", "#2 String"),  # MRPC as GLUE publishes it
    ("anchor", "positive"),  # pairs and triplets of sentence-transformers
    ("query", "positive"),
)
TEXTS = ("sentence", "text", "review", "content", "comment", "text_a")
CLASSES = ("label", "labels", "gold_label", "is_duplicate", "Quality", "label_desc", "label_des")
SCORES = ("score", "similarity", "similarity_score", "relatedness_score")
NEGATIVES = re.compile(r"negatives?([_ -]?[0-9]{1,4})?")
# Label names used in people's own tables; tried last.
OTHERS = ("sentiment", "category", "class", "rating", "stars", "target")

_KNOWN = {name.casefold() for name in (*TEXTS, *CLASSES, *SCORES, *(name for pair in PAIRS for name in pair))}

Column = str | int
"""A column's name, or its index from 0."""


class Request(NamedTuple):
    """The caller's choice of columns; None means that the names decide.

    Attributes:
        text: Column of the text, or of the first text of a pair.
        pair: Column of the second text.
        label: Column of the label; False for no label.
        regression: Whether labels are scores; column names for scores are then tried first.
        pairs: Whether pairs are read. If not, a table with the two columns of a known pair is an error, since either
            could be the text.
        classes: Whether labels are classes; a column whose name is known for scores is then an error.
        negatives: Columns of texts that do not match the first one; none by default. None takes those with known names
            if there is no label.
    """

    text: Column | None = None
    pair: Column | None = None
    label: Column | Literal[False] | None = None
    regression: bool = False
    pairs: bool = True
    classes: bool = False
    negatives: tuple[Column, ...] | None = ()

    @property
    def given(self) -> list[Column]:
        """The columns that the caller named."""
        columns = (self.text, self.pair, self.label, *(self.negatives or ()))
        return [column for column in columns if column is not None and column is not False]

    @property
    def by_index(self) -> bool:
        """Whether columns are given and all of them by index, as for a table without a header."""
        return bool(self.given) and all(isinstance(column, int) for column in self.given)

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names that the label column may have, most likely first."""
        return (*SCORES, *CLASSES, *OTHERS) if self.regression else (*CLASSES, *SCORES, *OTHERS)


class Columns(NamedTuple):
    """Indices of the columns."""

    text: int
    pair: int | None
    label: int | None
    negatives: tuple[int, ...] = ()


def choose_columns(names: Sequence[str], request: Request) -> Columns:
    """Find the columns that the caller named, and the others by their names.

    Names match regardless of case and surrounding blanks. If the caller gives the text column, there is a pair only if
    the pair column is given too.

    Args:
        names: Names of the table's columns.
        request: The caller's choice.

    Returns:
        The indices of the columns.

    Raises:
        InputError: A column that the caller gave does not exist, no column is known as a text, or the table has pairs
            where single texts are wanted. The message lists the columns and starts in lower case, to follow file and
            line.
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
        label = None  # the caller's choice of text overrides the column's name
    if pair == text:
        raise InputError(f"the column {names[text]!r} would be both texts of a pair.", argument="pair")
    return Columns(text, pair, label, _negatives(names, known, request, Columns(text, pair, label)))


def is_known(name: str) -> bool:
    """Return whether the name is a known one for a text, pair, label or score column."""
    known = name.strip().casefold()
    return known in _KNOWN or NEGATIVES.fullmatch(known) is not None


def _negatives(names: Sequence[str], known: list[str], request: Request, others: Columns) -> tuple[int, ...]:
    if request.negatives is None:
        if others.pair is None or others.label is not None:
            return ()
        return tuple(index for index, name in enumerate(known) if NEGATIVES.fullmatch(name) and index not in others)
    found = tuple(_index(names, known, column, "negatives") for column in request.negatives)
    for index in found:
        if index in others[:3] or found.count(index) > 1:
            raise InputError(
                f"the column {names[index]!r} would be a negative and another text or the label.", argument="negatives"
            )
    if found and others.pair is None:
        raise InputError(
            "negatives need a text that matches. Say which column has it.", argument="pair", example="NAME"
        )
    return found


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
