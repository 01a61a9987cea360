"""Recognize files whose content is not what the name says, such as Git LFS pointers and HTML error pages."""

from __future__ import annotations

_BEGINNINGS = {
    b"version https://git-lfs.github.com/spec/": "a pointer of Git LFS and not the file itself: run git lfs pull",
    b"\x1f\x8b": "compressed by gzip: unpack it first",
    b"PK\x03\x04": "a zip archive, as PyTorch writes its pickles: save it as safetensors first",
    b"<!doctype html": "a web page, such as an error or a login: fetch the file itself",
    b"<html": "a web page, such as an error or a login: fetch the file itself",
}


def foreign(data: bytes) -> str | None:
    """Describe what a file really is and how to fix it; return None if nothing is wrong.

    Args:
        data: The file's content, or at least its first 64 bytes.

    Example:
        >>> foreign(b"version https://git-lfs.github.com/spec/v1")
        'a pointer of Git LFS and not the file itself: run git lfs pull'
    """
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((what for beginning, what in _BEGINNINGS.items() if start.startswith(beginning.lower())), None)
