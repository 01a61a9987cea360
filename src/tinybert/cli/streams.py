"""Streams that somebody closed, or that nobody reads any more: no traceback, and nothing of one in another."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from ..errors import WriteError

_closed: set[str] = set()


def open_closed_streams() -> None:
    """Opens closed streams to nowhere: else a file would get their number, and what is meant for them."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            _closed.add(name)
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def is_closed(name: str) -> bool:
    """Whether a stream was closed when the command started."""
    return name in _closed


def flush_stdout() -> None:
    """Writes what stdout holds back; Python would complain of a full disk, or of a reader that left, at its end.

    Raises:
        WriteError: The disk is full.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        write_nowhere(sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise WriteError(f"stdout cannot be written: {error.strerror}", error.errno) from None


def flush_stderr() -> None:
    """Writes what stderr holds back, or loses it: Python would try once more at its end, and exit with 120."""
    try:
        sys.stderr.flush()
    except OSError:
        write_nowhere(sys.stderr.fileno())


def write_nowhere(number: int) -> None:
    """Gives a file descriptor to nowhere, so that what is still held back is lost without a word."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
