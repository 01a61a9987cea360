"""TFRecord files in the published column names, written."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from ..writing import replacing
from .record_columns import to_write


def write_tfrecord(path: str | os.PathLike[str], columns: Mapping[str, np.ndarray]) -> int:
    """Writes rows of numbers to a TFRecord file, as `mindspore.dataset.TFRecordDataset` reads them.

    The file does not say how many rows it has. Keep the number and give it to `read_records`: what was cut off at the
    end of a row cannot be found otherwise.

    Args:
        path: The file. It is there whole or not at all.
        columns: (N, T) or (N,) integer arrays by their names, all of N rows; `label_ids` may be of floats.

    Returns:
        Rows written, N.

    Raises:
        InputError: A column is of another kind, has a value outside int32, or the columns have different numbers of
            rows.

    Examples:
        With a tokenizer: `dict(zip(COLUMNS, tokenizer(texts, pad_to=128).inputs))` makes the network's columns.

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
