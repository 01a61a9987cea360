"""Writer of MindRecord files with the published column names."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from ..compat import require_mindspore
from ..errors import InputError
from ..writing import replacing
from .mindrecord_index import add_checksum
from .record_columns import to_write

_ROWS_AT_A_TIME = 1000


def write_mindrecord(path: str | os.PathLike[str], columns: Mapping[str, np.ndarray]) -> int:
    """Write rows of numbers to a MindRecord file that `mindspore.dataset.MindDataset` reads.

    The index `PATH.db` is written next to the file and must stay there. Both contain the file's name, so neither can be
    renamed. The index also holds what MindRecord itself lacks, and other readers ignore: the number of rows and a
    checksum of the file, which `read_records` verifies.

    Args:
        path: The file, written atomically.
        columns: Integer arrays of shape (N, T) or (N,) by column name, all with N rows; `label_ids` may hold floats.

    Returns:
        Number of rows written, N.

    Raises:
        InputError: As for `write_tfrecord`; or there are no rows, or MindSpore rejects the name of the file or of a
            column.

    Examples:
        >>> write_mindrecord("train.mindrecord", {"input_ids": np.array([[2, 7, 3], [2, 9, 3]])})
        2
    """
    rows, arrays = to_write(columns)
    if not rows:
        raise InputError(f"There are no rows to write to {os.fspath(path)}; a MindRecord file needs at least one.")
    require_mindspore()
    from mindspore.mindrecord import FileWriter
    from mindspore.mindrecord.common.exceptions import MindRecordException

    with replacing(path) as temporary:
        schema = {name: {"type": array.dtype.name, "shape": [array.shape[1]]} for name, array in arrays.items()}
        try:
            writer = FileWriter(str(temporary))
            writer.add_schema(schema)
        except MindRecordException as error:
            raise InputError(f"{os.fspath(path)} cannot be written as MindRecord: {error}") from None
        for begin in range(0, rows, _ROWS_AT_A_TIME):
            some = range(begin, min(begin + _ROWS_AT_A_TIME, rows))
            writer.write_raw_data([{name: array[row] for name, array in arrays.items()} for row in some])
        writer.commit()
        add_checksum(temporary, rows)
    return rows
