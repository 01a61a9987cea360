"""Lays a module into the cache, whole: card, code and checkpoint, where the official client looks for them."""

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
    """Lays card, code and files of a module into the official cache layout.

    Args:
        name: The uid of a published module, or of one in the cache. Or what somebody offers who published it elsewhere:
            a folder with its card and files, the path or address of the card, or the address of the folder. Addresses
            are https, or http on this machine.
        checkpoint: A file that was fetched elsewhere. It must be the one that the card declares. Without it the
            checkpoint is taken from beside the card, or downloaded, unless it is in the cache already.
        uid: What to call an offered module; by default what its card says.
        force: Whether an offered module may take the place of another model under its uid.
        cache: The cache; by default the folder of `get_hub_dir`.

    Returns:
        Where everything lies.

    Raises:
        IntegrityError: A file is not the declared one. It stays where it is, and nothing takes its place.
        DownloadError: A file cannot be fetched; says what to do.
        CardError: The card cannot be read, or does not say what to call the module.
        HubError: The uid is another model's, and `force` is not given.
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
