"""Check that names are safe as parts of paths. Only text is checked; no file is accessed.

Uids and cards are untrusted, and paths are built from them. Each part must therefore be a plain name on every operating
system before it is used in a path.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from ..errors import UnsafePathError

MAX_NAME_BYTES = 120
"""Maximum length of a part of a uid, in bytes; the module's name is part of its file names."""
MAX_ASSET_NAME_BYTES = 230
"""Maximum length of a file name; leaves room for suffixes (`.rejected`, `.part.tag`) within the usual 255 bytes."""

_NOT_IN_NAMES = set('<>:"/\\|?*')
_WINDOWS_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "123456789¹²³"
}
# Files that this package writes next to an asset. A card must not be able to cause another card to be overwritten.
_OUR_SUFFIXES = (".md", ".lock", ".pid", ".part", ".tag", ".rejected")
_LONGEST_NAME = MAX_NAME_BYTES - len(".0123456789ab.tokenizer.json")
_FILE_ENDING = re.compile(r"\.(md|lock|part|tag|rejected|txt|json|ckpt|safetensors|bin|mindir|onnx|air|mslite)$")


def plain_name(name: str, what: str = "name", max_bytes: int = MAX_NAME_BYTES) -> str:
    """Return `name` after checking that it is safe as one part of a path.

    Args:
        name: A part of a uid or an address.
        what: What the name is, for the message.
        max_bytes: Maximum length in bytes.

    Raises:
        UnsafePathError: The name is empty, too long, refers to another folder, or does not work on every operating
            system.
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
    """Return `name` after checking that it is safe for a file that a card declares.

    Raises:
        UnsafePathError: It is not a plain name, or the cache uses such names for its own files.
    """
    plain_name(name, what, MAX_ASSET_NAME_BYTES)
    if name.lower().endswith(_OUR_SUFFIXES):
        raise UnsafePathError(
            f"the {what} {shown(name)} would be taken for a card or for a file of the cache; "
            f"it must not end with {', '.join(_OUR_SUFFIXES)}"
        )
    return name


def folded(name: str) -> str:
    r"""Return a normal form that is equal for all names that some file system treats as the same.

    It ignores case and Unicode form.

    Examples:
        >>> folded("Stra\u00dfe") == folded("STRASSE")
        True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def name_to_publish(part: str) -> str:
    """Return a part of a uid after checking that a module may be published under it.

    Raises:
        UnsafePathError: It ends in a file extension and could be mistaken for a file, is in a Unicode form that some
            file systems change, or is too long for the names of its files.
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
    """Return the name if none of the faults applies; else raise UnsafePathError."""
    for fault, found in faults.items():
        if found:
            raise UnsafePathError(f"the {what} {shown(name)} {fault}{remedy}")
    return name


def _bytes(name: str) -> int:
    return len(name.encode("utf-8", "surrogatepass"))


def shown(text: str) -> str:
    """Return untrusted text for a message: quoted, and shortened if it is long."""
    return repr(text if len(text) <= 160 else text[:157] + "...")
