"""The unfinished file of a download, from which a later attempt or process resumes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

_BLOCK = 1 << 20


class PartialFile:
    """The file `<target>.part`, hashed as it grows.

    The server's ETag or modification date is kept in `<target>.part.tag`. With it, a server whose file has changed
    sends the whole new file instead of the rest of it.

    Args:
        target: The path of the finished file. The rest of an earlier attempt is used.

    Attributes:
        path: The unfinished file.
        size: Its current size in bytes.
        resumed: Whether it arrived in more than one piece, and so may combine two different files.
    """

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self._tag_path = target.with_name(f"{target.name}.part.tag")
        self.size = 0
        self.resumed = False
        self._digest = hashlib.sha256()
        for own in (self.path, self._tag_path):
            if own.is_symlink():  # its target must not be written to
                own.unlink()
        if self.path.exists():
            with open(self.path, "rb") as file:
                while block := file.read(_BLOCK):
                    self._count(block)

    @property
    def sha256(self) -> str:
        """The hash of the bytes so far."""
        return self._digest.hexdigest()

    def request_headers(self) -> dict[str, str]:
        """Return the headers that request the rest of the file, or all of it if the stored tag is damaged."""
        tag = self._tag_path.read_text(encoding="latin-1").strip() if self._tag_path.exists() else None
        if tag is not None and not (tag and tag.isprintable()):
            self.drop()
        if not self.size:
            return {}
        return {"Range": f"bytes={self.size}-"} | ({} if tag is None else {"If-Range": tag})

    def restart(self, tag: str | None) -> None:
        """Start over with an empty file; `tag` is the server's ETag or modification date."""
        self.drop()
        self.path.touch()
        if tag:
            self._tag_path.write_text(tag, encoding="latin-1")

    def append(self, blocks: Iterable[bytes]) -> None:
        """Append blocks as they arrive; those written before an interruption are kept."""
        self.resumed = self.resumed or self.size > 0
        with open(self.path, "ab") as file:
            for block in blocks:
                file.write(block)
                self._count(block)

    def drop(self) -> None:
        """Delete the file and reset its state."""
        self.path.unlink(missing_ok=True)
        self._tag_path.unlink(missing_ok=True)
        self.size, self.resumed, self._digest = 0, False, hashlib.sha256()

    def move_to(self, target: Path) -> None:
        """Give the finished file its final name, after flushing it to disk."""
        with open(self.path, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(self.path, target)
        self._tag_path.unlink(missing_ok=True)
        if os.name == "posix":
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _count(self, block: bytes) -> None:
        self._digest.update(block)
        self.size += len(block)
