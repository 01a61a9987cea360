"""Files that gzip has packed, unpacked on the side, so that any part of them can be read."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import BinaryIO

from ..errors import InputError

_GZIP = b"\x1f\x8b"
_HELD = 8
"""Files that are kept unpacked at a time."""


def open_packed(path: str | os.PathLike[str], is_plain: Callable[[bytes], bool]) -> BinaryIO:
    """Opens a file, or what gzip has packed in it.

    Args:
        path: The file.
        is_plain: Whether a file that begins with 12 such bytes is not packed, though it begins as a packed one does.

    Raises:
        InputError: What gzip packed is damaged, or there is no room to unpack it.
        OSError: The file cannot be read.
    """
    with open(path, "rb") as file:
        begin = file.read(12)
    if not begin.startswith(_GZIP) or is_plain(begin):
        return open(path, "rb")
    status = os.stat(path)
    return open(_unpacked(os.fspath(path), status.st_mtime_ns, status.st_size).name, "rb")


@lru_cache(maxsize=_HELD)
def _unpacked(path: str, modified: int, size: int) -> tempfile._TemporaryFileWrapper[bytes]:
    """A temporary file, which is there as long as this object; a changed file is another one."""
    del modified, size
    target = tempfile.NamedTemporaryFile(prefix="tinybert-")  # noqa: SIM115 - it lives as long as the cache
    try:
        with gzip.open(path, "rb") as packed:
            shutil.copyfileobj(packed, target, 1 << 20)
        target.flush()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path} is damaged: gzip cannot unpack it ({error}). Copy it again.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be unpacked to {tempfile.gettempdir()}: {error.strerror or error}.") from None
    return target
