"""Names that are safe as parts of paths; everything here checks text and touches no file.

Uids and cards come from outside, and paths are built from them. So each part has to be a plain name on every
operating system before it gets near a path.
"""

from __future__ import annotations

import re
import unicodedata

from ..errors import UnsafePathError

MAX_NAME_BYTES = 120
"""The longest part of a uid: what a module is called is in the names of its files."""
MAX_ASSET_NAME_BYTES = 230
"""Leaves room for what is appended to a name (`.rejected`, `.part.tag`) within the usual 255 bytes."""

_NOT_IN_NAMES = set('<>:"/\\|?*')
_WINDOWS_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in range(1, 10)
}
# What this package itself puts beside an asset. A card must not be able to have another card overwritten.
_OUR_SUFFIXES = (".md", ".lock", ".pid", ".part", ".tag", ".rejected")
_LONGEST_NAME = MAX_NAME_BYTES - len(".0123456789ab.tokenizer.json")
_FILE_ENDING = re.compile(r"\.(md|lock|part|tag|rejected|txt|json|ckpt|safetensors|bin|mindir|onnx|air|mslite)$")


def plain_name(name: str, what: str = "name", max_bytes: int = MAX_NAME_BYTES) -> str:
    """Returns `name` if it is safe as one part of a path.

    Args:
        name: The part of a uid or of an address.
        what: What the name is, for the message.
        max_bytes: How long it may be.

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
        fault = "refers to another folder"
    elif name[0] == ".":
        fault = "begins with a dot, which hides it"
    elif name[-1] in ". " or name[0] == " ":
        fault = "begins with a space, or ends with a dot or a space"
    elif name.partition(".")[0].rstrip().lower() in _WINDOWS_DEVICES:
        fault = "is the name of a device on Windows"
    elif len(name.encode()) > max_bytes:
        fault = f"is longer than {max_bytes} bytes"
    else:
        return name
    raise UnsafePathError(f"the {what} {shown(name)} {fault}; use letters, digits, '-', '_' and '.'")


def asset_name(name: str, what: str = "file name") -> str:
    """Returns `name` if it is safe for a file that a card brings.

    Raises:
        UnsafePathError: It is not a plain name, or is one that the cache uses for its own files.
    """
    plain_name(name, what, MAX_ASSET_NAME_BYTES)
    if name.lower().endswith(_OUR_SUFFIXES):
        raise UnsafePathError(
            f"the {what} {shown(name)} would be taken for a card or for a file of the cache; "
            f"it must not end with {', '.join(_OUR_SUFFIXES)}"
        )
    return name


def folded(name: str) -> str:
    """What all spellings of a name have in common that some file system takes for one: case and Unicode form.

    Examples:
        >>> folded("Stra\u00dfe") == folded("STRASSE")
        True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def name_to_publish(part: str) -> str:
    """Returns a part of a uid if a module may be published under it.

    Raises:
        UnsafePathError: It ends like a file, so that one of the two would be taken for the other, is spelled in a way
            that some file systems change, or is too long for the names of its files.
    """
    ending = _FILE_ENDING.search(folded(part))
    if ending:
        fault = f"ends with {ending[0]}, as files do: leave that off"
    elif part != unicodedata.normalize("NFC", part):
        fault = "has letters taken apart into letter and accent: write them as one (Unicode form NFC)"
    elif len(part.encode()) > _LONGEST_NAME:
        fault = f"is longer than {_LONGEST_NAME} bytes, which leaves no room for the names of its files"
    else:
        return part
    raise UnsafePathError(f"the name {shown(part)} {fault}")


def shown(text: str) -> str:
    """Text from outside as a message shows it: in quotes, and cut where it is long."""
    return repr(text if len(text) <= 160 else text[:157] + "...")
