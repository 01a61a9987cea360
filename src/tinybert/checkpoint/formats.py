"""Convert `.ckpt` and `.safetensors` files between bytes and named arrays. Never pickle.

The bytes that were hashed are the bytes that are parsed: no path is opened a second time. MindSpore's own
`load_checkpoint` takes only a path, and accepts a file that is truncated between two parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ..errors import CheckpointError
from ..foreign import foreign
from .ckpt import parse_ckpt, render_ckpt, widened

Tensors = dict[str, np.ndarray]
_DTYPES = {
    **{f"F{bits}": f"<f{bits // 8}" for bits in (16, 32, 64)},
    **{f"I{bits}": f"<i{bits // 8}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"<u{bits // 8}" for bits in (8, 16, 32, 64)},
    "BOOL": "?",
    "BF16": "<u2",
}
"""NumPy types by their names in a safetensors file."""


class Format(NamedTuple):
    """The functions that read and write a file format."""

    parse: Callable[[bytes, str], Tensors]
    render: Callable[[Mapping[str, np.ndarray]], Iterable[bytes]]


def parse(data: bytes, file_format: str, source: str) -> Tensors:
    """Parse the bytes of a checkpoint file.

    Args:
        data: The whole file.
        file_format: A key of `FORMATS`.
        source: The file's name, for messages.

    Returns:
        Arrays by name; bfloat16 is converted to float32.

    Raises:
        CheckpointError: The bytes are not in this format, are truncated, or hold an unsupported type.
    """
    if file_format not in FORMATS:
        raise CheckpointError(f"{source}: format {file_format!r} cannot be loaded; known are {', '.join(FORMATS)}")
    if (other := foreign(data)) is not None:
        raise CheckpointError(f"{source} is {other}")
    tensors = FORMATS[file_format].parse(data, source)
    if not tensors:
        raise CheckpointError(f"{source} holds no parameters")
    return tensors


def _parse_safetensors(data: bytes, source: str) -> Tensors:
    from safetensors import SafetensorError, deserialize

    try:
        entries = deserialize(data)
    except SafetensorError as error:
        raise CheckpointError(f"{source} is not a safetensors file that can be read: {error}") from None
    tensors: Tensors = {}
    for name, entry in entries:
        if entry["dtype"] not in _DTYPES:
            raise CheckpointError(f"{source}: {name} is of type {entry['dtype']}, which is not supported")
        array = np.frombuffer(entry["data"], _DTYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = widened(array) if entry["dtype"] == "BF16" else array
    return tensors


def _render_safetensors(tensors: Mapping[str, np.ndarray]) -> Iterator[bytes]:
    from safetensors.numpy import save

    # `transformers` rejects a file whose metadata does not name a framework.
    yield save({name: np.ascontiguousarray(array) for name, array in tensors.items()}, metadata={"format": "pt"})


FORMATS: dict[str, Format] = {
    "ckpt": Format(parse_ckpt, render_ckpt),
    "safetensors": Format(_parse_safetensors, _render_safetensors),
}
"""File formats by file name extension."""
