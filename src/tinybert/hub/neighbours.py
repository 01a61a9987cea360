"""Keep names in the cache unique to one module, including spellings that a file system may treat as equal."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from ..errors import CardError, UnsafePathError
from .cache import EntryPaths, HubCache
from .card import Card, read_card
from .included import DEFAULT_MODEL
from .registry import published
from .safe_names import folded, name_to_publish, shown

CONF = "mindspore_hub_conf.py"
"""The file that marks a code folder; the official client executes it."""


def uid_to_publish(uid: str) -> str:
    """Return a uid after checking that a module may be published under it; the cache is not considered.

    Raises:
        UnsafePathError: The uid belongs to a published module, or one of its parts is not a valid name.
    """
    if uid != DEFAULT_MODEL and folded(uid) == folded(DEFAULT_MODEL):
        raise UnsafePathError(f"{uid} is too like {DEFAULT_MODEL}, the model that comes with this package")
    if folded(uid) in map(folded, published()):
        raise UnsafePathError(f"{uid} is a published module; its name cannot be given to another file")
    return "/".join(map(name_to_publish, uid.split("/")))


def check_names(uid: str, paths: EntryPaths, cache: HubCache) -> None:
    """Check that a module can be written to its place without touching another.

    Args:
        uid: Its uid.
        paths: The paths of its parts.
        cache: The cache.

    Raises:
        UnsafePathError: A name is used by another module, or by something that does not belong to a module.
    """
    *folders, name = uid_to_publish(uid).split("/")
    folder = cache.root
    for part in folders:
        _check_spelling(folder, part, f"the folder of {uid}")
        folder = folder / part
        if (folder / CONF).exists():
            raise UnsafePathError(f"{folder} is the code of another module: {uid} cannot lie in it; choose another uid")
    _check_spelling(folder, f"{name}.md", uid)
    if paths.code.exists() and not (paths.code.is_dir() and (paths.code / CONF).exists()):
        raise UnsafePathError(
            f"{paths.code} exists and is not a code folder, but the code of {uid} belongs there, since its repo-link "
            "ends in that name: choose another uid, or a repo-link with another end"
        )
    for other, module in published().items():
        # The official client passes the model-name, which the shared code uses to find the card.
        if cache.card_path(other).parent == folder and module.model_name == folded(name):
            raise UnsafePathError(f"{other} is loaded by the name {shown(name)} from the same folder; choose another")
    ours, code = {folded(path.name) for path in (paths.card, *paths.files)}, folded(paths.code.name)
    for other, theirs in entries_beside(paths.card, cache):
        names = {folded(path.name) for path in (theirs.card, *theirs.files)}
        taken = ours & (names | {folded(theirs.code.name)}) or {code} & names
        if taken:
            raise UnsafePathError(f"{other} has files of the name {min(taken)}, as {uid} would: choose another uid")


def entries_beside(card_path: Path, cache: HubCache) -> Iterator[tuple[str, EntryPaths]]:
    """Yield the uids of the other modules in a folder with the paths of their parts, once per file of each card.

    Published modules are included even if they are not in the cache, since their files may be added at any time.
    """
    folder = card_path.parent
    for uid, module in published().items():
        if cache.card_path(uid).parent == folder and cache.card_path(uid) != card_path:
            yield from _entries(uid, module.card, cache.card_path(uid), cache)
    for path in sorted(folder.glob("*.md")):
        if path == card_path:
            continue
        try:
            card = read_card(path)
        except CardError:
            continue  # for example a README
        yield from _entries(path.relative_to(cache.root).with_suffix("").as_posix(), card, path, cache)


def _entries(uid: str, card: Card, path: Path, cache: HubCache) -> Iterator[tuple[str, EntryPaths]]:
    try:
        for asset in card.assets or (None,):
            yield uid, cache.entry_at(path, card, asset)
    except UnsafePathError:
        pass  # a card with unsafe paths cannot be loaded and has no files


def _check_spelling(folder: Path, name: str, what: str) -> None:
    """Raise UnsafePathError if another spelling of the name exists.

    Only the Unicode form may differ: some file systems return names in another form than they were given.
    """
    for present in os.listdir(folder) if folder.is_dir() else ():
        if folded(present) == folded(name) and unicodedata.normalize("NFC", present) != name:
            raise UnsafePathError(
                f"{what} would lie at {shown(name)} beside {shown(present)}, which some file systems take for the "
                "same; choose another name, or use the one that is there"
            )
