"""Columns of record files: their published names and allowed contents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..errors import InputError
from .text_lines import is_whole

COLUMNS = ("input_ids", "input_mask", "segment_ids")
"""Names of the network's inputs, as in the published data."""

LABEL_COLUMN = "label_ids"
"""Name of the label column, as in the published data."""

# The network, its heads and its losses take int32, which is also read twice as fast as int64. Other columns keep
# TFRecord's int64.
_INT32_COLUMNS = frozenset((*COLUMNS, LABEL_COLUMN, "unique_ids", "start_positions", "end_positions"))

Dtype = type[np.int32] | type[np.int64] | type[np.float32]
IntegerType = type[np.int32] | type[np.int64]


def integer_type(name: str) -> IntegerType:
    """Return the dtype that a column's integers are stored and read as."""
    return np.int32 if name in _INT32_COLUMNS else np.int64


class RecordColumn(NamedTuple):
    """A column of a record file.

    Attributes:
        width: Values per row.
        dtype: The dtype that is read: int32 for the published columns, int64 for other integers, float32 for floats.
    """

    width: int
    dtype: Dtype


def to_write(columns: Mapping[str, np.ndarray]) -> tuple[int, dict[str, np.ndarray]]:
    """Validate columns before they are written.

    Args:
        columns: Integer arrays of shape (N, T) or (N,) by column name, all with N rows; `label_ids` may hold floats.

    Returns:
        N, and the columns as (N, T) arrays of int32, int64 or float32; (N,) becomes (N, 1).

    Raises:
        InputError: A column has another type, a published column has a value outside int32, a label is not finite, or
            the columns have different numbers of rows. The message names the column and row.
    """
    if not columns:
        raise InputError("there is no column to write")
    checked = {name: _to_write(name, array) for name, array in columns.items()}
    sizes = {name: len(array) for name, array in checked.items()}
    if len(set(sizes.values())) != 1:
        raise InputError(f"the columns have different numbers of rows: {sizes}")
    return next(iter(sizes.values())), checked


def choose_names(
    available: Mapping[str, RecordColumn], wanted: Iterable[str] | None, others: Iterable[str], place: str
) -> tuple[str, ...]:
    """Check that the requested columns exist.

    Args:
        available: The file's numeric columns.
        wanted: The requested names; None for all numeric columns.
        others: Names of the file's other columns.
        place: The file, for error messages.

    Returns:
        The names in the caller's order.

    Raises:
        InputError: A column does not exist, or there is none to read; the message lists those that exist.
    """
    names = tuple(available) if wanted is None else (wanted,) if isinstance(wanted, str) else tuple(wanted)
    if not names:
        raise InputError(f"{place}: there is no column to read; the file has {', '.join(available) or 'no numbers'}.")
    for name in names:
        if name not in available:
            text = "holds no numbers" if name in set(others) else "is not there"
            raise InputError(f"{place}: the column {name!r} {text}; there are {', '.join(available) or 'none'}.")
    return names


def as_read(name: str, array: Any, column: RecordColumn) -> np.ndarray:
    """Convert (B, T) values, known to be in range, to the array that the caller gets.

    Labels with one value per row become (B,); everything else is (B, T).
    """
    array = np.asarray(array).astype(column.dtype, copy=False).reshape(-1, column.width)
    return array[:, 0] if name == LABEL_COLUMN and column.width == 1 else array


def outside(array: np.ndarray, dtype: Dtype) -> np.ndarray:
    """Return the indices of rows with an integer that `dtype` cannot hold; none if `dtype` is float32."""
    if dtype is np.float32:
        return np.zeros(0, np.intp)
    limits = np.iinfo(np.int32 if dtype is np.int32 else np.int64)
    wrong = (array < limits.min) | (array > limits.max)
    return np.flatnonzero(wrong.any(axis=tuple(range(1, wrong.ndim))))


def _to_write(name: str, array: Any) -> np.ndarray:
    kinds = ("an array of integers or floats" if name == LABEL_COLUMN else "an array of integers") + ", (N, T) or (N,)"
    if not isinstance(name, str) or not name or not is_whole(name):
        raise InputError(f"{name!r} is not the name of a column")
    if not isinstance(array, np.ndarray) or array.ndim not in (1, 2) or array.dtype.kind not in "iuf":
        raise InputError(f"column {name} must be {kinds}")
    if isinstance(array, np.ma.MaskedArray):
        raise InputError(f"column {name} is a masked array, whose masked values nothing can be written for; fill it")
    if array.ndim == 2 and not array.shape[1]:
        raise InputError(f"column {name} has no values in its rows: it is {array.shape}")
    if array.dtype.kind == "f" and name != LABEL_COLUMN:
        raise InputError(f"column {name} must be {kinds}; it is of {array.dtype}")
    array = array[:, None] if array.ndim == 1 else array
    if array.dtype.kind == "f":
        with np.errstate(over="ignore"):
            single = array.astype(np.float32)
        rows = np.flatnonzero(~np.isfinite(single).all(axis=1))
        if len(rows):
            raise InputError(
                f"column {name}, row {rows[0]}: {array[rows[0]].tolist()} is not a number that float32 can hold"
            )
        return single
    dtype = integer_type(name)
    rows = outside(array, dtype)
    if len(rows):
        limits = np.iinfo(np.int32 if dtype is np.int32 else np.int64)
        raise InputError(
            f"column {name}, row {rows[0]}: a value is outside {limits.dtype} ({limits.min} to {limits.max}), which it "
            "is stored and read as; MindSpore would wrap it silently"
        )
    return array.astype(dtype)
