"""The one place that knows which MindSpore is installed: what must be there, and what differs between versions."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata

from .errors import DependencyError, ForkError
from .signals import interruptible, until_done

# MindSpore reads its log level when it is imported. Errors still show; its own warnings (about every checkpoint key
# that it leaves unbound, say) would hide ours.
os.environ.setdefault("GLOG_v", "3")


def check_mindspore() -> None:
    """Raises DependencyError, with what to install, unless a MindSpore that works here is there; does not import it."""
    numpy_version = metadata.version("numpy") if importlib.util.find_spec("numpy") else "1"
    if int(numpy_version.partition(".")[0]) >= 2:
        raise DependencyError(
            f"NumPy {numpy_version} is installed, but MindSpore is built against NumPy 1 and fails with it. "
            "Install an older one: pip install 'numpy<2'"
        )
    if importlib.util.find_spec("mindspore") is None:
        raise DependencyError(
            "MindSpore is not installed. For CPU: pip install 'mindspore>=2.7,<3' 'numpy<2'. "
            "For Ascend follow the installation guide of MindSpore for your CANN version."
        )


def require_mindspore() -> None:
    """Imports MindSpore; raises as `check_mindspore` and `check_not_forked`."""
    check_mindspore()
    check_not_forked()
    with until_done():  # a Ctrl-C in the middle of its import is lost, or ends Python by an abort
        import mindspore  # noqa: F401


def check_not_forked() -> None:
    """Raises ForkError in a process that was forked from one in which a graph had run: MindSpore would wait for ever.

    Its threads, for which it waits, are not there in the child.
    """
    pid = getattr(sys.modules.get("mindspore"), _PID, os.getpid())
    if pid != os.getpid():
        raise ForkError(
            f"process {os.getpid()} was forked from {pid}, which had used MindSpore before: it would wait for ever. "
            "Start processes by spawning: multiprocessing.get_context('spawn'), a DataLoader's "
            "multiprocessing_context='spawn'; or use MindSpore in the children only"
        )


_PID = "_tinybert_graph_pid"


@contextmanager
def graph_runs() -> Iterator[None]:
    """Around every run of a graph: one at a time, since MindSpore crashes when threads run them side by side.

    A Ctrl-C meanwhile interrupts at the end. The lock lies in the module `mindspore`, since the official client may
    load several copies of this package.

    Raises:
        ForkError: As `check_not_forked`.
    """
    import mindspore

    check_not_forked()
    mindspore.__dict__.setdefault(_PID, os.getpid())
    with mindspore.__dict__.setdefault("_tinybert_graph_lock", threading.RLock()), interruptible():
        yield


def device_target() -> str:
    """The device that MindSpore computes on: `CPU`, `GPU` or `Ascend`."""
    import mindspore

    return str(mindspore.get_context("device_target"))


@contextmanager
def graph_mode() -> Iterator[None]:
    """Runs what is within in GRAPH_MODE, and goes back to the caller's mode.

    In PYNATIVE_MODE, MindSpore's default, a training step is slower, with `ms.jit` or without.
    """
    import mindspore

    before = mindspore.get_context("mode")
    _set_mode(mindspore.GRAPH_MODE)
    try:
        yield
    finally:
        _set_mode(before)


def _set_mode(mode: int) -> None:
    import mindspore

    if mindspore.get_context("mode") != mode:
        with graph_runs():
            mindspore.set_context(mode=mode)
