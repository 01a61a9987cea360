"""Saves a network as a MindSpore checkpoint in published names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CheckpointError
from ..writing import replacing
from .binding import own_parameters
from .layouts import HEAD_NAMES, name_in

if TYPE_CHECKING:
    from mindspore import Parameter, nn


def save_checkpoint(network: nn.Cell, path: str | Path, *, layout: str = "v1.0") -> Path:
    """Writes a network's parameters to a `.ckpt` or `.safetensors` file.

    Args:
        network: `TinyBertModel` or a task network.
        path: The file; its ending tells the format. It is there whole or not at all.
        layout: `v1.0`, the names of the network itself, or `later`, those of the assets of version 1.2 and later.

    Returns:
        The path.

    Raises:
        CheckpointError: The ending or the layout is not known.
    """
    import mindspore as ms

    path = Path(path).expanduser()
    file_format = path.suffix.lstrip(".")
    if file_format not in ("ckpt", "safetensors"):
        raise CheckpointError(f"{path}: the file's name must end in .ckpt or .safetensors")
    if layout not in ("v1.0", "later"):
        raise CheckpointError(f"layout is {layout!r}: it must be v1.0 or later; for huggingface see save_huggingface")
    entries = [{"name": name, "data": value} for name, value in named_parameters(network, layout).items()]
    with replacing(path) as temporary:
        ms.save_checkpoint(entries, str(temporary), format=file_format)
    return path


def named_parameters(network: nn.Cell, layout: str) -> dict[str, Parameter]:
    """A network's parameters by the names of a layout."""
    parameters = own_parameters(network)
    task = HEAD_NAMES[0] in parameters
    return {name_in(layout, own, task=task): parameter for own, parameter in parameters.items()}
