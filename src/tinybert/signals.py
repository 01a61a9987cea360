"""Signals: held until it is safe to leave, and Ctrl-C that interrupts a graph as it interrupts Python."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

TOLD_TO_END = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""A signal to end, and that of a closed terminal, which Windows has not."""


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Lets Ctrl-C interrupt after what MindSpore computes within, as it interrupts Python; in the main thread.

    While a graph is compiled or run, MindSpore has a handler of its own for SIGINT, in C, which ends the process by
    SIGTERM: a SIGTERM that nobody handles is taken for the interrupt that it comes from. A handler that a compilation
    left behind gives way to the one before.
    """
    interrupt = signal.getsignal(signal.SIGINT)
    if not callable(interrupt):  # ignored
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
        with held_signals(signal.SIGINT, *TOLD_TO_END) as received:
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

    with _handled_by(interrupt, *TOLD_TO_END):
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
