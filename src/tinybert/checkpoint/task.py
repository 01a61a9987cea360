"""What a checkpoint's network is for: facts that its parameters do not tell."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..errors import CheckpointError

TASKS = ("encoder", "sequence-classification", "token-classification", "question-answering")
PROBLEMS = ("single-label", "multi-label", "regression")


def usual_problem(num_labels: int | None) -> str:
    """Which of `PROBLEMS` a head for texts solves where nothing says, by its outputs: one is a number."""
    return "regression" if num_labels == 1 else "single-label"


@dataclasses.dataclass(frozen=True)
class Task:
    """What a network is for.

    Args:
        kind: One of `TASKS`.
        labels: Names of the head's outputs, in their order.
        problem: Of sequence classification: one label a text, any number of labels, or a number.

    Raises:
        CheckpointError: A value is not allowed; says what is.
    """

    kind: str = "encoder"
    labels: tuple[str, ...] = ()
    problem: str = "single-label"

    def __post_init__(self) -> None:
        if self.kind not in TASKS:
            raise CheckpointError(f"task is {self.kind!r}: it must be one of {', '.join(TASKS)}")
        if self.problem not in PROBLEMS:
            raise CheckpointError(f"problem is {self.problem!r}: it must be one of {', '.join(PROBLEMS)}")

    def to_dict(self) -> dict[str, Any]:
        """As plain values that JSON can hold; what is not needed is left out."""
        values: dict[str, Any] = {"task": self.kind}
        if self.kind in ("sequence-classification", "token-classification"):
            values["labels"] = list(self.labels)
        if self.kind == "sequence-classification":
            values["problem"] = self.problem
        return values
