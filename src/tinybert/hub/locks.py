"""Locks shared between processes, with a warning for those that wait."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import UnsafePathError

PATIENCE = 1.0
"""Seconds of waiting before a warning is given."""


@contextmanager
def locked(path: Path, doing: str) -> Iterator[None]:
    """Hold a lock that only one process or thread can have at a time.

    Args:
        path: The lock file. The holder's process id is written next to it.
        doing: What the lock is held for, such as `fetches tinybert.ckpt`; shown to those who wait.

    Raises:
        UnsafePathError: The file is a symbolic link; locking it would write to its target.

    Warns:
        UserWarning: Another process has held the lock for more than a second; the message says which.
    """
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        raise UnsafePathError(f"{path} is a link, and would be written through: remove it")
    lock, owner = FileLock(path), path.with_name(f"{path.name}.pid")
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        warnings.warn(f"waiting for {_holder(owner)}, which {doing} (lock: {path})", stacklevel=2)
        lock.acquire()
    try:
        with suppress(OSError):  # for example a full disk: the holder's id is then unknown to others
            owner.unlink(missing_ok=True)
            owner.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        with suppress(OSError):
            owner.unlink(missing_ok=True)
        lock.release()


def _holder(owner: Path) -> str:
    try:
        pid = int(owner.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return "another process"
    return "another thread" if pid == os.getpid() else f"process {pid}"
