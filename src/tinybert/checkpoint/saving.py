"""A checkpoint into one file, in published names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..arguments import path_of
from ..errors import CheckpointError
from ..writing import replacing
from .checkpoint import Checkpoint
from .formats import FORMATS
from .layouts import name_in


def save_checkpoint(checkpoint: Checkpoint, path: str | Path, *, layout: str = "v1.0") -> Path:
    """Writes a checkpoint to a `.ckpt` or `.safetensors` file.

    Args:
        checkpoint: What `read_checkpoint` returned; of a network, `tinybert.weights.checkpoint_of(network)`.
        path: The file; its ending determines the format. It is there whole or not at all.
        layout: `v1.0`, the names of the network itself, or `later`, those of the assets of version 1.2 and later.

    Returns:
        The path.

    Raises:
        CheckpointError: The ending or the layout is not known.
    """
    path = path_of(path)
    file_format = path.suffix.lstrip(".")
    if file_format not in FORMATS:
        raise CheckpointError(f"{path}: the file's name must end in .ckpt or .safetensors")
    if layout not in ("v1.0", "later"):
        raise CheckpointError(f"layout is {layout!r}: it must be v1.0 or later; for huggingface see save_huggingface")
    tensors = renamed(checkpoint, layout)
    with replacing(path, through_link=True) as temporary:
        write_tensors(tensors, temporary)
    return path


def renamed(checkpoint: Checkpoint, layout: str) -> dict[str, np.ndarray]:
    """A whole checkpoint's parameters in float32, by the names of a layout.

    Raises:
        CheckpointError: Something of a network is missing or misshapen; lists it.
    """
    kind = checkpoint.task.facts
    return {
        name_in(layout, own, kind): array.astype(np.float32, copy=False) for own, array in checkpoint.whole().items()
    }


def write_tensors(tensors: dict[str, np.ndarray], path: Path) -> None:
    """Writes named arrays in the format of the path's ending."""
    with path.open("wb") as file:
        file.writelines(FORMATS[path.suffix.lstrip(".")].render(tensors))
