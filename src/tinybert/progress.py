"""The progress bar for downloads, texts and training steps, shown on stderr if that is a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

PATIENCE = 2.0
"""Seconds before a bar appears for work that is usually short."""


class ProgressBar:
    """A progress bar that appears only for long work and never interferes with another bar.

    Args:
        total: The amount of work; None if unknown.
        unit: What is counted. `bytes` are shown with their speed, anything else as a count followed by this name.
        shown: None shows the bar if stderr is a terminal; True always and at once; False never.
        done: The amount already done.
        patience: Seconds before the bar appears; used only with `shown=None`.
        description: Text shown before the bar.

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
        """Advance the bar.

        Args:
            count: The work done since the last call; may be a fraction.
            description: New text before the bar; None keeps the old one.
        """
        self._done += count
        self._description = self._description if description is None else description
        if self._wanted and self._progress is None and time.monotonic() >= self._appears:
            self._start()
        if self._progress is not None:
            task = self._progress.task_ids[0]
            self._progress.update(task, completed=self._done, description=self._description)

    def close(self) -> None:
        """Stop the bar and leave its last state on the terminal."""
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
        except LiveError:  # another thread, or the calling program, already has a bar on the terminal
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
    """Return whether stderr is a terminal; under pythonw there is no stderr at all."""
    return sys.stderr is not None and sys.stderr.isatty()
