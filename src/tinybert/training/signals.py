"""Termination of a multi-process training: every process ends when the launcher does."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

LAUNCHER = "TINYBERT_LAUNCHER"
"""Environment variable with the process id of the launcher."""
_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_launcher() -> None:
    """Let Linux send SIGTERM to this process when its launcher dies; a training then saves its state."""
    launcher = os.environ.get(LAUNCHER)
    if launcher is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    try:
        os.kill(int(launcher), 0)
    except ProcessLookupError:  # it has already ended
        os.kill(os.getpid(), signal.SIGTERM)
