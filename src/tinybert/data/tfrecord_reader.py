"""Reader of TFRecord rows as arrays, in any order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..counting import counted
from ..errors import InputError
from .record_columns import RecordColumn, as_read, integer_type, outside
from .tfrecord_frames import read_records_at, record_error, record_offsets

_INTEGERS, _FLOATS = "int64_list", "float_list"


class TfRecordSource:
    """One or more TFRecord files read as one table; verified on construction.

    Args:
        paths: The files; their rows are concatenated in this order.

    Attributes:
        paths: The files.
        rows: Rows of each file.
        columns: The numeric columns, as defined by the first row.
        others: Names of the columns of bytes or empty lists, which are not read.

    Raises:
        InputError: A file cannot be read or is damaged.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        self._offsets = [record_offsets(path) for path in self.paths]
        self.rows = tuple(len(offsets) for offsets in self._offsets)
        self._begins = np.cumsum((0, *self.rows))
        self.columns: dict[str, RecordColumn] = {}
        self.others: list[str] = []
        if sum(self.rows):
            file = next(index for index, rows in enumerate(self.rows) if rows)
            _, features = next(self._features(file, [0]))
            for name in sorted(features):
                kind = features[name].WhichOneof("kind")
                if kind in (_INTEGERS, _FLOATS) and len(getattr(features[name], kind).value):
                    dtype = integer_type(name) if kind == _INTEGERS else np.float32
                    self.columns[name] = RecordColumn(len(getattr(features[name], kind).value), dtype)
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
            InputError: A row lacks a column, differs from the first row in the number or type of values, or has a value
                outside int32; or the file has changed.
        """
        for begin in range(0, len(order), batch_size):
            yield self._batch(names, order[begin : begin + batch_size])

    def _batch(self, names: Sequence[str], rows: np.ndarray) -> dict[str, np.ndarray]:
        files = np.searchsorted(self._begins, rows, side="right") - 1
        # Keep integers as int64, as in the file, until they are known to fit.
        wide = {name: np.float32 if _is_float(self.columns[name]) else np.int64 for name in names}
        batch = {name: np.empty((len(rows), self.columns[name].width), wide[name]) for name in names}
        for file in np.unique(files):
            places = np.flatnonzero(files == file)
            numbers = (rows[places] - self._begins[file]).tolist()
            for place, (number, features) in zip(places, self._features(file, numbers), strict=True):
                for name in names:
                    batch[name][place] = self._values(file, number, features, name)
        for name in names:
            column = self.columns[name]
            for place in outside(batch[name], column.dtype):
                number = int(rows[place] - self._begins[files[place]])
                raise self._error(files[place], number, f"{name} has a value outside int32, which the network takes.")
        return {name: as_read(name, batch[name], self.columns[name]) for name in names}

    def _features(self, file: int, numbers: Sequence[int]) -> Iterator[tuple[int, Any]]:
        from google.protobuf.message import DecodeError
        from tfrecord import example_pb2

        offsets = self._offsets[file]
        contents = read_records_at(self.paths[file], [(number, int(offsets[number])) for number in numbers])
        for number, content in zip(numbers, contents, strict=True):
            try:
                features = example_pb2.Example.FromString(content).features.feature
                sorted(features)  # a name that is not UTF-8 may raise only when accessed
            except (DecodeError, UnicodeDecodeError):
                raise self._error(file, number, "the content is not a tf.train.Example.") from None
            yield number, features

    def _values(self, file: int, number: int, features: Any, name: str) -> Any:
        column = self.columns[name]
        if name not in features:  # indexing with a missing name would add it
            has = ", ".join(sorted(features)) or "none"
            raise self._error(file, number, f"there is no column {name!r}; there are {has}.")
        kind = features[name].WhichOneof("kind")
        values = getattr(features[name], kind).value if kind else ()
        wanted = _FLOATS if _is_float(column) else _INTEGERS
        if kind != wanted or len(values) != column.width:
            has = f"{counted(len(values), 'value')} of {kind}" if kind else "no values"
            raise self._error(file, number, f"{name} has {has}; the first row has {column.width} of {wanted}.")
        return values

    def _error(self, file: int, number: int, problem: str) -> InputError:
        return record_error(os.fspath(self.paths[file]), number, int(self._offsets[file][number]), problem)


def _is_float(column: RecordColumn) -> bool:
    return column.dtype is np.float32
