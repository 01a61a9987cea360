"""Everything that depends on the installed MindSpore: whether it is usable, and differences between versions."""

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

# MindSpore reads its log level when it is imported. Errors are still shown; its own warnings (about every checkpoint
# key that it does not bind, for example) would bury ours.
os.environ.setdefault("GLOG_v", "3")


def check_mindspore() -> None:
    """Check that a usable MindSpore is installed, without importing it.

    Raises:
        DependencyError: MindSpore is missing, or NumPy is too new for it; the message says what to install.
    """
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
    """Import MindSpore; raise the errors of `check_mindspore` and `check_not_forked`."""
    check_mindspore()
    check_not_forked()
    with until_done():  # a Ctrl-C during its import is lost, or aborts Python
        import mindspore  # noqa: F401


def check_not_forked() -> None:
    """Raise ForkError if this process was forked from one that had already run a graph.

    MindSpore would hang: it waits for its worker threads, which do not exist in the child.
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
    """Guard a graph run: one at a time, since MindSpore crashes when several threads run graphs at once.

    A Ctrl-C during the run raises KeyboardInterrupt at the end of it. The lock is stored in the module `mindspore`,
    since the official client may load several copies of this package.

    Raises:
        ForkError: See `check_not_forked`.
    """
    import mindspore

    check_not_forked()
    mindspore.__dict__.setdefault(_PID, os.getpid())
    with mindspore.__dict__.setdefault("_tinybert_graph_lock", threading.RLock()), interruptible():
        yield


def device_target() -> str:
    """Return the device that MindSpore computes on: `CPU`, `GPU` or `Ascend`."""
    import mindspore

    return str(mindspore.get_context("device_target"))


@contextmanager
def graph_mode() -> Iterator[None]:
    """Run the block in GRAPH_MODE, then restore the caller's mode.

    In PYNATIVE_MODE, MindSpore's default, a training step is slower, with or without `ms.jit`.
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
