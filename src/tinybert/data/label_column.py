"""Reader of a table's label column: a class, several classes or a score, in every row or in none."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

from ..errors import InputError
from .examples import Label
from .text_lines import is_whole

NO_LABEL = frozenset(("-", "nan", "n/a", "#n/a", "<na>", "null"))
"""Values that mean "no label", in lower case; SNLI has `-` where its annotators did not agree."""


class LabelReader:
    """Converter of label column values to labels, which also checks that either all rows have a label or none has.

    Args:
        regression: Whether labels are scores.
        separator: Separator of several classes in one field; None if a text has one class.
        skip: Whether rows without a label are skipped.

    Attributes:
        skipped: Number of rows skipped so far.

    Raises:
        InputError: Both `regression` and `separator` are given, or the separator is empty.
    """

    def __init__(self, *, regression: bool = False, separator: str | None = None, skip: bool = False) -> None:
        if regression and separator is not None:
            raise InputError(
                "labels are scores or lists of classes, not both: a score is one number, which needs no separator.",
                argument="multi_label_separator",
                example=separator,
            )
        if separator == "":
            raise InputError(
                "the separator of labels is empty; give a character that no label contains.",
                argument="multi_label_separator",
                example="|",
            )
        self._regression = regression
        self._separator = separator
        self._first: tuple[int, bool] | None = None
        self._listed: tuple[int, bool] | None = None
        self._skip = skip
        self.skipped = 0

    def read(self, line: int, value: Any) -> Label:
        """Read the label of one row.

        Args:
            line: The row's line number.
            value: The field or JSON value; None if the row has none.

        Returns:
            The label; None if the row has none.

        Raises:
            InputError: It is not a number in regression, not a string, number or list of them, or it is there where
                the first row has none, or the other way round; or it is a list, and the first is not, or the other way
                round. The message is to follow file and line.
        """
        spelled = isinstance(value, str) and value.strip().casefold() in NO_LABEL
        label = None if spelled else self._label(value)
        present = label is not None
        if self._skip and not present:
            self.skipped += 1
            return None
        if spelled:
            raise _unlabelled(f"the label is {value.strip()!r}, which stands for none.")
        if self._first is None:
            self._first = (line, present)
        elif self._first[1] != present:
            here, there = ("a label", "none") if present else ("no label", "one")
            raise _unlabelled(f"{here}, but line {self._first[0]} has {there}. Give all rows a label or none.")
        self._check_form(line, label)
        return label

    def _check_form(self, line: int, label: Label) -> None:
        several = isinstance(label, tuple)
        if label is not None and self._listed is None:
            self._listed = (line, several)
        elif label is not None and self._listed is not None and self._listed[1] != several:
            here, there = ("a list of labels", "one label") if several else ("one label", "a list of labels")
            raise InputError(f"{here}, but line {self._listed[0]} has {there}. Give all rows a list or none.")

    def _label(self, value: Any) -> Label:
        if value is None or (isinstance(value, str) and not value.strip()):
            # A text that may have several classes may also have none.
            return () if self._separator is not None and isinstance(value, str) else None
        if self._regression:
            return _number(value)
        if isinstance(value, list):
            return tuple(_class(item) for item in value)
        if self._separator is not None and isinstance(value, str):
            return tuple(_class(item) for item in value.split(self._separator))
        return _class(value)


def _unlabelled(problem: str) -> InputError:
    remedy = "Rows without a label can be left out."
    return InputError(f"{problem} {remedy}", argument="skip_unlabelled", example=True)


def _class(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if not isinstance(value, str):
        raise InputError(f"the label is {value!r:.60}; it must be a string, a number or a list of them.")
    if not value.strip():
        raise InputError("one of the labels is empty.")
    if not is_whole(value):
        raise InputError(f"the label {value!r:.60} holds half of a surrogate pair, not a character.")
    return value.strip()


def _number(value: Any) -> float:
    number = math.nan
    # A boolean is not a score, and Python would take 1_0 for 10.
    if isinstance(value, str | int | float) and not isinstance(value, bool) and "_" not in str(value):
        with suppress(ValueError, OverflowError):
            number = float(value)
    if not math.isfinite(number):
        raise InputError(f"the label {value!r:.60} is not a number, which regression needs.")
    return number
