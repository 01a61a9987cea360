"""What uids, file names, addresses and hashes may look like; everything here checks text and touches no file.

Uids and cards come from outside, and paths are built from them. So each part has to be a plain name on every
operating system before it gets near a path.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from ..errors import UnsafePathError

MAX_NAME_BYTES = 120
"""Room is left for what is put after a name (`.rejected`, `.part.tag`) within the usual 255 bytes."""

_NOT_IN_NAMES = set('<>:"/\\|?*')
_WINDOWS_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in range(1, 10)
}
# What this package itself puts beside an asset. A card must not be able to have another card overwritten.
_OUR_SUFFIXES = (".md", ".lock", ".part", ".tag", ".rejected")


def plain_name(name: str, what: str = "name") -> str:
    """Returns `name` if it is safe as one part of a path.

    Args:
        name: The part of a uid or of an address.
        what: What the name is, for the message.

    Raises:
        UnsafePathError: It is empty or too long, goes up or home, or does not work on every operating system.
    """
    if not name:
        fault = "is empty"
    elif not name.isprintable():
        fault = "has characters that cannot be printed"
    elif _NOT_IN_NAMES & set(name):
        fault = "has one of the characters " + " ".join(sorted(_NOT_IN_NAMES))
    elif name in (".", "..") or name.startswith("~"):
        fault = "stands for another folder"
    elif name[-1] in ". " or name[0] == " ":
        fault = "begins with a space, or ends with a dot or a space"
    elif name.partition(".")[0].rstrip().lower() in _WINDOWS_DEVICES:
        fault = "is the name of a device on Windows"
    elif len(name.encode()) > MAX_NAME_BYTES:
        fault = f"is longer than {MAX_NAME_BYTES} bytes"
    else:
        return name
    raise UnsafePathError(f"the {what} {_shown(name)} {fault}; use letters, digits, '-', '_' and '.'")


def asset_name(name: str, what: str = "file name") -> str:
    """Returns `name` if it is safe for a file that a card brings.

    Raises:
        UnsafePathError: It is no plain name, or one that the cache uses for its own files.
    """
    plain_name(name, what)
    if name.lower().endswith(_OUR_SUFFIXES):
        raise UnsafePathError(
            f"the {what} {_shown(name)} would be taken for a card or for a file of the cache; "
            f"it must not end with {', '.join(_OUR_SUFFIXES)}"
        )
    return name


def https_link(text: str) -> str:
    """Returns an address without the `<>` that Markdown allows around it.

    Raises:
        ValueError: It is not an https address, carries a user name, or has a query, which would end up in a file name.
    """
    link = text.strip()
    if link.startswith("<") and link.endswith(">"):
        link = link[1:-1].strip()
    parts = split_https(link)
    if parts.query or parts.fragment:
        raise ValueError(f"the address {_shown(link)} must end with its path, without '?' or '#'")
    return link


def split_https(link: str) -> SplitResult:
    """Takes an https address apart.

    Raises:
        ValueError: It is not an https address, or carries a user name.
    """
    if not link.isprintable() or " " in link or "\\" in link:
        raise ValueError(f"the address {_shown(link)} has blanks, backslashes or characters that cannot be printed")
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"the address {_shown(link)} is malformed") from None
    if parts.scheme != "https" or not host:
        raise ValueError(f"the address {_shown(link)} must begin with https://")
    # "https://download.mindspore.cn@elsewhere.example/" leads elsewhere, and a password would show up in messages.
    if "@" in parts.netloc:
        raise ValueError("an address must not contain a user name or a password; put them into ~/.netrc")
    return parts


def link_name(link: str) -> str:
    """Returns the last part of an address's path, as the official client takes it for a file or folder name."""
    return link.rsplit("/", 1)[-1]


def sha256_text(text: str) -> str:
    """Returns a SHA-256 in lower case.

    Raises:
        ValueError: It does not consist of 64 hexadecimal digits.
    """
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError(f"a SHA-256 has 64 hexadecimal digits, {_shown(text)} has not")
    return text.lower()


def parse_uid(name: str) -> str:
    """Reads a module's uid from a uid or from the address of its card.

    Args:
        name: `mindspore/ascend/1.0/tinybert_v1.0_cn-wiki`, `mindspore/1.10/tinybert_enwiki128_mnli`, or an https
            address that ends with one of them, with or without `.md`.

    Returns:
        The uid: three or four plain names with slashes between.

    Raises:
        UnsafePathError: It has another number of parts, or a part that is no plain name.

    Examples:
        >>> parse_uid("https://gitee.com/mindspore/hub/raw/master/mshub_res/assets/mindspore/1.3/lenet_mnist.md")
        'mindspore/1.3/lenet_mnist'
    """
    parts = _uid_parts_of_link(name) if "://" in name else name.split("/")
    if len(parts) not in (3, 4):
        raise UnsafePathError(
            f"{_shown(name)} is no uid: it must have 3 or 4 parts, as in mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"
        )
    for part in parts:
        plain_name(part, f"part of the uid {_shown(name)},")
    return "/".join(parts)


def _uid_parts_of_link(link: str) -> list[str]:
    try:
        path = split_https(link).path
    except ValueError as error:
        raise UnsafePathError(str(error)) from None
    # Only the ending `.md` goes: names such as tinybert_v1.0_cn-wiki have dots of their own.
    parts = path.strip("/").removesuffix(".md").split("/")
    if "assets" in parts[:-1]:
        return parts[parts.index("assets") + 1 :]
    # Without `assets/` nothing tells three parts from four; the official client takes four.
    return parts[-4:]


def _shown(text: str) -> str:
    return repr(text if len(text) <= 160 else text[:157] + "...")
