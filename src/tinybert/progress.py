"""The progress bar: on stderr where that is a terminal, for downloads, texts and training steps alike."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

PATIENCE = 2.0
"""Seconds of work after which a bar appears for work that may be short."""


class ProgressBar:
    """A bar that appears when the work turns out to be long, and never in the way of another one.

    Args:
        total: How much there is to do; None where that is unknown.
        unit: What is counted: `bytes` are shown with their speed, anything else by its number and this name.
        shown: None shows the bar if stderr is a terminal; True anywhere, at once; False never.
        done: How much is done already.
        patience: Seconds before it appears; counts with `shown=None` only.
        description: What is shown before the bar.

    Examples:
        >>> with ProgressBar(3, unit="texts", shown=False) as bar:
        ...     bar.advance(1)
    """

    def __init__(
        self,
        total: int | None,
        *,
        unit: str,
        shown: bool | None = None,
        done: float = 0.0,
        patience: float = 0.0,
        description: str = "",
    ) -> None:
        self._total, self._unit, self._done, self._description = total, unit, done, description
        self._wanted = is_terminal() if shown is None else shown
        self._appears = time.monotonic() + (0.0 if shown else patience)
        self._progress: Progress | None = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def advance(self, count: float, description: str | None = None) -> None:
        """Adds what was done since the last call, which may be a fraction, and exchanges the description if given."""
        self._done += count
        self._description = self._description if description is None else description
        if self._wanted and self._progress is None and time.monotonic() >= self._appears:
            self._start()
        if self._progress is not None:
            task = self._progress.task_ids[0]
            self._progress.update(task, completed=self._done, description=self._description)

    def close(self) -> None:
        """Ends the bar; what it showed last stays."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
        self._wanted = False

    def _start(self) -> None:
        from rich.console import Console
        from rich.errors import LiveError
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), *self._count_columns())
        times = (TimeElapsedColumn(), TimeRemainingColumn())
        progress = Progress(*columns, *times, console=Console(stderr=True))
        try:
            progress.start()
        except LiveError:  # another thread, or the program itself, has a bar on the terminal already
            self._wanted = False
            return
        progress.add_task(self._description, total=self._total)
        self._progress = progress

    def _count_columns(self) -> tuple[ProgressColumn, ...]:
        from rich.progress import DownloadColumn, TextColumn, TransferSpeedColumn

        if self._unit == "bytes":
            return DownloadColumn(), TransferSpeedColumn()
        of = "" if self._total is None else f"/{self._total:,}"
        return (TextColumn("{task.completed:,.0f}" + f"{of} {self._unit}"),)


def is_terminal() -> bool:
    """Whether stderr is a terminal; there is no stderr at all under pythonw."""
    return sys.stderr is not None and sys.stderr.isatty()
