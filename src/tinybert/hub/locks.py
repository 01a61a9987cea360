"""Locks that processes share, and a word to whoever waits for one."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import UnsafePathError

PATIENCE = 1.0
"""Seconds after which a wait is spoken of."""


@contextmanager
def locked(path: Path, doing: str) -> Iterator[None]:
    """Holds a lock; one process or thread has it at a time.

    Args:
        path: The lock's file. Who holds it is written beside it.
        doing: What it is held for, such as `fetches tinybert.ckpt`, for those who wait.

    Raises:
        UnsafePathError: The file is a link, and locking would write to what it points to.

    Warns:
        UserWarning: Another process has the lock for longer than a second; says which.
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
        with suppress(OSError):  # a full disk: then nobody learns who it is
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
