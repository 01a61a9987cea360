"""Handle closed standard streams, and readers that stop, without tracebacks or misdirected output."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from ..errors import WriteError

_closed: set[str] = set()


def open_closed_streams() -> None:
    """Open closed standard streams on the null device; otherwise a file could get their number, and their output."""
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
    """Return whether a stream was closed when the command started."""
    return name in _closed


def flush_stdout() -> None:
    """Flush stdout now; at exit Python would report a full disk, or a reader that stopped, with a traceback.

    Raises:
        WriteError: It cannot be written, for example because the disk is full.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        write_nowhere(sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise WriteError(f"stdout cannot be written: {error.strerror}", error.errno) from None


def flush_stderr() -> None:
    """Flush stderr or discard its buffer; otherwise Python would retry at exit, and exit with code 120."""
    try:
        sys.stderr.flush()
    except OSError:
        write_nowhere(sys.stderr.fileno())


def write_nowhere(number: int) -> None:
    """Redirect a file descriptor to the null device, so that buffered output is discarded silently."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
