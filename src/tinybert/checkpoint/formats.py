"""File formats: the bytes of a `.ckpt` or `.safetensors` file to named arrays, and back. Never pickle.

The bytes that were hashed are the bytes that are parsed; a path is not opened a second time. MindSpore's own
`load_checkpoint` takes a path only, and believes a file that is cut between two parameters.
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
"""NumPy's types by the names in a safetensors file."""


class Format(NamedTuple):
    """How a file format is read and written."""

    parse: Callable[[bytes, str], Tensors]
    render: Callable[[Mapping[str, np.ndarray]], Iterable[bytes]]


def parse(data: bytes, file_format: str, source: str) -> Tensors:
    """Named arrays out of a file's bytes.

    Args:
        data: The whole file.
        file_format: One of `FORMATS`.
        source: The file's name, for messages.

    Raises:
        CheckpointError: The bytes are not such a file, are cut, or hold a type that is not known.
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

    # `transformers` refuses a file that does not say what it was written from.
    yield save({name: np.ascontiguousarray(array) for name, array in tensors.items()}, metadata={"format": "pt"})


FORMATS: dict[str, Format] = {
    "ckpt": Format(parse_ckpt, render_ckpt),
    "safetensors": Format(_parse_safetensors, _render_safetensors),
}
"""Formats by the ending of the file's name."""
