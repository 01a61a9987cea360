"""Verify files against the SHA-256 in their card before they are loaded."""

from __future__ import annotations

import hashlib
import os
import re
from io import FileIO
from pathlib import Path

from ..errors import HubError, IntegrityError

_BLOCK = 4 << 20


def sha256_text(text: str) -> str:
    """Return a SHA-256 in lower case.

    Raises:
        ValueError: The text is not 64 hexadecimal digits.
    """
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError(f"{text[:80]!r} is not a SHA-256, which has 64 hexadecimal digits")
    return text.lower()


def sha256_of(path: str | Path) -> str:
    """Return the SHA-256 of a file as 64 lower-case hexadecimal digits, reading 4 MiB at a time."""
    with open(path, "rb", buffering=0) as file:
        return _digest(file)


def verify(path: str | Path, sha256: str, *, quarantine: bool = True) -> Path:
    """Check that a file has the declared hash.

    Args:
        path: The file.
        sha256: The declared hash.
        quarantine: Whether to rename a wrong file to `<name>.rejected`, so that no later call uses it. Pass False for
            files that users keep elsewhere, which must not be moved.

    Returns:
        The path.

    Raises:
        IntegrityError: The hash differs; the message names the file and both hashes.
    """
    path, expected = Path(path), sha256_text(sha256)
    with open(path, "rb", buffering=0) as file:
        actual, opened = _digest(file), os.fstat(file.fileno())
    if actual != expected:
        raise _refusal(path, expected, actual, opened if quarantine else None, "Replace it with the right file.")
    return path


def verified_bytes(
    path: str | Path, sha256: str, *, quarantine: bool = True, remedy: str = "Replace it with the right file."
) -> bytes:
    """Read a file once and return its content if it has the declared hash.

    The bytes that were hashed are the ones returned, so the file cannot change between check and use.

    Args:
        path: The file.
        sha256: The declared hash.
        quarantine: As for `verify`.
        remedy: What to do about a wrong file that is not moved, for the message.

    Raises:
        IntegrityError: The hash differs; the message names the file and both hashes.
        HubError: The file cannot be read.
    """
    path, expected = Path(path), sha256_text(sha256)
    try:
        with open(path, "rb", buffering=0) as file:
            content, opened = file.read(), os.fstat(file.fileno())
    except OSError as error:
        raise HubError(f"{path} cannot be read: {error.strerror}.") from None
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        raise _refusal(path, expected, actual, opened if quarantine else None, remedy)
    return content


def _digest(file: FileIO) -> str:
    # hashlib.file_digest does this, but only since Python 3.11.
    digest, buffer = hashlib.sha256(), memoryview(bytearray(_BLOCK))
    while size := file.readinto(buffer):
        digest.update(buffer[:size])
    return digest.hexdigest()


def _refusal(path: Path, expected: str, actual: str, opened: os.stat_result | None, remedy: str) -> IntegrityError:
    if opened is not None:
        remedy = _set_aside(path, opened)
    return IntegrityError(
        f"{path} is not the file that its card declares, and was not loaded.\n"
        f"  declared SHA-256: {expected}\n"
        f"  SHA-256 found:    {actual}\n{remedy}",
        expected=expected,
        actual=actual,
    )


def _set_aside(path: Path, opened: os.stat_result) -> str:
    rejected = path.with_name(path.name + ".rejected")
    try:
        # Another process may have put the right file there since; keep that one.
        if os.path.samestat(os.stat(path), opened):
            os.replace(path, rejected)
    except OSError as error:
        return f"It could not be moved aside ({error.strerror}): delete it, then the next call fetches it again."
    return f"It was moved to {rejected.name}; the next call fetches it again."
