"""Readers that convert a header `Value`, which is text with its line, to the value in a `Card`.

A reader reports problems instead of raising, so that all problems of a card are found at once. After an error its
result is not used; after a note, the result is the value as written on the card.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..addresses import https_link, link_name
from ..integrity import sha256_text
from ..safe_names import asset_name, plain_name, shown
from .header import Value
from .problem import Severity


class Report(Protocol):
    """A callback that records a problem with a value."""

    def __call__(self, value: Value, message: str, severity: Severity = "error") -> None:
        """Record a problem with a value."""
        ...


Reader = Callable[[Value, Report], Any]

MODULE_TYPES = ("gnn", "rl", "audio", "cv", "cvtmodel", "nlp", "recommend", "cross", "hpc", "mm", "other")
FILE_FORMATS = ("air", "ckpt", "onnx", "mindir", "mslite")

# Bools and numbers follow YAML 1.1, as in the hub's own validator.
_BOOLS = {
    spelling: word in ("true", "yes", "on")
    for word in ("true", "yes", "on", "false", "no", "off")
    for spelling in (word, word.title(), word.upper())
}
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*([eE][-+][0-9]+)?)?|\.[0-9]+([eE][-+][0-9]+)?)")
_INT = re.compile(r"-?[0-9]{1,9}")
_SHAPE = "a list of whole numbers, or of such lists, as in [[1, 128], [1, 128]]"


def read_text(value: Value, report: Report) -> str:
    """Read text that is not blank."""
    if isinstance(value.content, str) and value.content.strip():
        return value.content
    report(value, "must be text")
    return ""


def read_bool(value: Value, report: Report) -> bool:
    """Read True or False."""
    word = _unquoted(value)
    if word not in _BOOLS:
        report(value, f"must be True or False, not {_shown(value)}")
    return _BOOLS.get(word, False)


def read_number(value: Value, report: Report) -> float:
    """Read a finite number."""
    word = _unquoted(value)
    number = float(word) if _NUMBER.fullmatch(word) else math.inf
    if math.isinf(number):
        report(value, f"must be a number, not {_shown(value)}")
    return number


def read_shape(value: Value, report: Report) -> tuple[Any, ...]:
    """Read a list of integers, or of lists of integers; other items in the lists are a note."""
    items: list[Any] = value.content if isinstance(value.content, list) else [value]
    shape = tuple(_shape_part(item, report) for item in items)
    if not isinstance(value.content, list) or not all(isinstance(part, int | tuple) for part in shape):
        report(value, f"must be {_SHAPE}")
    elif len({type(part) for part in shape}) > 1 or not all(
        isinstance(size, int) for part in shape if isinstance(part, tuple) for size in part
    ):
        report(value, f"should be {_SHAPE}", "note")
    return shape


def _shape_part(value: Value, report: Report) -> Any:
    if isinstance(value.content, list):
        return tuple(_shape_part(item, report) for item in value.content)
    word = _unquoted(value)
    return int(word) if _INT.fullmatch(word) else read_anything(value, report)


def one_of(allowed: Sequence[str]) -> Reader:
    """Return a reader for one of the allowed words, in any case."""

    def read(value: Value, report: Report) -> str:
        word = value.content.strip().lower() if isinstance(value.content, str) else ""
        if word not in allowed:
            report(value, f"must be one of {', '.join(allowed)}, not {_shown(value)}")
        return word

    return read


def some_of(allowed: Sequence[str]) -> Reader:
    """Return a reader for several of the allowed words, in any case, separated by slashes."""

    def read(value: Value, report: Report) -> tuple[str, ...]:
        words = tuple(read_text(value, report).lower().split("/"))
        for word in words:
            if word not in allowed:
                report(value, f"may list {', '.join(allowed)} with slashes between, not {shown(word)}")
        return words

    return read


def checked(check: Callable[[str], str], severity: Severity = "error") -> Reader:
    """Return a reader based on a function that takes text and raises ValueError if it is wrong.

    If that is only a note, the reader returns the text on the card, without the `<>` around an address.
    """

    def read(value: Value, report: Report) -> str:
        text = read_text(value, report)
        try:
            return check(text) if text else ""
        except ValueError as error:
            report(value, f"is wrong: {error}", severity)
            return text.strip().strip("<>").strip()

    return read


def read_module_type(value: Value, report: Report) -> str:
    """Read a module type: a known word, with at most one `-` and a detail after it; further details are a note."""
    text = read_text(value, report).strip()
    first, *details = text.lower().split("-")
    if text and (first not in MODULE_TYPES or len(details) > 1):
        message = (
            f"is {shown(text)}; it must be one of {', '.join(MODULE_TYPES)}, with at most one '-' and a detail after it"
        )
        report(value, message, "note" if first in MODULE_TYPES else "error")
    return text


def repo_link(text: str) -> str:
    """Check the address of a module's code; its end is the name of the code folder in the cache."""
    link = https_link(text)
    plain_name(link_name(link), "end of the address")
    return link


