"""Reader of MindRecord rows as arrays, in any order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..compat import require_mindspore
from ..counting import counted
from ..errors import InputError
from .mindrecord_index import Column, MindRecordFile, check_mindrecord
from .record_columns import RecordColumn, as_read, integer_type, outside

_NUMBERS = ("int32", "int64", "float32", "float64")


class MindRecordSource:
    """One or more MindRecord files read as one table; verified on construction.

    Args:
        paths: The files; their rows are concatenated in this order. Files that were written as one set must all be
            given.

    Attributes:
        paths: The files.
        rows: Rows of each file.
        columns: The numeric columns.
        others: Names of the columns of strings or bytes, which are not read.

    Raises:
        InputError: A file is damaged or renamed (`check_mindrecord`), the files differ in columns or page sizes, or a
            file of a set is missing.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        files = [check_mindrecord(path) for path in paths]
        for file in files:
            if file.layout != files[0].layout:
                raise InputError(
                    f"{file.path} and {files[0].path} differ in their columns or page sizes: {file.layout}, "
                    f"{files[0].layout}. MindSpore cannot read them together."
                )
            _check_complete(file, files)
        self.paths = tuple(paths)
        self.rows = tuple(file.rows for file in files)
        self.columns: dict[str, RecordColumn] = {}
        self.others: list[str] = []
        for name, entry in sorted(files[0].schema.items()):
            if entry["type"] in _NUMBERS:
                dtype = np.float32 if entry["type"].startswith("float") else integer_type(name)
                self.columns[name] = RecordColumn(self._width(name, entry), dtype)
            else:
                self.others.append(name)

    def read(self, names: Sequence[str], order: np.ndarray, batch_size: int) -> Iterator[dict[str, np.ndarray]]:
        """Read rows in batches.

        Args:
            names: Names of the columns to read.
            order: (N,) integer row indices over all files.
            batch_size: Rows per batch; the last batch may be smaller.

        Yields:
            (B, T) arrays by column name; `label_ids` with one value per row are (B,).

        Raises:
            InputError: A value is outside int32, or MindSpore cannot read the rows or returns the wrong number of them.
        """
        done = 0
        for raw in self._batches(names, order, batch_size) if len(order) else ():
            batch = {name: np.asarray(raw[name]) for name in names}
            for name in names:
                column = self.columns[name]
                for place in outside(batch[name], column.dtype):
                    row = int(order[done + place])
                    raise InputError(
                        f"{self._shown()}, row {row} of all: {name} has a value outside int32, which the network takes."
                    )
            done += len(next(iter(batch.values())))
            yield {name: as_read(name, batch[name], self.columns[name]) for name in names}
        if done != len(order):
            raise InputError(f"{self._shown()}: MindSpore read {counted(done, 'row')} where there are {len(order)}.")

    def _batches(self, names: Sequence[str], order: np.ndarray, batch_size: int) -> Iterator[dict[str, Any]]:
        require_mindspore()
        import mindspore.dataset as ds

        try:
            # Pass a list: given a single path as a string, MindSpore reads the files that its header names.
            rows = ds.MindDataset(
                list(self.paths), columns_list=list(names), sampler=ds.SubsetSampler([int(row) for row in order])
            )
            batches = rows.batch(batch_size, drop_remainder=False)
            yield from batches.create_dict_iterator(num_epochs=1, output_numpy=True)
        except (RuntimeError, ValueError) as error:
            reason = str(error).strip().partition("C++ Call Stack")[0].strip(" -\n")
            raise InputError(f"{self._shown()}: MindSpore cannot read the rows. {reason}") from None

    def _width(self, name: str, entry: Column) -> int:
        shape = entry.get("shape", [1])
        if any(size > 0 for size in shape[1:]) and len(shape) > 1:
            raise InputError(f"{self._shown()}: {name} has the shape {shape} in each row; columns have one axis.")
        if shape[0] > 0:
            return int(shape[0])
        # The schema does not give the width; take it from the first row.
        first = next(self._batches([name], np.zeros(1, np.int64), 1))
        return int(np.asarray(first[name]).reshape(1, -1).shape[1])

    def _shown(self) -> str:
        return self.paths[0] + (f" and {len(self.paths) - 1} more" if len(self.paths) > 1 else "")


def _check_complete(file: MindRecordFile, files: Sequence[MindRecordFile]) -> None:
    folder = os.path.dirname(os.path.realpath(file.path))
    given = {os.path.realpath(other.path) for other in files}
    missing = [part for part in file.parts if os.path.join(folder, part) not in given]
    if missing:
        raise InputError(
            f"{file.path} is one of {len(file.parts)} files that were written together. Give the others as well: "
            f"{', '.join(missing[:10])}{' ...' if len(missing) > 10 else ''}."
        )
