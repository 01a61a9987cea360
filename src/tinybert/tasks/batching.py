"""Batched execution of rows: sorted by length, padded per batch, with the results in the original order."""

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
"""Function that reduces the outputs for a batch, and the batch, to one value per row."""


def forward(
    runtime: Runtime,
    compute: Compute,
    encoding: Encoding,
    reduce: Reduce,
    *,
    batch_size: int,
    advance: Callable[[float], None] = lambda share: None,
) -> list[Any]:
    """Run rows of any length through a runtime.

    Args:
        runtime: The runtime, which determines the shapes of batches.
        compute: The function to run, `runtime.logits` or `runtime.encode`.
        encoding: The rows.
        reduce: Reduces the outputs for a batch to one value per row. It should not return views, which would keep the
            outputs of the whole batch in memory.
        batch_size: Maximum rows per batch.
        advance: Called after each batch with the fraction of all rows that it contains.

    Returns:
        The value of each row, in the order of the rows.

    Raises:
        InputError: The model is in training mode, in which its outputs are random.
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
    """Yield batches of rows of similar width, widest first, so that a batch too large for memory fails at once.

    Args:
        runtime: The runtime, which determines the number of rows for a width.
        widths: (N,) integers, the width of each row.
        batch_size: Maximum rows per batch.

    Yields:
        Arrays of row indices.

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
    """Pad an encoding with empty rows and columns to a given shape.

    Args:
        encoding: The rows.
        rows: Target number of rows (B), at least the present one.
        width: Target width (T), at least the present one.
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
    """Concatenate two encodings and reorder their rows.

    Args:
        first: Encoding of n rows.
        second: Encoding of m rows, with the same optional arrays.
        order: (n + m,) the source row of each row of the result; rows of `second` are numbered from n.
    """
    width = max(first.input_ids.shape[1], second.input_ids.shape[1])
    parts = [padded(part, len(part), width) for part in (first, second)]
    arrays = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(first)
        if getattr(first, field.name) is not None
    }
    return Encoding(**arrays).take(order)
