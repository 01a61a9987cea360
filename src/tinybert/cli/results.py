"""The results of an input's rows, in their order; bad lines are reported and counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import typer

from ..counting import counted
from ..data.bad_rows import with_remedy
from ..errors import InputError, TinyBertError
from .errors import complain, rendered
from .input_rows import Row
from .options import OnError
from .output import is_terminal


class Results:
    """Sends rows through a task.

    Args:
        task: A task object, or one of its methods, with its options: takes an iterator of items.
        input_: Where they come from, for messages.
        output: Where results go. On a terminal a progress bar would stand among them.
        on_error: What becomes of a bad line.
    """

    def __init__(self, task: Callable[..., Any], input_: str, output: str, on_error: OnError) -> None:
        self._task, self._on_error = task, on_error
        self._name = "stdin" if input_ == "-" else input_
        self._progress = False if is_terminal(output) else None
        self._bad = 0

    def of(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Any]]:
        """Yields each row with its result, None for a bad one.

        Raises:
            InputError: A line is bad, and bad lines are to fail; the results of those before it came first.
        """
        waiting: deque[Row] = deque()

        def items() -> Iterator[Any]:
            for row in rows:
                waiting.append(row)
                yield row.item  # None, of a bad row, comes back as an error in its place

        for result in self._task(items(), on_error="return", progress=self._progress):
            row = waiting.popleft()
            problem = row.error or (result if isinstance(result, TinyBertError) else None)
            if problem is None:
                yield row, result
                continue
            place = f"{self._name}, {row.unit} {row.line}: "
            if self._on_error is OnError.FAIL:
                raise (with_remedy(problem) if isinstance(problem, InputError) else problem).prefixed(place)
            self._bad += 1
            complain(rendered(problem.prefixed(place)))
            yield replace(row, item=None, error=problem), None

    def finish(self) -> None:
        """Ends the command with exit code 1 if a line was bad."""
        if self._bad:
            complain(f"{counted(self._bad, 'bad line was', 'bad lines were')} skipped")
            raise typer.Exit(1)
