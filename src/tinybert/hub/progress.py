"""A progress bar with bytes, speed and time left, on the terminal if there is one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(name: str, done: int, total: int | None, *, shown: bool | None) -> Iterator[Callable[[int], None]]:
    """Shows the progress of a download on stderr.

    Args:
        name: What is being downloaded.
        done: How many bytes are there already.
        total: How many there will be, None where that is unknown.
        shown: Whether to show it; None shows it where stderr is a terminal.

    Yields:
        A function to call with the number of bytes that have come.
    """
    if not (_on_terminal() if shown is None else shown):
        yield lambda size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=total, completed=done)
        yield lambda size: progress.advance(task, size)


def _on_terminal() -> bool:
    # There is no stderr at all under pythonw.
    return sys.stderr is not None and sys.stderr.isatty()
