"""How errors show what somebody gave in the place of a text: at once and in few letters, however large it is."""

from __future__ import annotations

from itertools import islice
from reprlib import Repr
from typing import Any

_MOST = 40


def describe(value: Any) -> str:
    """The type of something, and the beginning of its `repr`."""
    return "None" if value is None else f"{type(value).__name__} {beginning(value)}"


def beginning(value: Any) -> str:
    """The first 40 characters of what `repr` returns."""
    shown = _REPR.repr(value)
    return shown if len(shown) <= _MOST else shown[: _MOST - 3] + "..."


class _Beginning(Repr):
    """`reprlib` writes out few elements, but sorts dicts and sets before, and writes out all of a bytes object."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = 2 * _MOST  # it leaves out the middle; what is shown is the beginning

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
