"""What ends a parallel training from outside reaches all of its processes."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

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
