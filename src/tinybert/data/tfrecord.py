"""Writer of TFRecord files with the published column names."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from ..writing import replacing
from .record_columns import to_write


def write_tfrecord(path: str | os.PathLike[str], columns: Mapping[str, np.ndarray]) -> int:
    """Write rows of numbers to a TFRecord file that `mindspore.dataset.TFRecordDataset` reads.

    The file does not store its number of rows. Keep the returned number and pass it to `read_records`: truncation
    between two rows cannot be detected otherwise.

    Args:
        path: The file, written atomically.
        columns: Integer arrays of shape (N, T) or (N,) by column name, all with N rows; `label_ids` may hold floats.

    Returns:
        Number of rows written, N.

    Raises:
        InputError: A column has another type or a value out of range, or the columns have different numbers of rows.

    Examples:
        With a tokenizer, `dict(zip(COLUMNS, tokenizer(texts, pad_to=128).inputs))` gives the network's columns.

        >>> write_tfrecord("train.tfrecord", {"input_ids": np.array([[2, 7, 3], [2, 9, 3]])})
        2
    """
    from tfrecord import TFRecordWriter

    rows, arrays = to_write(columns)
    kinds = {name: "float" if array.dtype == np.float32 else "int" for name, array in arrays.items()}
    with replacing(path, through_link=True) as temporary:
        writer = TFRecordWriter(str(temporary))
        try:
            for row in range(rows):
                writer.write({name: (array[row].tolist(), kinds[name]) for name, array in arrays.items()})
        finally:
            writer.close()
    return rows
