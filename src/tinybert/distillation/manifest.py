"""The manifest of a folder of shards: what they were made from, and which are complete."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TypedDict

from ..errors import InputError
from ..reading import read_json
from ..writing import write_json

MANIFEST = "shards.json"
_MOST_SHOWN = 5


class Shard(TypedDict):
    """What the manifest says of a shard.

    Attributes:
        name: Its file.
        sha256: The file's hash.
        rows: How many rows it has.
        tokens_of_files: Its tokens, and how many of them are [UNK], by the number of the text file.
    """

    name: str
    sha256: str
    rows: int
    tokens_of_files: dict[str, tuple[int, int]]


class Manifest(TypedDict):
    """A manifest.

    Attributes:
        made_with: The settings that the tokens depend on.
        text: The text files, see `described`.
        shards: The shards that are complete.
        complete: Whether these are all.
    """

    made_with: dict[str, str]
    text: list[str]
    shards: list[Shard]
    complete: bool


def manifest_of(folder: Path, made_with: Mapping[str, str], text: Sequence[str]) -> Manifest:
    """Return the manifest to go on from: the folder's, or one without shards.

    Args:
        folder: The folder of the shards.
        made_with: The settings that the tokens depend on.
        text: The text files.

    Raises:
        InputError: The folder has shards of other text or settings (lists the differences), or its manifest cannot be
            read.
    """
    files = [*map(_described, text)]
    if not (folder / MANIFEST).exists():
        return {"made_with": {**made_with}, "text": files, "shards": [], "complete": False}
    try:
        saved: Manifest = read_json(folder / MANIFEST, Manifest)
    except InputError as error:
        raise InputError(f"{error.message.removesuffix('.')}. Remove {folder}, and it is made anew") from None
    if differences := [*_differing(saved["made_with"], made_with), *_differing_files(saved["text"], files)]:
        raise InputError(
            f"{folder} has other tokenized text:\n"
            + "\n".join(f"  {line}" for line in differences)
            + "\nTokenize as before, remove the folder, or name another for the new text",
            argument="shards",
        )
    if saved["complete"] and not saved["shards"]:
        raise InputError(f"{folder / MANIFEST} names no shards. Remove {folder}, and it is made anew")
    missing = [not (folder / shard["name"]).exists() for shard in saved["shards"]]
    if True in missing:
        saved["shards"], saved["complete"] = saved["shards"][: missing.index(True)], False
    return saved


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a folder."""
    write_json(folder / MANIFEST, manifest)


def _described(path: str) -> str:
    """Describe a file as it is now. A corpus may be moved, so the folder does not count."""
    status = os.stat(path)
    changed = datetime.fromtimestamp(status.st_mtime, timezone.utc).replace(tzinfo=None)
    return f"{os.path.basename(path)}, {status.st_size:,} bytes, of {changed.isoformat(' ', 'microseconds')} UTC"


def _differing(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    names = [name for name in now if then.get(name) != now[name]]
    return [f"{name}: {then.get(name)} then, {now[name]} now" for name in names]


def _differing_files(then: Sequence[str], now: Sequence[str]) -> list[str]:
    before, after = Counter(then), Counter(now)
    found = [f"{file}: {when}" for when, some in (("then", before - after), ("now", after - before)) for file in some]
    if len(found) > _MOST_SHOWN:
        return [*found[:_MOST_SHOWN], f"and {len(found) - _MOST_SHOWN} more files"]
    return found or ([] if [*then] == [*now] else ["the order of the files"])
