"""What a file is that is not what its name says: people fetch, clone and rename, and something else arrives."""

from __future__ import annotations

_BEGINNINGS = {
    b"version https://git-lfs.github.com/spec/": "a pointer of Git LFS and not the file itself: run git lfs pull",
    b"\x1f\x8b": "compressed by gzip: unpack it first",
    b"PK\x03\x04": "a zip archive, as PyTorch writes its pickles: save it as safetensors first",
    b"<!doctype html": "a web page, such as an error or a login: fetch the file itself",
    b"<html": "a web page, such as an error or a login: fetch the file itself",
}


def foreign(data: bytes) -> str | None:
    """What a file is instead, with the remedy; None if it may be what it should be.

    Args:
        data: Its content, or the first 64 bytes.

    Example:
        >>> foreign(b"version https://git-lfs.github.com/spec/v1")
        'a pointer of Git LFS and not the file itself: run git lfs pull'
    """
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((what for beginning, what in _BEGINNINGS.items() if start.startswith(beginning.lower())), None)
