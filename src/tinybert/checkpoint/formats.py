"""File formats: the bytes of a `.ckpt` or `.safetensors` file to named arrays. Never pickle.

The bytes that were hashed are the bytes that are parsed; a path is not opened a second time. MindSpore's own
`load_checkpoint` takes a path only, and believes a file that is cut between two parameters.
"""

from __future__ import annotations

import binascii
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..errors import CheckpointError

Tensors = dict[str, np.ndarray]

FORMATS = ("ckpt", "safetensors")
_CRC_MARK = b"crc_num"
_CRC_SIZE = 10
_DTYPES = {
    "Float64": np.float64,
    "Float32": np.float32,
    "Float16": np.float16,
    "Int64": np.int64,
    "Int32": np.int32,
    "Int16": np.int16,
    "Int8": np.int8,
    "UInt8": np.uint8,
    "Bool": np.bool_,
}


def parse(data: bytes, file_format: str, source: str) -> Tensors:
    """Named arrays out of a file's bytes.

    Args:
        data: The whole file.
        file_format: `ckpt` or `safetensors`.
        source: The file's name, for messages.

    Raises:
        CheckpointError: The bytes are no such file, are cut, or hold a type that is not known.
    """
    if file_format not in FORMATS:
        raise CheckpointError(f"{source}: format {file_format!r} cannot be loaded; known are {', '.join(FORMATS)}")
    tensors = _parse_ckpt(data, source) if file_format == "ckpt" else _parse_safetensors(data, source)
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


def _parse_ckpt(data: bytes, source: str) -> Tensors:
    from google.protobuf.message import DecodeError
    from mindspore.train.checkpoint_pb2 import Checkpoint as CheckpointMessage

    message = CheckpointMessage()
    try:
        message.ParseFromString(_without_crc(data, source))
        # Text that is not UTF-8 is an error when it is read, not when it is parsed.
        entries = [(value.tag, value.tensor.tensor_type, value.tensor) for value in message.value]
    except (DecodeError, UnicodeDecodeError):
        raise CheckpointError(
            f"{source} is not a MindSpore checkpoint, or it is cut or encrypted. Fetch it again, or save it again"
        ) from None

    parts: dict[str, list[bytes]] = {}
    headers: dict[str, tuple[np.dtype[Any], tuple[int, ...]]] = {}
    for name, kind, tensor in entries:
        header = _dtype(name, kind, source), _shape(tensor.dims)
        # A parameter of over 512 MB stands in the file as several entries of one name.
        if headers.setdefault(name, header) != header:
            raise CheckpointError(f"{source}: {name} stands there twice, with different types or shapes")
        parts.setdefault(name, []).append(tensor.tensor_content)
    return {name: _array(name, parts[name], *headers[name], source) for name in parts}


def _without_crc(data: bytes, source: str) -> bytes:
    # Appended by save_checkpoint(crc_check=True).
    end = len(data) - _CRC_SIZE
    start = end - len(_CRC_MARK)
    if start < 0 or data[start:end] != _CRC_MARK:
        return data
    if binascii.crc32(data[:start]) != int.from_bytes(data[end:], "big"):
        raise CheckpointError(f"{source} is corrupt: its own checksum does not fit it. Fetch it again")
    return data[:start]


def _dtype(name: str, kind: str, source: str) -> np.dtype[Any]:
    if kind not in _DTYPES:
        raise CheckpointError(f"{source}: {name} is of type {kind or 'none'!r}, which is not known")
    return np.dtype(_DTYPES[kind])


def _shape(dims: Iterable[int]) -> tuple[int, ...]:
    # MindSpore 1 wrote a scalar as one dimension of 0.
    shape = tuple(dims)
    return () if shape == (0,) else shape


def _array(name: str, parts: list[bytes], dtype: np.dtype[Any], shape: tuple[int, ...], source: str) -> np.ndarray:
    # Checked before anything is allocated: a small file may declare any shape.
    expected = math.prod(shape) * dtype.itemsize
    actual = sum(map(len, parts))
    if min(shape, default=1) < 1 or actual != expected:
        raise CheckpointError(
            f"{source}: {name} declares shape {shape} of {dtype}, {expected} bytes, but {actual} bytes are there"
        )
    content = parts[0] if len(parts) == 1 else b"".join(parts)
    return np.frombuffer(content, dtype).reshape(shape)
