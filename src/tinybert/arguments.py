"""Check arguments, expand user paths, and shorten the values shown in error messages."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from itertools import islice
from numbers import Integral
from pathlib import Path
from reprlib import Repr
from typing import Any

from .errors import InputError

_MOST = 40


def check_integer(value: Any, name: str, least: int, most: int | None = None) -> int:
    """Return an integer argument after checking its bounds.

    Args:
        value: The argument's value.
        name: The argument's name, for the message.
        least: The smallest allowed value.
        most: The largest allowed value; None for no upper bound.

    Raises:
        InputError: The value is not an integer or is out of bounds; the message names argument, value and bounds.
    """
    allowed = isinstance(value, Integral) and not isinstance(value, bool)
    if not allowed or value < least or (most is not None and value > most):
        bounds = f"{least} or more" if most is None else f"{least} to {most}"
        raise InputError(f"{name} is {beginning(value)}; it must be an integer, {bounds}.")
    return int(value)


def check_choice(value: Any, name: str, allowed: Sequence[str]) -> None:
    """Raise InputError unless the value is one of the allowed ones."""
    if value not in allowed:
        raise InputError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")


def path_of(given: str | os.PathLike[str]) -> Path:
    """Return the path with `~` expanded; `~name` stays as it is if there is no such user."""
    return Path(os.path.expanduser(given))  # `Path.expanduser` would raise RuntimeError for an unknown user


def exists(path: Path) -> bool:
    """Whether there is something at a path; at one that is too long for any file, or has a NUL, there is nothing.

    Raises:
        OSError: Nobody may look.
    """
    try:
        return path.exists()
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        return False


def describe(value: Any) -> str:
    """Return the value's type name and the beginning of its `repr`, for messages."""
    return "None" if value is None else f"{type(value).__name__} {beginning(value)}"


def beginning(value: Any) -> str:
    """Return the first 40 characters of the value's `repr`."""
    shown = _REPR.repr(value)
    return shown if len(shown) <= _MOST else shown[: _MOST - 3] + "..."


class _Beginning(Repr):
    """A `Repr` that stops early: the base class sorts whole dicts and sets, and writes out all bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = 2 * _MOST  # `Repr` cuts out the middle; only the beginning is shown

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        return super().repr_dict(dict(islice(x.items(), self.maxdict + 1)), level)

    def repr_set(self, x: set[Any], level: int) -> str:
        return super().repr_set(set(islice(x, self.maxset + 1)), level)

    def repr_frozenset(self, x: frozenset[Any], level: int) -> str:
        return super().repr_frozenset(frozenset(islice(x, self.maxfrozenset + 1)), level)

    def repr_bytes(self, x: bytes, level: int) -> str:
        del level
        return repr(x[:_MOST])

    def repr_bytearray(self, x: bytearray, level: int) -> str:
        del level
        return repr(x[:_MOST])


_REPR = _Beginning()
