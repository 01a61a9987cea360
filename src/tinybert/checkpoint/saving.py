"""Write a checkpoint to a single file, in published names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..arguments import path_of
from ..errors import CheckpointError
from ..writing import replacing
from .checkpoint import Checkpoint
from .formats import FORMATS
from .layouts import name_in
from .names import some


def save_checkpoint(checkpoint: Checkpoint, path: str | Path, *, layout: str = "v1.0") -> Path:
    """Write a checkpoint to a `.ckpt` or `.safetensors` file, in float32.

    Args:
        checkpoint: The result of `read_checkpoint`, or of `tinybert.weights.checkpoint_of(network)`.
        path: The file; its extension determines the format. It is written completely or not at all.
        layout: `v1.0`, the network's own names, or `later`, the names in the assets of version 1.2 and later.

    Returns:
        The path.

    Raises:
        CheckpointError: The extension or the layout is unknown, or the checkpoint is not a complete model.
        WriteError: The file cannot be written.
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


def renamed(checkpoint: Checkpoint, layout: str, dtype: str = "float32") -> dict[str, np.ndarray]:
    """Return the parameters of a complete checkpoint under the names of a layout.

    Args:
        checkpoint: The checkpoint.
        layout: As for `save_checkpoint`.
        dtype: The type of the arrays, `float32` or `float16`.

    Raises:
        CheckpointError: The checkpoint is not a complete model, the type is another, or a number is too large for it.
    """
    if dtype not in ("float32", "float16"):
        raise CheckpointError(f"dtype is {dtype!r}: it must be float32 or float16", argument="dtype")
    kind, arrays = checkpoint.task.facts, checkpoint.whole()
    largest = np.finfo(dtype).max
    if large := [name for name, array in arrays.items() if array.dtype != dtype and np.abs(array).max() > largest]:
        raise CheckpointError(
            f"{checkpoint.source}: {some(large)} has numbers above {largest:g}, which is the most of {dtype}",
            argument="dtype",
            example="float32",
        )
    return {name_in(layout, own, kind): array.astype(dtype, copy=False) for own, array in arrays.items()}


def write_tensors(tensors: dict[str, np.ndarray], path: Path) -> None:
    """Write named arrays in the format of the path's extension."""
    with path.open("wb") as file:
        file.writelines(FORMATS[path.suffix.lstrip(".")].render(tensors))
