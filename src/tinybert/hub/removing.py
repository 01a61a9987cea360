"""Remove a module from the cache without touching its neighbours."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..errors import CardError, UnknownModuleError
from .cache import HubCache
from .card import read_card
from .code_folder import OWN_CARD
from .laying import files_by_content, writing_to
from .neighbours import CONF, entries_beside
from .registry import published
from .uids import parse_uid


def remove(name: str, *, cache: HubCache | None = None) -> list[Path]:
    """Remove a module from the cache: first its card, then its files, including those of earlier cards, and its code.

    Files that another module in the cache declares are kept, and so is the code folder that modules of one version
    share. A published module can be fetched again; one of your own must be published again from its source.

    Args:
        name: The module's uid.
        cache: The cache; None for the folder of `get_hub_dir`.

    Returns:
        The removed paths.

    Raises:
        UnsafePathError: The name is not a uid.
        UnknownModuleError: Nothing of it is in the cache.
    """
    cache, uid = cache or HubCache(), parse_uid(name)
    card_path = cache.card_path(uid)
    with writing_to(cache):
        kept: set[Path] = set()
        for _, other in entries_beside(card_path, cache):
            if other.card.is_file():
                kept |= {other.card, *other.files, other.code}
        found = [path for path in _parts(uid, card_path, cache) if path.exists() and path not in kept]
        if not found:
            raise UnknownModuleError(f"nothing of {uid} is in {cache.root}: there is nothing to remove")
        for path in found:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        _prune(card_path.parent, cache.root)
    return found


def _parts(uid: str, card_path: Path, cache: HubCache) -> list[Path]:
    """Return all parts of a module, the card first: without a card there is no module."""
    parts = [card_path]
    try:
        card = published()[uid].card if uid in published() else read_card(card_path)
    except CardError:  # missing or unreadable; its files are recognized by their names
        pass
    else:
        paths = cache.entry(uid, card)
        assets = [cache.entry(uid, card, asset).asset for asset in card.assets]
        parts += [path for path in dict.fromkeys((*paths.files, *assets)) if path is not None]
        if all((paths.code / name).is_file() for name in (CONF, OWN_CARD)) and not _unreadable(card_path):
            parts.append(paths.code)  # written by this package, and no unreadable card could refer to it
    return list(dict.fromkeys([*parts, *files_by_content(card_path)]))


def _unreadable(card_path: Path) -> bool:
    """Return whether any other card in the folder is unreadable."""
    try:
        for path in card_path.parent.glob("*.md"):
            if path != card_path:
                read_card(path)
    except CardError:
        return True
    return False


def _prune(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
