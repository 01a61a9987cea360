"""Progress of a training as one line per minute, for log files, notebooks and consoles without a progress bar."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable

PREFIX = "step "
"""Prefix of each line."""
SECONDS = 60.0
"""Interval between lines."""


class Minutes:
    """Printer of a progress line on stderr once a minute; a shorter training prints nothing.

    Args:
        clock: Returns the time in seconds.

    Examples:
        >>> minutes = Minutes()
        >>> minutes.step(1, 900, "loss 0.69")
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: tuple[float, int] | None = None

    def step(self, step: int, total: int, text: str) -> None:
        """Report a step; print a line if a minute has passed.

        Args:
            step: Number of steps done.
            total: Total number of steps.
            text: Text to print after the step numbers.
        """
        now = self._clock()
        if self._since is None:
            self._since = now, step
            return
        passed, done = now - self._since[0], step - self._since[1]
        if passed >= SECONDS and done > 0:
            rate = done / passed
            line = f"{PREFIX}{step}/{total}  {text}  {rate:.3g} steps/s  about {_duration((total - step) / rate)} left"
            with contextlib.suppress(OSError):  # stderr may be closed
                print(line, file=sys.stderr, flush=True)
            self._since = now, step


def _duration(seconds: float) -> str:
    if seconds < SECONDS:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
