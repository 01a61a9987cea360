"""User settings: the cache folder and the mirror."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from ..errors import HubError
from .addresses import split_web

DEFAULT_HUB_DIR = "~/.mscache"
_IS_HERE = re.compile("file:(?!//)|file://(localhost)?(/|$)", re.IGNORECASE)
"""How the address of a folder begins that names no other host."""

_chosen_hub_dir: Path | None = None


def set_hub_dir(path: str | Path | None = None) -> None:
    """Set the cache folder for this process.

    Args:
        path: The folder; None restores `MSHUB_CACHE` or `~/.mscache`.
    """
    global _chosen_hub_dir  # noqa: PLW0603 -- the official client has this setting for the whole process too
    _chosen_hub_dir = None if path is None else _absolute(path)


def get_hub_dir() -> Path:
    """Return the cache folder: from `set_hub_dir`, else `MSHUB_CACHE`, else `~/.mscache`."""
    return _chosen_hub_dir or _absolute(os.environ.get("MSHUB_CACHE") or DEFAULT_HUB_DIR)


def mirror() -> str | Path | None:
    """Return the mirror in `MSHUB_MIRROR`.

    It may be http, since everything from a mirror is checked by its hash.

    Returns:
        An address without a trailing slash, or a folder; None if no mirror is set.

    Raises:
        HubError: The value is neither the address of a host, with or without a path, nor a folder.
    """
    value = os.environ.get("MSHUB_MIRROR", "").strip()
    if not value:
        return None
    if value.lower().startswith("file:") or "://" not in value:
        return _folder(value)
    try:
        parts = split_web(value)
    except ValueError as error:
        raise HubError(f"MSHUB_MIRROR does not work: {error}") from None
    if parts.query or parts.fragment:
        raise HubError(f"MSHUB_MIRROR is {value!r}; it must end with a host or a path, without '?' or '#'")
    return value.rstrip("/")


def mirrored(url: str) -> str | Path:
    """Return where to fetch `url` from: the same path on the mirror, or `url` itself if no mirror is set."""
    base = mirror()
    path = urlsplit(url).path
    if isinstance(base, Path):
        parts = unquote(path).split("/")
        return base.joinpath(*(part for part in parts if part not in ("", ".", "..")))
    return url if base is None else base + path


def _folder(value: str) -> Path:
    is_address = value.lower().startswith("file:")
    if is_address and not _IS_HERE.match(value):
        raise HubError(f"MSHUB_MIRROR is {value!r}; the address of a folder begins with file:///")
    path = _absolute(url2pathname(urlsplit(value).path) if is_address else value)
    if not path.is_dir():
        raise HubError(
            f"MSHUB_MIRROR is {value.rpartition('@')[2]!r}, which is neither a folder nor an address that begins with "
            "https:// or http://"
        )
    return path


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(os.path.expanduser(path)))
