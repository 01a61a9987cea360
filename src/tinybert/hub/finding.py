"""Find a module by its uid, among the published ones and in the cache, or by the path of its card."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

from ..arguments import path_of
from ..errors import CardError, UnknownModuleError, UnsafePathError
from .cache import HubCache
from .card import read_card
from .included import DEFAULT_MODEL, included_card
from .modules import Module
from .neighbours import CONF
from .registry import published
from .uids import parse_uid


def find_module(name: str, *, cache: HubCache | None = None) -> Module:
    """Return the module with a uid or card address.

    A published module always comes from the registry, and the package's own model from the package; a card in the cache
    cannot give their uids to other files.

    Args:
        name: The uid or the card's address.
        cache: The cache to search; None for the folder of `get_hub_dir`.

    Raises:
        UnsafePathError: The name is not a uid.
        UnknownModuleError: No module has this uid; the message lists the closest.
        CardError: The card in the cache is malformed.
    """
    cache = cache or HubCache()
    uid = parse_uid(name)
    if uid in published():
        card = published()[uid].card
        return Module(uid, card, cache.entry(uid, card))
    if included := included_card(uid):
        cache, path = HubCache(included.parents[2]), included
    else:
        path = cache.card_path(uid)
    if not path.is_file():
        raise _unknown(uid, cache)
    card = read_card(path)
    return Module(uid, card, cache.entry(uid, card))


def local_module(path: str | Path) -> Module:
    """Return the module of a card file; its parts are next to the card, as in the cache.

    Raises:
        CardError: The card cannot be read or is malformed.
    """
    path = path_of(path).resolve()
    card = read_card(path)
    return Module(path.stem, card, HubCache(path.parent).entry_at(path, card))


def known_modules(cache: HubCache | None = None) -> list[str]:
    """Return the uids of all modules that can be found: the package's own, the published ones, those in the cache."""
    own = [DEFAULT_MODEL] if included_card(DEFAULT_MODEL) else []
    return list(dict.fromkeys([*own, *published(), *cached_modules(cache)]))


def installed_copy(cache: HubCache) -> Module | None:
    """Return the copy of the package's own model in a cache, which the official client uses; None if there is none."""
    path = cache.card_path(DEFAULT_MODEL)
    if not path.is_file():
        return None
    card = read_card(path)
    return Module(DEFAULT_MODEL, card, cache.entry(DEFAULT_MODEL, card))


def cached_modules(cache: HubCache | None = None) -> Iterator[str]:
    """Yield the uids of all cards in the cache by which a module can be found, sorted."""
    cache = cache or HubCache()
    for path in sorted(_cards_below(cache.root)):
        try:
            uid = parse_uid(path.relative_to(cache.root).with_suffix("").as_posix())
            cache.entry(uid, read_card(path))
        except (UnsafePathError, CardError):
            continue  # for example a README
        yield uid


def _cards_below(root: Path) -> Iterator[Path]:
    """Yield the Markdown files at the depth of cards; files that come or go meanwhile cause no error."""
    for folder, folders, files in os.walk(root):
        depth = len(Path(folder).relative_to(root).parts)
        folders[:] = [name for name in folders if not name.startswith(".")] if depth < 3 else []
        if depth >= 2 and CONF not in files:  # a code folder has a copy of the card
            yield from (Path(folder, name) for name in files if name.endswith(".md"))


def _unknown(uid: str, cache: HubCache) -> UnknownModuleError:
    closest = difflib.get_close_matches(uid.lower(), known_modules(cache), n=5, cutoff=0.5)
    advice = "The closest are:\n  " + "\n  ".join(closest) if closest else "`tinybert hub list` shows all of them."
    return UnknownModuleError(f"no module has the uid {uid!r}. {advice}", closest=closest)
