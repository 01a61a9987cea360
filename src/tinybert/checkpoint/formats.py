"""File formats: the bytes of a `.ckpt` or `.safetensors` file to named arrays, and back. Never pickle.

The bytes that were hashed are the bytes that are parsed; a path is not opened a second time. MindSpore's own
`load_checkpoint` takes a path only, and believes a file that is cut between two parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ..errors import CheckpointError
from .ckpt import parse_ckpt, render_ckpt

Tensors = dict[str, np.ndarray]


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
    tensors = FORMATS[file_format].parse(data, source)
    if not tensors:
        raise CheckpointError(f"{source} holds no parameters")
    return tensors


def _parse_safetensors(data: bytes, source: str) -> Tensors:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(data))
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        # numpy has no bfloat16, which the library reports as a KeyError or TypeError of the type's name.
        raise CheckpointError(f"{source} is not a safetensors file that can be read: {error}") from None


def _render_safetensors(tensors: Mapping[str, np.ndarray]) -> Iterator[bytes]:
    from safetensors.numpy import save

    # `transformers` refuses a file that does not say what it was written from.
    yield save({name: np.ascontiguousarray(array) for name, array in tensors.items()}, metadata={"format": "pt"})


FORMATS: dict[str, Format] = {
    "ckpt": Format(parse_ckpt, render_ckpt),
    "safetensors": Format(_parse_safetensors, _render_safetensors),
}
"""Formats by the ending of the file's name."""
