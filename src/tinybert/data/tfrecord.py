"""TFRecord files in the published column names."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..errors import InputError

COLUMNS = ("input_ids", "input_mask", "segment_ids")
"""The network's inputs, under the names that the published data has."""


def write_tfrecord(path: str | Path, columns: Mapping[str, np.ndarray]) -> int:
    """Writes rows of integers to a TFRecord file, as `mindspore.dataset.TFRecordDataset` reads them.

    Args:
        path: The file. It is there whole or not at all.
        columns: (N, T) or (N,) integer arrays by their names, all of N rows.

    Returns:
        Rows written, N.

    Raises:
        InputError: A column is not of integers, or the columns have different numbers of rows.

    Example:
        >>> write_tfrecord("train.tfrecord", dict(zip(COLUMNS, tokenizer(texts, pad_to=128).inputs)))
    """
    from tfrecord import TFRecordWriter

    rows = _check(columns)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".write-") as folder:
        temporary = Path(folder) / path.name
        writer = TFRecordWriter(str(temporary))
        try:
            for row in range(rows):
                writer.write({name: (np.atleast_1d(array[row]).tolist(), "int") for name, array in columns.items()})
        finally:
            writer.close()
        os.replace(temporary, path)
    return rows


def _check(columns: Mapping[str, np.ndarray]) -> int:
    if not columns:
        raise InputError("there is no column to write")
    for name, array in columns.items():
        if not isinstance(array, np.ndarray) or array.ndim not in (1, 2) or not np.issubdtype(array.dtype, np.integer):
            raise InputError(f"column {name} must be an array of integers, (N, T) or (N,)")
    sizes = {name: len(array) for name, array in columns.items()}
    if len(set(sizes.values())) != 1:
        raise InputError(f"the columns have different numbers of rows: {sizes}")
    return next(iter(sizes.values()))
