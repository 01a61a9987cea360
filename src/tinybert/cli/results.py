"""Compute the results of an input's rows in order; report and count bad lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import typer

from ..counting import counted
from ..data.bad_rows import with_remedy
from ..errors import InputError, TinyBertError
from .input_rows import Row
from .options import OnError
from .output import is_terminal
from .stderr import complain, rendered


class Results:
    """Runs rows through a task.

    Args:
        task: A task object, or one of its methods, with its options bound; takes an iterator of items.
        input_: The input's path, for messages.
        output: The output's path. On a terminal the progress bar is hidden, since it would mix with the results.
        on_error: What to do with a bad line.
    """

    def __init__(self, task: Callable[..., Any], input_: str, output: str, on_error: OnError) -> None:
        self._task, self._on_error = task, on_error
        self._name = "stdin" if input_ == "-" else input_
        self._progress = False if is_terminal(output) else None
        self._bad = 0

    def of(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Any]]:
        """Yield each row with its result; None for a bad row.

        Raises:
            InputError: A line is bad and `on_error` is FAIL; the results before it have been yielded.
        """
        waiting: deque[Row] = deque()

        def items() -> Iterator[Any]:
            for row in rows:
                waiting.append(row)
                yield row.item  # for a bad row None, which the task returns as an error

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
        """End the command with exit code 1 if any line was bad."""
        if self._bad:
            complain(f"{counted(self._bad, 'bad line was', 'bad lines were')} skipped")
            raise typer.Exit(1)
