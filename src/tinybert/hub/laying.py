"""Write a module into the cache atomically: at every moment readers see the old module or all of the new one.

Files that a card declares have their hash in their names, and are written next to those of the previous card. Renaming
the card is thus the single step that replaces the module, and a reader of the old card still finds the old files. These
are removed later.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from ..errors import CardError, HubError, TinyBertError, WriteError
from ..writing import replacing
from .building import MODULE_ALIASES
from .cache import EntryPaths, HubCache
from .card import Card, read_card, render_card
from .code_folder import PREFIX, lay_code
from .included import included_card
from .locks import locked
from .neighbours import entries_beside

KEPT_SECONDS = 3600
"""Seconds that the files of an earlier card are kept, for readers of that card that are about to open them."""
_LEFTOVERS = (".write-*", f"{PREFIX}*")
_BY_CONTENT = re.compile(r"(?P<name>.+)\.[0-9a-f]{12}\.[a-z.]+(?<!\.md)")
_BEFORE = (".ckpt", ".vocab.txt")
"""Endings of file names in the old scheme without hashes: the module's name, in lower case for the vocabulary."""
# Card fields that are information for people; all others affect what the module does.
_WORDS = {"title", "author", "update_time", "license", "summary", "body", "train_dataset", "evaluation", "accuracy"}
_WORDS |= {"featured_image", "repo_link", "used_for", "train_backend", "infer_backend", "mindspore_version", "extra"}
_PLACES = {
    "assets",
    "checkpoint_file",
    "checkpoint_sha256",
    "vocab_file",
    "tokenizer_file",
    "sentence_file",
    "uid",
    "user_id",
    "allow_cache_ckpt",
}


def content_name(name: str, sha256: str, ending: str) -> str:
    """Return the name of a module's file, which includes part of its hash: other content gets another name."""
    return f"{name}.{sha256[:12]}.{ending}"


def lay(
    card: Card,
    paths: EntryPaths,
    cache: HubCache,
    files: Mapping[Path, bytes] = MappingProxyType({}),
    text: str | None = None,
) -> None:
    """Write a module's files, its code, and last its card. The caller holds the cache's lock.

    Args:
        card: The card.
        paths: The paths of its parts.
        cache: The cache.
        files: Content by path, for the files that are not there yet.
        text: The card's original text, if someone else wrote it; None to render it here.
    """
    before = _files_of(paths.card, cache)
    text = render_card(card) if text is None else text
    for path, content in files.items():
        with replacing(path) as file:
            file.write_bytes(content)
    beside = [other for _, other in entries_beside(paths.card, cache) if other.card.is_file()]
    shared = any(other.code == paths.code for other in beside)
    lay_code(paths.code, text, keep_card=shared and card.model_name not in MODULE_ALIASES)
    with replacing(paths.card) as file:
        file.write_bytes(text.encode())
    for path in before - set(paths.files):
        if path.exists():
            os.utime(path)  # unused from now on
    # The files of a module that was installed under another uid do not have its name.
    _collect(paths.card, {path for each in (paths, *beside) for path in (each.card, *each.files)})


@contextmanager
def writing_to(cache: HubCache) -> Iterator[None]:
    """Hold the lock of a cache, and remove what killed processes left behind.

    Raises:
        WriteError: The cache cannot be written.
    """
    try:
        with locked(cache.root / ".tinybert.lock", "writes to the cache"):
            for depth in ("*/*/", "*/*/*/", "*/*/*/*/"):
                for pattern in _LEFTOVERS:
                    for left in cache.root.glob(depth + pattern):
                        shutil.rmtree(left, ignore_errors=True)
            yield
    except TinyBertError:  # some of these are OSErrors as well
        raise
    except (OSError, NotImplementedError) as error:  # NotImplementedError: the file system has no locks
        place, reason = getattr(error, "filename", None) or cache.root, getattr(error, "strerror", None) or error
        raise WriteError(
            f"{place} cannot be written: {reason}. The modules in {cache.root} are as they were; make room, or use "
            "another folder, with MSHUB_CACHE.",
            getattr(error, "errno", None),
        ) from None


def check_replacement(uid: str, card: Card, paths: EntryPaths, force: bool) -> None:
    """Check that a card does not replace one with another meaning, unless that is forced.

    Raises:
        HubError: It would, and `force` is False; or the uid is that of the package's own model.
    """
    if (own := included_card(uid)) and _meaning(read_card(own)) != _meaning(card):
        raise HubError(f"{uid} is the model that comes with this package; choose another uid")
    if force or not paths.card.is_file():
        return
    try:
        old = read_card(paths.card)
    except CardError:
        old = None
    if old is None or _meaning(old) != _meaning(card):
        reason = "a card that cannot be read" if old is None else "another model, or the same with other settings"
        raise HubError(
            f"{uid} exists already, with {reason}: choose another uid, or replace it",
            argument="force",
            example=True,
        )


def _meaning(card: Card) -> dict[str, object]:
    """Return the part of a card that affects results, regardless of the names and locations of files."""
    fields = {field.name: getattr(card, field.name) for field in dataclasses.fields(card)}
    kept = {name: value for name, value in fields.items() if name not in _WORDS | _PLACES}
    return {**kept, "sha256": card.asset and card.asset.sha256}


def _files_of(card_path: Path, cache: HubCache) -> set[Path]:
    try:
        return set(cache.entry_at(card_path, read_card(card_path)).files)
    except HubError:
        return set()


def files_by_content(card_path: Path) -> list[Path]:
    """Return the cached files of a module, recognized by name, including those of earlier cards."""
    beside = card_path.parent.glob("*")
    return sorted(path for path in beside if _belongs(path.name, card_path.stem) and not path.is_dir())


def _belongs(file_name: str, name: str) -> bool:
    match = _BY_CONTENT.fullmatch(file_name)
    return match["name"] == name if match else file_name in (name + _BEFORE[0], name.lower() + _BEFORE[1])


def _collect(card_path: Path, keep: Collection[Path]) -> None:
    """Remove old files of a module's earlier cards, and of cards that were never written."""
    for path in card_path.parent.iterdir():
        match = _BY_CONTENT.fullmatch(path.name)
        orphan = match and not path.with_name(f"{match['name']}.md").exists()
        if path in keep or not path.is_file() or not (orphan or _belongs(path.name, card_path.stem)):
            continue
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)
