"""Install a complete module into the cache: card, code and checkpoint, where the official client expects them."""

from __future__ import annotations

from pathlib import Path

from ..arguments import path_of
from ..errors import CardError, HubError
from .cache import EntryPaths, HubCache
from .card import read_card_text
from .finding import find_module
from .integrity import verified_bytes
from .laying import check_replacement, lay, writing_to
from .modules import Module
from .neighbours import check_names
from .offers import Offer, find_offer
from .registry import published


def install(
    name: str | Path,
    *,
    checkpoint: str | Path | None = None,
    uid: str | None = None,
    force: bool = False,
    cache: HubCache | None = None,
) -> EntryPaths:
    """Install card, code and files of a module into the official cache layout.

    Args:
        name: The uid of a module that is published or in the cache; or a module that someone published elsewhere: a
            folder with its card and files, the path or address of the card, or the address of the folder. Addresses are
            https, or http on this machine.
        checkpoint: A checkpoint file fetched elsewhere; its hash must be the one in the card. None takes the file next
            to the card, or downloads it, unless it is already in the cache.
        uid: The uid for a module from elsewhere; None takes the one in its card.
        force: Whether a module from elsewhere may replace another model with the same uid.
        cache: The cache; None for the folder of `get_hub_dir`.

    Returns:
        The paths of the module's parts.

    Raises:
        IntegrityError: A file is not the declared one. It is left where it is, and nothing is replaced.
        DownloadError: A file cannot be fetched; the message says what to do.
        CardError: The card cannot be read, or contains no uid and none is given.
        HubError: The uid belongs to another model, and `force` is not set.
    """
    cache = cache or HubCache()
    offer = find_offer(name, cache)
    if offer is not None:
        return _install_offer(offer, offer.uid(uid), checkpoint, force, cache)
    module = find_module(str(name), cache=cache)
    asset, target = module.card.asset, module.paths.asset
    if asset is None or target is None:
        raise CardError(f"the card of {module.uid} declares no checkpoint: there is nothing to install")
    files = {}
    if checkpoint is not None:
        files[target] = _given(checkpoint, asset.sha256)
    else:
        module.file_bytes(target)
    text = None if module.uid in published() else read_card_text(module.paths.card)
    with writing_to(cache):
        lay(module.card, module.paths, cache, files, text=text)
    return module.paths


def _install_offer(offer: Offer, uid: str, checkpoint: str | Path | None, force: bool, cache: HubCache) -> EntryPaths:
    module = Module(uid, offer.card, cache.entry(uid, offer.card))
    if module.paths.asset is None:
        raise CardError(f"{offer.name} declares no checkpoint: there is nothing to install")
    _check(module, force, cache)
    files = {}
    for path, sha256 in module.hashes.items():
        if checkpoint is not None and path == module.paths.asset:
            files[path] = _given(checkpoint, sha256)
        elif (content := offer.bring(path, sha256)) is not None:
            files[path] = content
    with writing_to(cache):
        _check(module, force, cache)
        lay(module.card, module.paths, cache, files, text=offer.text)
    return module.paths


def _check(module: Module, force: bool, cache: HubCache) -> None:
    check_names(module.uid, module.paths, cache)
    check_replacement(module.uid, module.card, module.paths, force)
    if not module.paths.card.is_file():
        return
    for path, sha256 in find_module(module.uid, cache=cache).hashes.items():
        if module.hashes.get(path, sha256) != sha256:
            raise HubError(
                f"{path} exists with other content, and cannot be replaced together with the card: run "
                f"`tinybert hub remove {module.uid}` first"
            )


def _given(path: str | Path, sha256: str) -> bytes:
    path = path_of(path)
    if not path.is_file():
        raise HubError(f"{path} does not exist, or is not a file")
    return verified_bytes(path, sha256, quarantine=False)
