"""Files out: whole or not at all, several in one step, in the place of what is there; and JSON for every parser."""

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
"""Folders of files that are being written, and of whole ones on the way to their places."""
_GONE = ".gone"
"""A list of the files that go when the others come."""
_DISK_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS}


@contextmanager
def replacing(
    path: str | os.PathLike[str], *, through_link: bool = False, without: Collection[str] = ()
) -> Iterator[Path]:
    """Gives a path to write to instead; what was written takes its place only if the block ends without an error.

    Several files change hands in one step: once all are whole, a rename decides it. A process that is killed after it
    leaves files on the way to their places; whoever reads or writes in the folder next brings them there (`settle`).

    Args:
        path: The file to be. Its folder is made if it is not there. A file that is there keeps its mode and, where
            that is allowed, its owner. A device or a pipe stays what it is, and gets what was written at the end.
        through_link: Whether a link there stays, and the file that it points to is written. By default a file takes
            the place of the link: what it points to may be somebody else's.
        without: Names of other files in the folder that would be taken for files of these: they are removed in the
            same step.

    Yields:
        A path with the same name in a folder of its own. Further files laid beside it, or in folders there, are moved
        as well. Other files of the target's folder stay as they are.

    Raises:
        WriteError: The file cannot be written, which is found before the block begins; or the disk is full.
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
            except WriteError as error:  # of a file beside it, which has its name already
                raise WriteError(error.message.replace(str(beside), str(target.parent)), error.errno) from None
        with naming(path):
            if special:
                with open(beside / Path(path).name, "rb") as source, open(target, "wb") as there:
                    shutil.copyfileobj(source, there)
                return
            # MindSpore and safetensors write files that only their owner may read.
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
    """Brings files to their places that a killed process had decided to put there (`replacing`).

    Raises:
        WriteError: They cannot be moved, as in a folder that may only be read.
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
                # Who knows whose folder it is?
                if not Path(name).is_absolute() and ".." not in Path(name).parts and "\0" not in name:
                    (folder / name).unlink(missing_ok=True)
        shutil.rmtree(decided, ignore_errors=True)


def check_writable(path: str | os.PathLike[str]) -> Path:
    """Checks, before anything is computed for it, whether a file can be written; returns what links lead to.

    Raises:
        WriteError: It cannot; says why.
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
    """Makes an error of the system, also one that a library in Rust or C++ tells as text, a `WriteError` of a file.

    Args:
        path: The file that is written within.
        among: Numbers of the errors that are meant; None means all.
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
    """The number of the system's error that a text speaks of."""
    match = re.search(r"os error (\d+)", text)
    if match:
        return int(match[1])
    if "no free disk" in text.lower():  # MindRecord's words
        return errno.ENOSPC
    return next((number for number in sorted(_DISK_TROUBLE) if os.strerror(number).lower() in text.lower()), None)


def _in(folder: Path) -> list[Path]:
    """The files that are laid in a folder, and below it, in the order of their names."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and file.name != _GONE)


def _take_after(file: Path, place: Path, mode: int) -> None:
    """Gives a file the mode of any new file, or mode and owner of the one whose place it takes."""
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
    """What the umask, or the folder's access list, gives; to ask for the umask is to change it for all threads."""
    path.touch()
    mode = path.stat().st_mode
    path.unlink()
    return mode


def to_json(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON. A number that is undefined, such as the correlation of a constant, is null: JSON has no NaN.

    Args:
        value: Numbers, strings, lists, tuples and dicts of these.
        indent: Blanks of each level, one line a value; None for one line in all.

    Examples:
        >>> to_json({"pearson": float("nan")})
        '{"pearson": null}'
    """
    return json.dumps(_finite(value), indent=indent, ensure_ascii=False, allow_nan=False)


def write_json(path: Path, value: Any) -> None:
    """Writes a value as a JSON file, which is replaced whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(to_json(value, indent=2) + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
