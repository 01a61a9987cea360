"""JSON beside a checkpoint: files that are there whole or not at all, and numbers that every parser takes."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..writing import replacing


def to_json(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON. A number that is none, such as the correlation of a constant, is null: JSON has no NaN.

    Args:
        value: Numbers, strings, lists, tuples and dicts of these.
        indent: Blanks of each level, one line a value; None for one line in all.

    Examples:
        >>> to_json({"pearson": float("nan")})
        '{"pearson": null}'
    """
    return json.dumps(_finite(value), indent=indent, ensure_ascii=False, allow_nan=False)


def write_json(path: Path, value: Any) -> None:
    """Writes a value as a JSON file, which is replaced whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(to_json(value, indent=2) + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
