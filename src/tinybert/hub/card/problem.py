"""What is wrong with a card, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...errors import CardError

Severity = Literal["error", "note"]


@dataclass(frozen=True)
class Problem:
    """Something wrong with a card.

    Attributes:
        line: The line in the card's file, from 1.
        message: What is wrong and what is allowed.
        severity: `error` for what the hub's own validator refuses, too, or what leaves the meaning open: such a card
            is not read. `note` for what is missing or against our rules only: such a card is read, and not written.
    """

    line: int
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems in the order of their lines."""
    return sorted(problems, key=lambda problem: problem.line)


def card_error(source: str, problems: Iterable[Problem]) -> CardError:
    """The error that lists all problems of a card.

    Args:
        source: What to call the card: its path or uid.
        problems: What is wrong with it.
    """
    lines = [str(problem) for problem in in_order(problems)]
    return CardError(f"{source} is not a valid card:\n  " + "\n  ".join(lines), problems=lines)
