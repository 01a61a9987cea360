"""Write files atomically, several in one step, replacing existing ones; and write JSON that every parser accepts."""

from __future__ import annotations

import errno
import json
import math
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Collection, Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import TinyBertError, WriteError

_ASIDE, _DECIDED = ".write-", ".replace-"
"""Prefixes of temporary folders: of files still being written, and of complete files on the way to their places."""
_GONE = ".gone"
"""Name of the list of files to remove when the new ones are put in place."""
_DISK_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS}


@contextmanager
def replacing(
    path: str | os.PathLike[str], *, through_link: bool = False, without: Collection[str] = ()
) -> Iterator[Path]:
    """Yield a path to write to; its files replace the target only if the block ends without an error.

    Several files are replaced in one step: once all are complete, a single rename commits them. If the process is
    killed after that, the next reader or writer of the folder finishes moving the files (`settle`).

    Args:
        path: The target file. Its folder is created if missing. A file that is replaced passes on its mode and, where
            permitted, its owner. A device or a pipe is kept and receives the content at the end.
        through_link: Whether to keep a symbolic link at the target and write the file that it points to. By default the
            link is replaced, since what it points to may belong to something else.
        without: Names of other files in the folder that would be mistaken for part of the new ones; they are removed in
            the same step.

    Yields:
        A path with the same name in a temporary folder. Further files written next to it, or in subfolders there, are
        moved as well. Other files in the target's folder are kept.

    Raises:
        WriteError: The file cannot be written (checked before the block starts), or the disk is full.
    """
    target = check_writable(path)
    if not through_link:
        target = Path(path)
    special = target.exists() and not target.is_file()
    with naming(path):
        if not special:
            target.parent.mkdir(parents=True, exist_ok=True)
            settle(target.parent)
        beside = Path(tempfile.mkdtemp(dir=None if special else target.parent, prefix=_ASIDE))
    try:
        mode = _mode_of_a_new_file(beside / "new")
        with naming(path, _DISK_TROUBLE):
            try:
                yield beside / Path(path).name
            except WriteError as error:  # of another file in the folder; it already names that file
                raise WriteError(error.message.replace(str(beside), str(target.parent)), error.errno) from None
        with naming(path):
            if special:
                with open(beside / Path(path).name, "rb") as source, open(target, "wb") as there:
                    shutil.copyfileobj(source, there)
                return
            # MindSpore and safetensors create files that only the owner may read.
            own = beside / Path(path).name
            places = {file: target if file == own else target.parent / file.relative_to(beside) for file in _in(beside)}
            for file, place in places.items():
                _take_after(file, place, mode)
            gone = [name for name in without if not (beside / name).exists()]
            if len(places) == 1 and not gone:
                os.replace(*places.popitem())
                return
            (beside / _GONE).write_text("\n".join(gone), encoding="utf-8")
            os.rename(beside, beside.with_name(_DECIDED + beside.name.removeprefix(_ASIDE)))
            settle(target.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def settle(folder: str | os.PathLike[str]) -> None:
    """Finish moving files that a killed process had committed but not yet put in place (see `replacing`).

    Raises:
        WriteError: The files cannot be moved, for example in a read-only folder.
    """
    folder = Path(folder)
    for decided in folder.glob(f"{_DECIDED}*"):
        with naming(folder), suppress(FileNotFoundError):  # another process does the same
            for file in _in(decided):
                place = folder / file.relative_to(decided)
                place.parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):
                    os.replace(file, place)
            for name in (decided / _GONE).read_text(encoding="utf-8", errors="replace").splitlines():
                # The list may come from anyone: never delete outside the folder.
                if not Path(name).is_absolute() and ".." not in Path(name).parts and "\0" not in name:
                    (folder / name).unlink(missing_ok=True)
        shutil.rmtree(decided, ignore_errors=True)


def check_writable(path: str | os.PathLike[str]) -> Path:
    """Check that a file can be written, before anything is computed for it, and return its path with links resolved.

    Raises:
        WriteError: It cannot be written; the message says why.
    """
    with naming(path):
        if "\0" in os.fspath(path):
            raise OSError(errno.EINVAL, "there is a null character in its name")
        target = Path(os.path.realpath(path))
        if target.is_symlink():
            raise OSError(errno.ELOOP, "links lead in a circle")
        if not target.exists() and os.path.exists(path):
            target = Path(path)  # an open pipe, such as /dev/stdout: its name in /proc is no path
        if not target.name or target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder; give the name of a file")
        if target.exists() and not target.is_file():
            allowed, where = os.access(target, os.W_OK), target
        else:
            where = next(parent for parent in target.parents if parent.exists())
            if not where.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, f"{where} is a file, not a folder")
            allowed = os.access(where, os.W_OK | os.X_OK)
        if not allowed:
            raise PermissionError(errno.EACCES, f"nothing may be written to {where}")
    return target


@contextmanager
def naming(path: str | os.PathLike[str], among: Container[int] | None = None) -> Iterator[None]:
    """Turn an operating system error into a `WriteError` that names the file.

    This includes errors that a Rust or C++ library reports only as text.

    Args:
        path: The file that the block writes.
        among: The error numbers to convert; None for all.
    """
    try:
        yield
    except TinyBertError:
        raise
    except Exception as error:
        number = error.errno if isinstance(error, OSError) else _told(str(error))
        if number is None or (among is not None and number not in among):
            raise
        reason = error.strerror if isinstance(error, OSError) else os.strerror(number)
        remedy = "Make room, or write to another disk" if number in _FULL else "Choose another place"
        raise WriteError(f"{os.fspath(path)} cannot be written: {reason}. {remedy}.", number) from None


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def _told(text: str) -> int | None:
    """Return the operating system's error number that a text mentions, or None."""
    match = re.search(r"os error (\d+)", text)
    if match:
        return int(match[1])
    if "no free disk" in text.lower():  # MindRecord's words
        return errno.ENOSPC
    return next((number for number in sorted(_DISK_TROUBLE) if os.strerror(number).lower() in text.lower()), None)


def _in(folder: Path) -> list[Path]:
    """Return the files in a folder and its subfolders, sorted by path."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and file.name != _GONE)


def _take_after(file: Path, place: Path, mode: int) -> None:
    """Give a file the mode and owner of the file that it replaces, or the mode of a new file."""
    with suppress(FileNotFoundError):
        before = place.stat(follow_symlinks=False)
        if stat.S_ISREG(before.st_mode):
            mode = before.st_mode
            if hasattr(os, "chown") and (before.st_uid, before.st_gid) != (file.stat().st_uid, file.stat().st_gid):
                with suppress(OSError):
                    os.chown(file, before.st_uid, before.st_gid)
    if file.stat().st_mode != mode:
        file.chmod(stat.S_IMODE(mode))


def _mode_of_a_new_file(path: Path) -> int:
    """Return the mode that the umask or the folder's ACL gives a new file; reading the umask would change it."""
    path.touch()
    mode = path.stat().st_mode
    path.unlink()
    return mode


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Return a value as JSON. NaN and the infinities, such as the correlation of a constant, become null.

    Args:
        value: Numbers, strings, lists, tuples and dicts of these.
        indent: Spaces per level, with one value per line; None for a single line.

    Examples:
        >>> to_json({"pearson": float("nan")})
        '{"pearson": null}'
    """
    return json.dumps(_finite(value), indent=indent, ensure_ascii=False, allow_nan=False)


def write_json(path: Path, value: Any) -> None:
    """Write a value to a JSON file, atomically."""
    with replacing(path) as temporary:
        temporary.write_text(to_json(value, indent=2) + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
