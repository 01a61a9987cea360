"""Names that are safe as parts of paths; everything here checks text and touches no file.

Uids and cards come from outside, and paths are built from them. So each part has to be a plain name on every
operating system before it gets near a path.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from ..errors import UnsafePathError

MAX_NAME_BYTES = 120
"""The longest part of a uid: what a module is called is in the names of its files."""
MAX_ASSET_NAME_BYTES = 230
"""Leaves room for what is appended to a name (`.rejected`, `.part.tag`) within the usual 255 bytes."""

_NOT_IN_NAMES = set('<>:"/\\|?*')
_WINDOWS_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "123456789¹²³"
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
    faults = {
        "is empty": not name,
        "has characters that cannot be printed": not name.isprintable(),
        "has one of the characters " + " ".join(sorted(_NOT_IN_NAMES)): _NOT_IN_NAMES & set(name),
        "refers to another folder": name in (".", "..") or name.startswith("~"),
        "begins with a dot, which hides it": name.startswith("."),
        "begins with a space, or ends with a dot or a space": name.startswith(" ") or name.endswith((".", " ")),
        "is the name of a device on Windows": name.partition(".")[0].rstrip().lower() in _WINDOWS_DEVICES,
        f"is longer than {max_bytes} bytes": _bytes(name) > max_bytes,
    }
    return _without(faults, name, what, "; use letters, digits, '-', '_' and '.'")


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
    taken_apart = not unicodedata.is_normalized("NFC", part)
    room = f"is longer than {_LONGEST_NAME} bytes, which leaves no room for the names of its files"
    faults = {
        f"ends with {ending and ending[0]}, as files do: leave that off": ending,
        "has letters taken apart into letter and accent: write them as one (Unicode form NFC)": taken_apart,
        room: _bytes(part) > _LONGEST_NAME,
    }
    return _without(faults, part, "name")


def _without(faults: Mapping[str, object], name: str, what: str, remedy: str = "") -> str:
    """Returns a name of which none of some faults is true."""
    for fault, found in faults.items():
        if found:
            raise UnsafePathError(f"the {what} {shown(name)} {fault}{remedy}")
    return name


def _bytes(name: str) -> int:
    return len(name.encode("utf-8", "surrogatepass"))


def shown(text: str) -> str:
    """Text from outside as a message shows it: in quotes, and cut where it is long."""
    return repr(text if len(text) <= 160 else text[:157] + "...")
