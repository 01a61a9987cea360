"""Signal handling: defer signals until it is safe to stop, and make Ctrl-C work while MindSpore runs a graph."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

TOLD_TO_END = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""SIGTERM, and SIGHUP (the terminal was closed), which Windows does not have."""


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Handle Ctrl-C, as Python does, at the end of a block in which MindSpore computes; main thread only.

    While a graph is compiled or run, MindSpore installs its own C handler for SIGINT, which ends the process with
    SIGTERM. A SIGTERM for which the program has no handler is therefore taken for a Ctrl-C. On exit the previous
    handler is restored, in case a compilation left its own behind.
    """
    interrupt = signal.getsignal(signal.SIGINT)
    if not callable(interrupt):  # there is no Python handler, for example because SIGINT is ignored
        yield
        return
    nobody_handles_it = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    received: list[int] = []
    try:
        with held_signals(signal.SIGINT, *([signal.SIGTERM] if nobody_handles_it else [])) as received:
            yield
    finally:
        if received:
            interrupt(signal.SIGINT, None)


@contextlib.contextmanager
def held_signals(*numbers: int) -> Iterator[list[int]]:
    """Collect the given signals, instead of handling them, during the block.

    Args:
        *numbers: The signals.

    Yields:
        The list that received signals are appended to. Outside the main thread, the only one to receive signals, it
        stays empty.
    """
    received: list[int] = []
    with _handled_by(lambda signum, frame: received.append(signum), *numbers):
        yield received


@contextlib.contextmanager
def until_done() -> Iterator[None]:
    """Defer Ctrl-C, SIGTERM and SIGHUP to the end of a block that must not be left half done."""
    received: list[int] = []
    try:
        with held_signals(signal.SIGINT, *TOLD_TO_END) as received:
            yield
    finally:
        for number in dict.fromkeys(received):
            signal.raise_signal(number)


@contextlib.contextmanager
def interrupted_when_told_to_end() -> Iterator[None]:
    """Make SIGTERM and SIGHUP act like Ctrl-C during the block."""

    def interrupt(signum: int, frame: Any) -> None:
        del signum, frame
        raise KeyboardInterrupt

    with _handled_by(interrupt, *TOLD_TO_END):
        yield


@contextlib.contextmanager
def _handled_by(handler: Callable[[int, Any], Any], *numbers: int) -> Iterator[None]:
    """Handle signals by a function during the block; main thread only, since only that one may set handlers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in numbers}
    # An ignored signal, such as SIGHUP after nohup, stays ignored; None was not set from Python and cannot be restored.
    ours = {number: old for number, old in before.items() if old is not None and old is not signal.SIG_IGN}
    for number in ours:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in ours.items():
            signal.signal(number, old)
