"""Rows through the network: sorted by length, in batches padded to their longest row, results in the rows' order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from ..compat import device_target
from ..errors import InputError
from ..text import Encoding

if TYPE_CHECKING:
    from ..modeling.network import Network

Array = np.ndarray
Reduce = Callable[[Any, Encoding], Iterable[Any]]
"""Makes of a network's outputs for a batch, and the batch, one value a row."""

BATCH_TOKENS = 4096
"""The most tokens in a batch, padding included. More are not faster on CPU, and memory grows with B * T * T."""
_WIDTH_STEP = 64


def forward(
    network: Network,
    encoding: Encoding,
    reduce: Reduce,
    *,
    batch_size: int,
    advance: Callable[[float], None] = lambda share: None,
) -> list[Any]:
    """Runs rows of any lengths through a network.

    Args:
        network: The network.
        encoding: The rows.
        reduce: Makes one value of each row of a batch. Arrays among them should not be views of the whole batch, which
            would stay in memory with them.
        batch_size: The most rows in a batch.
        advance: Called after each batch with its share of all rows.

    Returns:
        The value of each row, in the order of the rows.

    Raises:
        InputError: The network is in training mode: what it returned would be random.
    """
    if network.training:
        raise InputError("the network is in training mode, with dropout: call network.set_train(False) first")
    lengths = encoding.lengths
    few_shapes = device_target() != "CPU"
    if few_shapes:  # each shape is compiled there, which takes seconds
        lengths = np.minimum(-(-lengths // _WIDTH_STEP) * _WIDTH_STEP, network.config.max_position_embeddings)
    values: list[Any] = [None] * len(encoding)
    for rows in batches(lengths, batch_size):
        batch = encoding.take(rows)
        if few_shapes:
            width = int(lengths[rows[0]])
            batch = padded(batch, batch_rows(width, batch_size), width)
        outputs = network(*batch.inputs)
        for row, value in zip(rows.tolist(), reduce(outputs, batch), strict=not few_shapes):
            values[row] = value
        advance(len(rows) / len(encoding))
    return values


def batches(lengths: Array, batch_size: int) -> Iterator[Array]:
    """Batches of rows of about the same length, the longest first: a batch too large for the memory fails at once.

    Args:
        lengths: (N,) tokens of each row.
        batch_size: The most rows in a batch; fewer where they would come to more than `BATCH_TOKENS`.

    Yields:
        Row indices.

    Examples:
        >>> [rows.tolist() for rows in batches(np.array([3, 9, 4]), 2)]
        [[1, 2], [0]]
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        stop = start + batch_rows(int(lengths[order[start]]), batch_size)
        yield order[start:stop]
        start = stop


def batch_rows(width: int, batch_size: int) -> int:
    """Rows of a batch of a width."""
    return max(1, min(batch_size, BATCH_TOKENS // width))


def padded(encoding: Encoding, rows: int, width: int) -> Encoding:
    """Adds empty rows and columns up to a shape.

    Args:
        encoding: The rows.
        rows: B wanted, not less than there are.
        width: T wanted, not less than there are.
    """
    more = (rows - len(encoding), width - encoding.input_ids.shape[1])

    def pad(name: str, array: Array | None) -> Array | None:
        if array is None:
            return None
        around = [(0, 0)] * array.ndim
        around[0] = (0, more[0])
        if array.ndim > 1:
            around[1] = (0, more[1])
        return np.pad(array, around, constant_values=-1 if name in ("sequence_ids", "word_ids") else 0)

    arrays = {field.name: pad(field.name, getattr(encoding, field.name)) for field in fields(encoding)}
    return Encoding(**arrays)  # type: ignore[arg-type]


def joined(first: Encoding, second: Encoding, order: Array) -> Encoding:
    """The rows of two encodings as one, in another order.

    Args:
        first: n rows.
        second: m rows, with the same optional arrays.
        order: (n + m,) which row comes where; those of `second` count from n.
    """
    width = max(first.input_ids.shape[1], second.input_ids.shape[1])
    parts = [padded(part, len(part), width) for part in (first, second)]
    arrays = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(first)
        if getattr(first, field.name) is not None
    }
    return Encoding(**arrays).take(order)