def asset_link(text: str) -> str:
    """Check the address of an asset; its end is the name of the file in the cache."""
    link = https_link(text)
    asset_name(link_name(link), "end of the address")
    return link


_ASSET_PARTS = {
    "file-format": one_of(FILE_FORMATS),
    "asset-link": checked(asset_link, "note"),
    "asset-sha256": checked(sha256_text, "note"),
}


def read_assets(value: Value, report: Report) -> tuple[dict[str, str], ...]:
    """Read a list of assets, each a mapping with format, address and hash."""
    entries = value.content if isinstance(value.content, list) else []
    if not entries:
        report(value, f"must be a list of entries with {', '.join(_ASSET_PARTS)}")
    assets = tuple(_read_asset(entry, report) for entry in entries)
    hashes: dict[str, str] = {}
    for entry, asset in zip(entries, assets, strict=True):
        name, sha256 = link_name(asset["asset-link"]), asset["asset-sha256"]
        if hashes.setdefault(name.lower(), sha256) != sha256:
            report(entry, f"has two different files that would both be stored as {name!r}", "note")
    return assets


def _read_asset(entry: Value, report: Report) -> dict[str, str]:
    parts = entry.content if isinstance(entry.content, dict) else {}
    asset = dict.fromkeys(_ASSET_PARTS, "")
    for key, read in _ASSET_PARTS.items():
        if key in parts and not parts[key].is_empty:
            asset[key] = read(parts[key], _within(key, report))
        else:
            report(entry, f"has an entry without {key}", "error" if key not in parts else "note")
    return asset


def _within(key: str, report: Report) -> Report:
    def report_within(value: Value, message: str, severity: Severity = "error") -> None:
        report(value, f"has {key}, which {message}", severity)

    return report_within


def read_labels(value: Value, report: Report) -> tuple[str, ...]:
    """Read a list of distinct labels."""
    items = value.content if isinstance(value.content, list) else []
    labels = tuple(read_text(item, report) for item in items)
    if not labels or len(set(labels)) < len(labels):
        report(value, "must be a list of different labels, as in [negative, positive]")
    return labels


def read_config(value: Value, report: Report) -> dict[str, str]:
    """Read settings such as `hidden_act=gelu layer_norm_eps=1e-7`; unlike a mapping they need no colons."""
    pairs = [pair.partition("=") for pair in read_text(value, report).split()]
    config = {name: setting for name, _, setting in pairs}
    if len(config) < len(pairs) or not all(name.isidentifier() and setting for name, setting in config.items()):
        report(value, "must be settings separated by spaces, each once, as in hidden_act=gelu layer_norm_eps=1e-7")
    return config


def read_anything(value: Value, report: Report) -> Any:
    """Read a field that has no rule: text, None, or a list or mapping of these."""
    if isinstance(value.content, list):
        return tuple(read_anything(item, report) for item in value.content)
    if isinstance(value.content, dict):
        report(value, "must be text or a list; a mapping cannot be written without colons", "note")
        return {key: read_anything(item, report) for key, item in value.content.items()}
    return value.content


def _unquoted(value: Value) -> str:
    return value.content if isinstance(value.content, str) and not value.quoted else ""


def _shown(value: Value) -> str:
    return shown(value.content) if isinstance(value.content, str) else "a list or a mapping"
