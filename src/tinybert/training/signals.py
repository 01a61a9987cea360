"""What ends a parallel training from outside reaches all of its processes."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

LAUNCHER = "TINYBERT_LAUNCHER"
"""The environment variable with the process id of whoever launched this one."""
_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_launcher() -> None:
    """Has Linux send SIGTERM, at which a training saves its state, to this process when its launcher dies."""
    launcher = os.environ.get(LAUNCHER)
    if launcher is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    try:
        os.kill(int(launcher), 0)
    except ProcessLookupError:  # it ended before
        os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def held_signals(*numbers: int) -> Iterator[list[int]]:
    """Collects signals that come within.

    Args:
        *numbers: The signals.

    Yields:
        The list to which those that come are added. Outside the main thread, which alone gets signals, none is.
    """
    received: list[int] = []
    with _handled_by(lambda signum, frame: received.append(signum), *numbers):
        yield received


@contextlib.contextmanager
def until_done() -> Iterator[None]:
    """Lets Ctrl-C, and signals to end, wait for the end of a block that must not be left in the middle."""
    received: list[int] = []
    try:
        with held_signals(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as received:
            yield
    finally:
        for number in dict.fromkeys(received):
            signal.raise_signal(number)


@contextlib.contextmanager
def interrupted_when_told_to_end() -> Iterator[None]:
    """Makes SIGTERM, and the signal of a closed terminal, the same as Ctrl-C."""

    def interrupt(signum: int, frame: Any) -> None:
        del signum, frame
        raise KeyboardInterrupt

    with _handled_by(interrupt, signal.SIGTERM, signal.SIGHUP):
        yield


@contextlib.contextmanager
def _handled_by(handler: Callable[[int, Any], Any], *numbers: int) -> Iterator[None]:
    """Has a function handle signals within; in the main thread, which alone may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in numbers}
    # One that is ignored, as SIGHUP after nohup, stays so; None was set by other than Python and can't be put back.
    ours = {number: old for number, old in before.items() if old is not None and old is not signal.SIG_IGN}
    for number in ours:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in ours.items():
            signal.signal(number, old)
