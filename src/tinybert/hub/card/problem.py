"""Problems of a card, with their lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...errors import CardError

Severity = Literal["error", "note"]


@dataclass(frozen=True)
class Problem:
    """A problem of a card.

    Attributes:
        line: The line in the card's file, from 1.
        message: What is wrong and what is allowed.
        severity: `error` if the hub's own validator rejects it too, or if the meaning is unclear: the card is not read.
            `note` if something is missing or breaks only our rules: the card is read, but would not be written.
    """

    line: int
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems sorted by line."""
    return sorted(problems, key=lambda problem: problem.line)


def card_error(source: str, problems: Iterable[Problem]) -> CardError:
    """Build the error that lists all problems of a card.

    Args:
        source: The card's path or uid, for the message.
        problems: The problems.
    """
    lines = [str(problem) for problem in in_order(problems)]
    return CardError(f"{source} is not a valid card:\n  " + "\n  ".join(lines), problems=lines)
