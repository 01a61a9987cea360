"""A progress bar on the terminal, for work that turns out to be long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 2.0
"""Seconds of work after which a bar appears."""


@contextmanager
def progress_bar(total: int | None, *, shown: bool | None) -> Iterator[Callable[[float], None]]:
    """Shows on stderr how many texts are done.

    Args:
        total: How many there are; None where that is unknown.
        shown: None shows a bar after `PATIENCE` seconds, if stderr is a terminal; True at once and anywhere; False
            never.

    Yields:
        A function to call with the number of texts that were done since the last call; it may be a fraction.
    """
    if shown is False or (shown is None and not _on_terminal()):
        yield lambda count: None
        return
    bar = _Bar(total, patience=0.0 if shown else PATIENCE)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    def __init__(self, total: int | None, patience: float) -> None:
        self._total = total
        self._appears = time.monotonic() + patience
        self._done = 0.0
        self._progress: Progress | None = None
        self._given_up = False

    def advance(self, count: float) -> None:
        self._done += count
        if self._progress is None and not self._given_up and time.monotonic() >= self._appears:
            self._progress = self._start()
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], completed=self._done)

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _start(self) -> Progress | None:
        from rich.console import Console
        from rich.errors import LiveError
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        of = "" if self._total is None else f"/{self._total:,}"
        count = TextColumn("{task.completed:,.0f}" + of + " texts")
        progress = Progress(
            BarColumn(), count, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)
        )
        try:
            progress.start()
        except LiveError:  # another thread, or the program itself, has a bar on the terminal already
            self._given_up = True
            return None
        progress.add_task("", total=self._total)
        return progress


def _on_terminal() -> bool:
    # There is no stderr at all under pythonw.
    return sys.stderr is not None and sys.stderr.isatty()
