"""Rows through a runtime: sorted by length, in batches padded to their longest row, results in the rows' order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from ..errors import OutputError
from ..runtime import Runtime
from ..runtime.base import Inputs
from ..text import Encoding

Array = np.ndarray
Compute = Callable[[Inputs], Any]
Reduce = Callable[[Any, Encoding], Iterable[Any]]
"""Makes of the outputs for a batch, and the batch, one value a row."""


def forward(
    runtime: Runtime,
    compute: Compute,
    encoding: Encoding,
    reduce: Reduce,
    *,
    batch_size: int,
    advance: Callable[[float], None] = lambda share: None,
) -> list[Any]:
    """Runs rows of any lengths through a runtime.

    Args:
        runtime: Says which shapes are cheap.
        compute: Which of its functions computes: `runtime.logits` or `runtime.encode`.
        encoding: The rows.
        reduce: Makes one value of each row of a batch. Arrays among them should not be views of the whole batch, which
            would stay in memory with them.
        batch_size: The most rows in a batch.
        advance: Called after each batch with its share of all rows.

    Returns:
        The value of each row, in the order of the rows.

    Raises:
        InputError: The model is in training: what it returned would be random.
        OutputError: An output is not finite.
    """
    widths = runtime.widths(encoding.lengths)
    values: list[Any] = [None] * len(encoding)
    for rows in batches(runtime, widths, batch_size):
        batch = encoding.take(rows)
        if runtime.fixed_rows:
            width = int(widths[rows[0]])
            batch = padded(batch, runtime.rows(width, batch_size), width)
        outputs = compute(batch.inputs)
        _check_finite(outputs)
        results = reduce(outputs, batch)
        for row, value in zip(rows.tolist(), results, strict=not runtime.fixed_rows):
            values[row] = value
        advance(len(rows) / len(encoding))
    return values


def _check_finite(outputs: Any) -> None:
    for array in outputs if isinstance(outputs, tuple) else (outputs,):
        if array is not None and not np.isfinite(array).all():
            raise OutputError(
                "the network computed NaN or infinity: its weights are too large for its precision. Take another "
                "checkpoint, or compute in float32",
                argument="compute_type",
                example="float32",
            )


def batches(runtime: Runtime, widths: Array, batch_size: int) -> Iterator[Array]:
    """Batches of rows of about the same width, the widest first: a batch too large for the memory fails at once.

    Args:
        runtime: Says how many rows of a width go in at once.
        widths: (N,) the width of each row.
        batch_size: The most rows in a batch.

    Yields:
        Row indices.

    Examples:
        >>> from types import SimpleNamespace
        >>> runtime = SimpleNamespace(rows=lambda width, most: min(most, 20 // width))
        >>> [rows.tolist() for rows in batches(runtime, np.array([3, 9, 4, 2]), 64)]
        [[1, 2], [0, 3]]
    """
    order = np.argsort(-widths, kind="stable")
    start = 0
    while start < len(order):
        stop = start + runtime.rows(int(widths[order[start]]), batch_size)
        yield order[start:stop]
        start = stop


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
