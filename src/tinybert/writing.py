"""Files out: whole or not at all, with the permissions of any new file, and JSON that every parser takes."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Gives a path to write to instead; what was written takes its place only if the block ends without an error.

    Args:
        path: The file to be. Its folder is made if it is not there.

    Yields:
        A path with the same name in a folder of its own. Further files laid beside it are moved as well, in the order
        of their names. Other files of the target's folder stay as they are.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".write-") as beside:
        temporary = Path(beside) / target.name
        mode = _mode_of_a_new_file(temporary)
        yield temporary
        for file in sorted(temporary.parent.iterdir()):
            # MindSpore and safetensors write files that only their owner may read.
            if file.stat().st_mode != mode:
                file.chmod(mode)
            os.replace(file, target.parent / file.name)


def _mode_of_a_new_file(path: Path) -> int:
    """What the umask, or the folder's access list, gives; to ask for the umask is to change it for all threads."""
    path.touch()
    mode = path.stat().st_mode
    path.unlink()
    return mode


def to_json(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON. A number that is undefined, such as the correlation of a constant, is null: JSON has no NaN.

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
