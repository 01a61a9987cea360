"""Handling of unusable rows in a file: raise at the first one, or skip them all and count them."""

from __future__ import annotations

import warnings
from typing import Literal

from ..arguments import check_choice
from ..counting import counted
from ..errors import InputError
from .text_lines import Source, name_of

OnError = Literal["raise", "skip"]
"""What becomes of a bad row."""


def with_remedy(error: InputError) -> InputError:
    """The error of a bad row, which says that such rows can be left out, unless it names another remedy."""
    if error.argument is not None:
        return error
    message = f"{error.message.removesuffix('.')}. Bad rows can be left out."
    return InputError(message, argument="on_error", example="skip")


class BadRows:
    """Collector of the bad rows of one file.

    Args:
        source: The file.
        on_error: "raise" raises the error of the first bad row; "skip" skips all of them.

    Raises:
        InputError: `on_error` is neither of these.
    """

    def __init__(self, source: Source, on_error: OnError) -> None:
        check_choice(on_error, "on_error", ("raise", "skip"))
        self._source, self._on_error = source, on_error
        self._count = 0
        self._first: InputError | None = None

    def add(self, error: InputError) -> None:
        """Count a bad row, or raise its error, which names the file and line."""
        if self._on_error == "raise":
            raise with_remedy(error) from None
        self._count += 1
        self._first = self._first or error

    def report(self, *, any_good: bool) -> None:
        """Warn how many rows were skipped and what is wrong with the first.

        Args:
            any_good: Whether the file has any usable row.

        Raises:
            InputError: The file has no usable row.

        Warns:
            UserWarning: Some rows were skipped.
        """
        if self._first is None:
            return
        first = self._first.message
        if not any_good:
            raise InputError(f"{name_of(self._source)}: no row is good; the first error: {first}")
        left_out = f"{counted(self._count, 'bad row is', 'bad rows are')} left out"
        warnings.warn(f"{left_out}; the first: {first}", stacklevel=3)
