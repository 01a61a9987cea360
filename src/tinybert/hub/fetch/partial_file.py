"""The unfinished file of a download, from which a later attempt or a later process resumes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

_BLOCK = 1 << 20


class PartialFile:
    """The file `<target>.part`, hashed as far as it has come.

    Beside it, `<target>.part.tag` keeps the server's ETag or date of change: with it, a server that has a different
    file by now sends all of it, rather than its end to follow our beginning.

    Args:
        target: The path of the finished file. What an earlier attempt left is used.

    Attributes:
        path: The unfinished file.
        size: Its bytes so far.
        resumed: Whether they came in more than one piece, and so may be from two different files.
    """

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self._tag_path = target.with_name(f"{target.name}.part.tag")
        self.size = 0
        self.resumed = False
        self._digest = hashlib.sha256()
        for own in (self.path, self._tag_path):
            if own.is_symlink():  # what it points to is not ours to write to
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
        """Returns the headers that ask for the rest; for all of it where what is there has a damaged tag."""
        tag = self._tag_path.read_text(encoding="latin-1").strip() if self._tag_path.exists() else None
        if tag is not None and not (tag and tag.isprintable()):
            self.drop()
        if not self.size:
            return {}
        return {"Range": f"bytes={self.size}-"} | ({} if tag is None else {"If-Range": tag})

    def restart(self, tag: str | None) -> None:
        """Begins again with an empty file; `tag` is the server's ETag or date of change."""
        self.drop()
        self.path.touch()
        if tag:
            self._tag_path.write_text(tag, encoding="latin-1")

    def append(self, blocks: Iterable[bytes]) -> None:
        """Writes blocks at the end as they come; what has come is kept if they break off."""
        self.resumed = self.resumed or self.size > 0
        with open(self.path, "ab") as file:
            for block in blocks:
                file.write(block)
                self._count(block)

    def drop(self) -> None:
        """Removes the file and forgets what it held."""
        self.path.unlink(missing_ok=True)
        self._tag_path.unlink(missing_ok=True)
        self.size, self.resumed, self._digest = 0, False, hashlib.sha256()

    def move_to(self, target: Path) -> None:
        """Puts the finished file under its name, on the disk before it is seen there."""
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
