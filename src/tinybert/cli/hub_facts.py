"""Module information printed by `tinybert hub list`, `info` and `verify`, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import HubError
from ..hub.cache import HubCache
from ..hub.included import included_card
from ..hub.integrity import sha256_of
from ..hub.modules import Module
from ..hub.registry import published


def is_cached(module: Module) -> bool:
    """Return whether a module's weights are in the cache."""
    return not _is_included(module) and module.paths.asset is not None and module.paths.asset.exists()


def state(module: Module) -> str:
    """Return "cached", "not cached", or for the package's own model "in the package"."""
    if _is_included(module):
        return "in the package"
    return "cached" if is_cached(module) else "not cached"


def _is_included(module: Module) -> bool:
    return module.paths.card == included_card(module.uid)


def facts(module: Module, cache: HubCache) -> dict[str, Any]:
    """Return everything known about a module without reading its files; unknown values are empty."""
    card, entry = module.card, published().get(module.uid)
    cache = HubCache(module.paths.folder.parents[1]) if _is_included(module) else cache
    return {
        "uid": module.uid,
        "summary": card.summary,
        "task": card.task,
        "labels": list(card.labels),
        "trained on": card.train_dataset,
        "evaluation": card.evaluation or card.accuracy,
        "network": dict(card.network_config),
        "same file as": list(entry.aliases) if entry else [],
        "license": card.license,
        "cached": is_cached(module),
        "vocabulary": _vocabulary(module),
        "files": [
            {
                "file": asset.file_name,
                "address": asset.link if asset.hosted else None,
                "SHA-256": asset.sha256,
                "belongs at": str(cache.entry(module.uid, card, asset).asset),
            }
            for asset in card.assets or filter(None, [card.asset])
        ],
    }


def _vocabulary(module: Module) -> dict[str, Any]:
    card, entry = module.card, published().get(module.uid)
    if entry is not None:
        known = entry.vocabulary
        within = {"address": known.link, "holds": "vocab.txt", "SHA-256": known.sha256}
        return {"name": known.name, "tokens": known.size, **within}
    path, sha256 = module.paths.vocab, card.vocab_sha256
    return {"name": path.name, "SHA-256": sha256, "belongs at": str(path)} if path else {}


def lines(module: Module, cache: HubCache) -> Iterator[str]:
    """Yield the facts of a module as lines of text."""
    told = facts(module, cache)
    told["labels"], told["same file as"] = ", ".join(told["labels"]), ", ".join(told["same file as"])
    told["network"] = " ".join(f"{name}={value}" for name, value in told["network"].items())
    del told["cached"]
    files, vocabulary = told.pop("files"), told.pop("vocabulary")
    rows = [*told.items(), ("state", state(module))]
    for file in files:
        file["address"] = file["address"] or "hosted nowhere"
        rows += [(name if name == "file" else f"  {name}", value) for name, value in file.items()]
    if vocabulary:
        tokens = f", {vocabulary.pop('tokens'):,} tokens" if "tokens" in vocabulary else ""
        rows.append(("vocabulary", vocabulary.pop("name") + tokens))
        rows += [(f"  {name}", value) for name, value in vocabulary.items()]
    yield from (f"{name + ':':14} {value}" for name, value in rows if value)


def verified(module: Module) -> list[dict[str, Any]]:
    """Compare a module's cached files with its card: one entry for the checkpoint, one for all other files."""
    asset, path = module.card.asset, module.paths.asset
    if asset is None or path is None or not path.exists():
        return []
    said = _compared(path, asset.sha256)
    entries = [{"uid": module.uid, "what": "checkpoint", "ok": said == "ok", "said": said}]
    beside: list[Path] = []
    try:
        beside += (part for part in module.hashes if part != path)
        for part in beside:
            module.file_bytes(part)
    except HubError as error:
        entries.append({"uid": module.uid, "what": "vocabulary", "ok": False, "said": f"WRONG, {error}"})
    else:
        if beside:
            entries.append({"uid": module.uid, "what": "vocabulary", "ok": True, "said": "vocabulary ok"})
    return entries


def _compared(path: Path, sha256: str) -> str:
    try:
        actual = sha256_of(path)
    except OSError as error:
        return f"WRONG, {path} cannot be read: {error.strerror}"
    return "ok" if actual == sha256 else f"WRONG, SHA-256 is {actual}, declared is {sha256}"
