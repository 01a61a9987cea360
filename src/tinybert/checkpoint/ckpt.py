"""Read and write the bytes of MindSpore's `.ckpt` files as named arrays."""

from __future__ import annotations

import binascii
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ..errors import CheckpointError

_CRC_MARK = b"crc_num"
_CRC_SIZE = 10
_PART_BYTES = 512 << 20
"""Larger parameters are split into several entries of the same name, as MindSpore does: protobuf's limit is 2 GiB."""
_DTYPES = {
    "Float64": np.float64,
    "Float32": np.float32,
    "Float16": np.float16,
    "BFloat16": np.uint16,  # no such NumPy type: the raw bits, which are the upper half of a float32
    "Int64": np.int64,
    "Int32": np.int32,
    "Int16": np.int16,
    "Int8": np.int8,
    "UInt8": np.uint8,
    "Bool": np.bool_,
}
_NAMES = {np.dtype(dtype): name for name, dtype in _DTYPES.items() if name != "BFloat16"}


def parse_ckpt(data: bytes, source: str) -> dict[str, np.ndarray]:
    """Parse the bytes of a `.ckpt` file.

    Args:
        data: The whole file.
        source: The file's name, for messages.

    Returns:
        Arrays by name, in the order of the file; bfloat16 is converted to float32.

    Raises:
        CheckpointError: The bytes are not a `.ckpt` file, are truncated, or hold an unsupported type.
    """
    from google.protobuf.message import DecodeError

    from .ckpt_schema import CheckpointMessage

    message = CheckpointMessage()
    try:
        message.ParseFromString(_without_crc(data, source))
        # Invalid UTF-8 raises when a string is accessed, not when the message is parsed.
        entries = [(value.tag, value.tensor.tensor_type, value.tensor) for value in message.value]
    except (DecodeError, UnicodeDecodeError):
        raise CheckpointError(
            f"{source} is not a MindSpore checkpoint, or it is truncated or encrypted. Download or save it again"
        ) from None

    parts: dict[str, list[bytes]] = {}
    headers: dict[str, tuple[np.dtype[Any], tuple[int, ...]]] = {}
    for name, kind, tensor in entries:
        header = _dtype(name, kind, source), _shape(tensor.dims)
        if headers.setdefault(name, header) != header:
            raise CheckpointError(f"{source}: {name} appears twice, with different types or shapes")
        parts.setdefault(name, []).append(tensor.tensor_content)
    arrays = {name: _array(name, parts[name], *headers[name], source) for name in parts}
    return arrays | {name: widened(arrays[name]) for name, kind, _ in entries if kind == "BFloat16"}


def render_ckpt(tensors: Mapping[str, np.ndarray]) -> Iterator[bytes]:
    """Yield the bytes of a `.ckpt` file, entry by entry, identical to what `mindspore.save_checkpoint` writes.

    Args:
        tensors: Arrays by name, of types that the format supports.
    """
    from .ckpt_schema import CheckpointMessage

    for name, array in tensors.items():
        content = np.ascontiguousarray(array).tobytes()
        for begin in range(0, len(content), _PART_BYTES):
            message = CheckpointMessage()
            entry = message.value.add(tag=name)
            entry.tensor.dims.extend(array.shape)
            entry.tensor.tensor_type = _NAMES[array.dtype]
            entry.tensor.tensor_content = content[begin : begin + _PART_BYTES]
            yield message.SerializeToString()


def widened(bits: np.ndarray) -> np.ndarray:
    """Convert bfloat16 numbers, given as their uint16 bits, to float32."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def _without_crc(data: bytes, source: str) -> bytes:
    # The checksum is appended by save_checkpoint(crc_check=True).
    end = len(data) - _CRC_SIZE
    start = end - len(_CRC_MARK)
    if start < 0 or data[start:end] != _CRC_MARK:
        return data
    if binascii.crc32(data[:start]) != int.from_bytes(data[end:], "big"):
        raise CheckpointError(f"{source} is corrupt: its checksum does not match its content. Download it again")
    return data[:start]


def _dtype(name: str, kind: str, source: str) -> np.dtype[Any]:
    if kind not in _DTYPES:
        raise CheckpointError(f"{source}: {name} is of type {kind or 'none'!r}, which is not supported")
    return np.dtype(_DTYPES[kind])


def _shape(dims: Iterable[int]) -> tuple[int, ...]:
    # MindSpore 1 wrote a scalar as a single dimension of size 0.
    shape = tuple(dims)
    return () if shape == (0,) else shape


def _array(name: str, parts: list[bytes], dtype: np.dtype[Any], shape: tuple[int, ...], source: str) -> np.ndarray:
    # Checked before anything is allocated: even a small file may declare a huge shape.
    expected = math.prod(shape) * dtype.itemsize
    actual = sum(map(len, parts))
    if min(shape, default=1) < 1 or actual != expected:
        raise CheckpointError(
            f"{source}: {name} declares shape {shape} of {dtype}, {expected} bytes, but {actual} bytes are present"
        )
    content = parts[0] if len(parts) == 1 else b"".join(parts)
    return np.frombuffer(content, dtype).reshape(shape)
