"""Decide which tokens of each text go into which row: truncation to a limit, and windows over long texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..arguments import check_integer
from ..counting import counted
from ..errors import InputError

Truncation = Literal["longest_first", "only_first", "only_second", False]
_STRATEGIES = ("longest_first", "only_first", "only_second")


@dataclass(frozen=True)
class Row:
    """A row to build.

    Attributes:
        sample: Index of its text or pair.
        first: Slice of the first text's tokens.
        second: Slice of the second text's tokens; empty for a single text.
    """

    sample: int
    first: slice
    second: slice

    @property
    def tokens(self) -> int:
        """Number of text tokens in it, without [CLS] and [SEP]."""
        return self.first.stop - self.first.start + self.second.stop - self.second.start


@dataclass(frozen=True)
class RowPlanner:
    """Splits texts into rows of at most `limit` tokens, exactly as the `tokenizers` library does.

    Attributes:
        limit: Maximum number of tokens per row, including [CLS] and [SEP].
        paired: Whether texts come in pairs.
        truncation: Which text is truncated: the longer one until both are equally long, the first, the second, or none
            (an error).
        windows: Whether truncated tokens become further rows.
        stride: Number of tokens that a window shares with the one before.

    Raises:
        InputError: The attributes contradict each other.
    """

    limit: int
    paired: bool = False
    truncation: Truncation = "longest_first"
    windows: bool = False
    stride: int = 0

    def __post_init__(self) -> None:
        if self.truncation is not False and self.truncation not in _STRATEGIES:
            raise InputError(f"truncation is {self.truncation!r}; it must be one of {', '.join(_STRATEGIES)} or False.")
        if self.truncation == "only_second" and not self.paired:
            raise InputError("truncation='only_second' needs pairs.")
        check_integer(self.stride, "stride", 0)
        if self.stride and not self.windows:
            raise InputError(
                "stride is by how much windows overlap, so it needs windows.",
                argument="return_overflowing",
                example=True,
            )
        if self.windows and (not self.truncation or (self.paired and self.truncation == "longest_first")):
            wanted = "'only_first' or 'only_second'" if self.paired else "'longest_first' or 'only_first'"
            raise InputError(
                f"which text to cut into windows is not known: truncation must be {wanted}, not {self.truncation!r}."
            )

    @property
    def specials(self) -> int:
        """Number of [CLS] and [SEP] tokens in a row."""
        return 3 if self.paired else 2

    def rows(self, sample: int, first: int, second: int = 0) -> list[Row]:
        """Plan the rows of a text or pair.

        Args:
            sample: Its index.
            first: Number of tokens of the first text, without [CLS] and [SEP].
            second: Number of tokens of the second text.

        Returns:
            One row, or one per window.

        Raises:
            InputError: It is too long and must not be truncated, or the other text leaves no room; the message names
                the index.
        """
        room = self.limit - self.specials
        if first + second <= room:
            return [Row(sample, slice(0, first), slice(0, second))]
        if not self.truncation:
            raise InputError(
                f"{self._name(sample)} has {first + second + self.specials} tokens with [CLS] and [SEP], more than "
                f"{self.limit}. Shorten it, have it truncated or cut into windows, or allow more tokens.",
                argument="max_length",
            )
        first_room, second_room = self._share(sample, first, second, room)
        if not self.windows:
            return [Row(sample, slice(0, first_room), slice(0, second_room))]
        if first_room < first:
            return [Row(sample, part, slice(0, second)) for part in self._windows(sample, first, first_room)]
        return [Row(sample, slice(0, first), part) for part in self._windows(sample, second, second_room)]

    def _share(self, sample: int, first: int, second: int, room: int) -> tuple[int, int]:
        if not self.paired:
            return room, 0
        if self.truncation == "longest_first":
            return _longest_first(first, second, room)
        kept, name, other = (
            (second, "second", "first") if self.truncation == "only_first" else (first, "first", "second")
        )
        if kept >= room:
            raise InputError(
                f"{self._name(sample)}: the {name} text has {counted(kept, 'token')}, which leaves no room for the "
                f"{other} within {self.limit}. Shorten it, allow more tokens, or have the longer text cut.",
                argument="truncation",
                example="longest_first",
            )
        return (room - kept, kept) if self.truncation == "only_first" else (kept, room - kept)

    def _windows(self, sample: int, length: int, room: int) -> list[slice]:
        step = room - self.stride
        if step < 1:
            raise InputError(
                f"{self._name(sample)}: stride is {self.stride}; it must be less than the {counted(room, 'token')} "
                f"that a window has room for within {self.limit}."
            )
        parts = [slice(0, min(room, length))]
        while parts[-1].stop < length:
            start = parts[-1].start + step
            parts.append(slice(start, min(start + room, length)))
        return parts

    def _name(self, sample: int) -> str:
        return f"texts[{sample}] with pairs[{sample}]" if self.paired else f"texts[{sample}]"


def _longest_first(first: int, second: int, room: int) -> tuple[int, int]:
    """Truncate the longer text to the space that the shorter one leaves; if that is less than half, halve the space."""
    short, long = sorted((first, second))
    long = max(short, room - short)
    if short + long > room:
        short, long = room // 2, room - room // 2
    return (short, long) if first <= second else (long, short)
