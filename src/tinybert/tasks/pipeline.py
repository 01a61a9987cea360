"""Pipeline of one task call: the processing of texts before and after the network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from ..arguments import check_choice, check_integer
from ..errors import InputError
from ..text import Encoding
from .batching import Compute, forward
from .model import TaskModel

OnError = Literal["raise", "return"]
BATCH_SIZE = 64
"""Rows per batch. On CPU, larger batches are hardly faster; a runtime uses fewer rows if they are long."""


@dataclass(frozen=True)
class Options:
    """Options common to all tasks.

    Attributes:
        batch_size: Maximum number of rows per forward pass; fewer are used if rows are long.
        on_error: How to handle an invalid item: "raise" raises an error that names it; "return" returns the error in
            place of its result and continues.
        progress: Whether to show a progress bar on stderr; None shows one after two seconds if stderr is a terminal.

    Raises:
        InputError: A value is invalid; the message names it and the allowed values.
    """

    batch_size: int = BATCH_SIZE
    on_error: OnError = "raise"
    progress: bool | None = None

    def __post_init__(self) -> None:
        check_integer(self.batch_size, "batch_size", 1)
        check_choice(self.on_error, "on_error", ("raise", "return"))
        if self.progress not in (None, True, False):
            raise InputError(f"progress is {self.progress!r}; it must be True, False or None.")


@dataclass(frozen=True)
class Pipeline(ABC):
    """Base class of pipelines: the parameters of a call, and the steps before and after the network.

    Attributes:
        model: The model.
        one: What error messages call an item.
        many: What error messages call several items.
    """

    model: TaskModel
    one: ClassVar[str] = "text"
    many: ClassVar[str] = "texts"

    @property
    def compute(self) -> Compute:
        """The function that computes the rows' outputs, by default the head's logits."""
        return self.model.runtime.logits

    @abstractmethod
    def check(self, item: Any, name: str) -> Any:
        """Return an item in the form that `encode` takes, or raise InputError."""

    @abstractmethod
    def characters(self, item: Any) -> int:
        """Return the number of characters of a checked item."""

    @abstractmethod
    def encode(self, items: list[Any]) -> Encoding:
        """Tokenize checked items into rows."""

    @abstractmethod
    def reduce(self, outputs: Any, batch: Encoding) -> Iterable[Any]:
        """Return the part of a batch's outputs to keep, one value per row."""

    @abstractmethod
    def finish(self, items: list[Any], encoding: Encoding, rows: list[Any]) -> Iterable[Any]:
        """Return the result of each item from the values kept for its rows."""

    def results(self, items: list[Any], batch_size: int, advance: Callable[[float], None]) -> Iterable[Any]:
        """Compute the results of checked items.

        Args:
            items: The checked items, few enough to hold all their rows in memory.
            batch_size: Maximum rows per batch.
            advance: Called with the (possibly fractional) number of items done since the last call.
        """
        encoding = self.encode(items)
        rows = forward(
            self.model.runtime,
            self.compute,
            encoding,
            self.reduce,
            batch_size=batch_size,
            advance=lambda share: advance(share * len(items)),
        )
        return self.finish(items, encoding, rows)
