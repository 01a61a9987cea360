"""Gzip files, decompressed to temporary files so that any part of them can be read."""

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
"""Number of decompressed files kept at a time."""


def open_packed(path: str | os.PathLike[str], is_plain: Callable[[bytes], bool]) -> BinaryIO:
    """Open a file for reading, decompressed if it is a gzip file.

    Args:
        path: The file.
        is_plain: Takes the first 12 bytes of a file that looks like gzip; returns whether it is uncompressed after all.

    Raises:
        InputError: The gzip data is damaged, or there is no space to decompress it.
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
    """Return a temporary file that exists as long as this object; time and size distinguish versions of `path`."""
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
