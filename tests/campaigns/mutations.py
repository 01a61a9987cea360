"""Ways to corrupt a file: changed, removed, duplicated or inserted bytes, and unexpected JSON values."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from typing import Any

ODD = [
    None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 1.5, -0.0, 1e308, float("nan"), float("inf"), "", "0", "²",
    "\ud800", "\x00", "\x1b[2J", "x" * 5000, "雪", [], [1], [None], ["x"], [[]], {}, {"": 1}, {"0": "a"}, {"a": {}},
]  # fmt: skip
"""Replacement values for JSON."""
ODD_TEXTS = [b'{"a":1,"a":2}', b"[" * 5000, b'{"a":' * 5000, b"9" * 5000, b"1e999", b'"\\ud800"', b"null", b"[]", b""]
ODD_BYTES = [b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n", b"\t", b'"', b"[", b"{", b"\xe2\x80\xa8", b"\x1b[31m"]


def spoil(data: bytes, name: str, dice: random.Random) -> bytes:
    """Return the content of a file, corrupted in one or more ways."""
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        data = dice.choice((*_BYTES, *_INSIDE.get(name.rpartition(".")[2], ())))(data, dice)
    return data


def _flip(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data) or 1)
    return data[:place] + bytes([dice.randrange(256)]) + data[place + 1 :]


def _cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _drop(data: bytes, dice: random.Random) -> bytes:
    begin = dice.randrange(len(data) + 1)
    return data[:begin] + data[begin + dice.randrange(20) :]


def _double(data: bytes, dice: random.Random) -> bytes:
    begin = dice.randrange(len(data) + 1)
    end = begin + dice.randrange(200)
    return data[:end] + data[begin:end] + data[end:]


def _insert(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data) + 1)
    return data[:place] + dice.choice(ODD_BYTES) * dice.choice((1, 1, 3)) + data[place:]


_BYTES = (_flip, _cut, _drop, _double, _insert)


def _json(data: bytes, dice: random.Random) -> bytes:
    """Replace, rename or remove a value anywhere in JSON."""
    if dice.random() < 0.1:
        return dice.choice(ODD_TEXTS)
    try:
        whole = [json.loads(data)]
    except (ValueError, RecursionError):
        return data
    places: list[tuple[Any, Any]] = [(whole, 0)]
    for container, key in places:
        value = container[key]
        inner = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        places += [(value, each) for each in inner]
    container, key = dice.choice(places)
    kind = dice.randrange(4)
    if kind == 0 and isinstance(container, dict):
        container[dice.choice(("", "0", "x", "²"))] = container.pop(key)
    elif kind == 1 and container is not whole:
        del container[key]
    else:
        container[key] = dice.choice(ODD)
    return json.dumps(whole[0]).encode()


def _json_line(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    place = dice.randrange(len(lines))
    lines[place] = _json(lines[place], dice)
    return b"\n".join(lines)


def _after_length(data: bytes, dice: random.Random) -> bytes:
    """Corrupt the JSON at the beginning of safetensors and MindRecord files, after its length."""
    (length,) = struct.unpack("<Q", data[:8].ljust(8, b"\x00"))
    header = _json(data[8 : 8 + length], dice) if length < len(data) else data[8:]
    if b"page_size" in header:  # the rows keep their offset
        return struct.pack("<Q", len(header)) + header.ljust(max(length, len(header))) + data[8 + length :]
    return struct.pack("<Q", len(header)) + header + data[8 + length :]


def _record(data: bytes, dice: random.Random) -> bytes:
    """Corrupt a TFRecord record, with a valid checksum."""
    (length,) = struct.unpack("<Q", data[:8].ljust(8, b"\x00"))
    if 12 + length > len(data):
        return data
    content = dice.choice(_BYTES)(data[12 : 12 + length], dice)
    head = struct.pack("<Q", len(content))
    return head + _masked(head) + content + _masked(content) + data[16 + length :]


def _masked(data: bytes) -> bytes:
    import crc32c

    checksum = crc32c.crc32c(data)
    return struct.pack("<I", ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF)


_INSIDE: dict[str, tuple[Callable[[bytes, random.Random], bytes], ...]] = {
    "json": (_json,) * 10,
    "jsonl": (_json_line,) * 10,
    "safetensors": (_after_length,) * 5,
    "mindrecord": (_after_length,) * 5,
    "tfrecord": (_record,) * 10,
}
"""Format-aware mutations by file extension, repeated according to how often they are chosen."""
