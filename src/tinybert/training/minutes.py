"""How far a training is, a line a minute: what a log file, a notebook or a cluster's console has of a progress bar."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable

PREFIX = "step "
"""What each line begins with."""
SECONDS = 60.0
"""From one line to the next."""


class Minutes:
    """Prints a line on stderr once a minute; nothing of a training that is over before.

    Args:
        clock: Gives the time in seconds.

    Examples:
        >>> minutes = Minutes()
        >>> minutes.step(1, 900, "loss 0.69")
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: tuple[float, int] | None = None

    def step(self, step: int, total: int, text: str) -> None:
        """Takes note of a step.

        Args:
            step: How many are done.
            total: How many there are.
            text: What is said of them, after their number.
        """
        now = self._clock()
        if self._since is None:
            self._since = now, step
            return
        passed, done = now - self._since[0], step - self._since[1]
        if passed >= SECONDS and done > 0:
            rate = done / passed
            line = f"{PREFIX}{step}/{total}  {text}  {rate:.3g} steps/s  about {_duration((total - step) / rate)} left"
            with contextlib.suppress(OSError):  # nobody reads it
                print(line, file=sys.stderr, flush=True)
            self._since = now, step


def _duration(seconds: float) -> str:
    if seconds < SECONDS:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
