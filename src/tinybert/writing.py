"""Files out: whole or not at all, and with the permissions that any other new file has."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
