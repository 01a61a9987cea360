"""Lays a module into the cache, whole: card, code and checkpoint, where the official client looks for them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..errors import CardError, HubError
from ..writing import replacing
from .cache import EntryPaths, HubCache
from .card import Card, render_card
from .fetch import fetch
from .integrity import verify
from .modules import find_module

_PACKAGE = Path(__file__).resolve().parents[1]
OWN_CARD = "tinybert.md"
MODULE_FILES = ("hub_conf.py", "mindspore_hub_conf.py", OWN_CARD, "LICENSE")


def install(name: str, *, checkpoint: str | Path | None = None, cache: HubCache | None = None) -> EntryPaths:
    """Lays card, code and checkpoint of a module into the official cache layout.

    Args:
        name: The module's uid, or the address of its card.
        checkpoint: A file that was fetched elsewhere. It must be the one that the card declares. Without it the
            checkpoint is downloaded, unless it is in the cache already.
        cache: The cache; by default the folder of `get_hub_dir`.

    Returns:
        Where everything lies.

    Raises:
        IntegrityError: The file is not the declared one. It stays where it is, and nothing takes its place.
        DownloadError: The checkpoint cannot be fetched; says what to do.
    """
    module = find_module(name, cache=cache)
    asset, target = module.card.asset, module.paths.asset
    if asset is None or target is None:
        raise CardError(f"the card of {module.uid} declares no checkpoint: there is nothing to install")
    if checkpoint is not None:
        given = verify(_existing(checkpoint), asset.sha256, quarantine=False)
        put_file(given, target)
        verify(target, asset.sha256)  # the file may have changed while it was copied
    else:
        fetch(asset.link, target, asset.sha256, uid=module.uid)
    lay_card_and_code(module.card, module.paths)
    return module.paths


def lay_card_and_code(card: Card, paths: EntryPaths) -> None:
    """Writes the card and the code folder of a module.

    The code is that of this package. It finds the card beside it by the model-name that the official client passes;
    the copy inside, `tinybert.md`, is for those who execute its `hub_conf.py` themselves.
    """
    from filelock import FileLock

    text = render_card(card)
    paths.folder.mkdir(parents=True, exist_ok=True)
    # The modules of a version share their code folder, and may be installed side by side.
    lock = FileLock(paths.folder / f".{paths.code.name}.lock")
    with lock, tempfile.TemporaryDirectory(dir=paths.folder, prefix=".code-") as temporary:
        new = Path(temporary) / "new"
        for source, relative in _module_files():
            target = new / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        (new / OWN_CARD).write_text(text, encoding="utf-8")
        if paths.code.exists():
            os.rename(paths.code, Path(temporary) / "old")
        os.rename(new, paths.code)
    put_text(text, paths.card)


def put_file(source: Path, target: Path) -> None:
    """Copies a file so that it is there whole or not at all."""
    if target.exists() and os.path.samefile(source, target):
        return
    with replacing(target) as copy:
        shutil.copyfile(source, copy)


def put_text(text: str, target: Path) -> None:
    """Writes a text file so that it is there whole or not at all."""
    with replacing(target) as file:
        file.write_text(text, encoding="utf-8")


def module_root() -> Path:
    """The folder of the module's own files: the checkout, or where the installed package keeps them."""
    for root in (_PACKAGE.parents[1], _PACKAGE / "hub" / "module"):
        if all((root / name).is_file() for name in MODULE_FILES):
            return root
    raise HubError("hub_conf.py and its neighbours are missing: install the package again, with pip")


def _module_files() -> Iterator[tuple[Path, Path]]:
    root = module_root()
    for name in MODULE_FILES:
        yield root / name, Path(name)
    for source in sorted(_PACKAGE.rglob("*")):
        inside = source.relative_to(_PACKAGE)
        if source.is_file() and "__pycache__" not in inside.parts and inside.parts[:2] != ("hub", "module"):
            yield source, Path("src/tinybert") / inside


def _existing(path: str | Path) -> Path:
    path = Path(path).expanduser()
    if not path.is_file():
        raise HubError(f"{path} does not exist, or is no file")
    return path
