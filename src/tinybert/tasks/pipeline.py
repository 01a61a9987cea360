"""One call of a task: what happens to its texts before and after the network."""

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
"""Rows of a batch: on CPU, speed grows up to about here; a runtime takes fewer where they are long."""


@dataclass(frozen=True)
class Options:
    """What every task can be told.

    Attributes:
        batch_size: The most rows that go through the network at once. Fewer do where they are long.
        on_error: What becomes of something that is not text: `raise` an error that names it, or `return` the error in
            the place of its result and go on.
        progress: Whether a progress bar is shown on stderr: None shows it after two seconds if stderr is a terminal.

    Raises:
        InputError: A value is not allowed; names it and says what is.
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
    """The parameters of a call, and the steps on both sides of the network.

    Attributes:
        model: The model.
        one: What errors call an item.
        many: What errors call many of them.
    """

    model: TaskModel
    one: ClassVar[str] = "text"
    many: ClassVar[str] = "texts"

    @property
    def compute(self) -> Compute:
        """What the rows go through: the head, where it is not said otherwise."""
        return self.model.runtime.logits

    @abstractmethod
    def check(self, item: Any, name: str) -> Any:
        """Returns an item in the form that `encode` takes, or raises InputError."""

    @abstractmethod
    def characters(self, item: Any) -> int:
        """How long a checked item is."""

    @abstractmethod
    def encode(self, items: list[Any]) -> Encoding:
        """The rows of checked items."""

    @abstractmethod
    def reduce(self, outputs: Any, batch: Encoding) -> Iterable[Any]:
        """What is kept of the outputs for a batch, for each of its rows."""

    @abstractmethod
    def finish(self, items: list[Any], encoding: Encoding, rows: list[Any]) -> Iterable[Any]:
        """The result of each item, from what was kept of its rows."""

    def results(self, items: list[Any], batch_size: int, advance: Callable[[float], None]) -> Iterable[Any]:
        """The result of each of some checked items.

        Args:
            items: Few enough to have all their rows in memory.
            batch_size: The most rows in a batch.
            advance: Called with the number of items done, a fraction maybe, as the work goes on.
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
