"""Batches from TFRecord and MindRecord files, with the integrity checks that MindSpore omits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import numpy as np

from ..arguments import check_choice, check_integer
from ..counting import counted, there_are
from ..errors import InputError
from .batches import shuffled
from .mindrecord_reader import MindRecordSource
from .packed import open_packed
from .record_columns import RecordColumn, choose_names
from .tfrecord_frames import is_intact_header
from .tfrecord_reader import TfRecordSource

RecordFormat = Literal["tfrecord", "mindrecord"]
_SOURCES: dict[str, type[TfRecordSource] | type[MindRecordSource]] = {
    "tfrecord": TfRecordSource,
    "mindrecord": MindRecordSource,
}


class Records:
    """Batches of rows from record files; created by `read_records`.

    Each iteration is one epoch, reshuffled if shuffling is on; `epoch` returns a particular one.

    Attributes:
        rows: Number of rows in all files.
        columns: Width and dtype of the columns that are read, by name.
        seed: Seed of the shuffling, combined with the epoch; None without shuffling.
    """

    def __init__(
        self,
        source: TfRecordSource | MindRecordSource,
        columns: Mapping[str, RecordColumn],
        *,
        batch_size: int,
        seed: int | None,
        shard: tuple[int, int],
        drop_remainder: bool,
    ) -> None:
        self.rows = sum(source.rows)
        self.columns = dict(columns)
        self.seed = seed
        self._source = source
        self._batch_size = batch_size
        index, count = shard
        if drop_remainder:
            # Every shard gets the same number: a process without a batch would leave the others waiting.
            each = self.rows // count // batch_size * batch_size
            if not each:
                parts = f" in each of {count} parts" if count > 1 else ""
                raise InputError(
                    f"{counted(self.rows, 'row makes', 'rows make')} no whole batch of {batch_size}{parts}."
                )
            self._range = (index * each, (index + 1) * each)
        else:
            self._range = (self.rows * index // count, self.rows * (index + 1) // count)
        self._next_epoch = 0

    def __len__(self) -> int:
        """Return the number of batches per epoch in this shard."""
        return len(range(*self._range, self._batch_size))

    def __iter__(self) -> Iterator[dict[str, np.ndarray]]:
        self._next_epoch += 1
        return self.epoch(self._next_epoch - 1)

    def epoch(self, epoch: int) -> Iterator[dict[str, np.ndarray]]:
        """Return the batches of an epoch (counted from 0), as described in `read_records`."""
        check_integer(epoch, "epoch", 0)
        begin, end = self._range
        order = np.arange(self.rows) if self.seed is None else shuffled(self.rows, self.seed, epoch)
        return self._source.read(tuple(self.columns), order[begin:end], self._batch_size)

    def place(self, row: int) -> str:
        """Return file and record of a row, given its index over all files, for messages."""
        ends = np.cumsum(self._source.rows)
        file = int(np.searchsorted(ends, row, side="right"))
        return f"{self._source.paths[file]}, record {row - (int(ends[file - 1]) if file else 0)}"


def read_records(  # noqa: PLR0913 - independent options, given by name
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    batch_size: int,
    shuffle: bool = False,
    seed: int | None = None,
    shard: tuple[int, int] | None = None,
    columns: Iterable[str] | None = None,
    drop_remainder: bool = False,
    rows: int | None = None,
    format: RecordFormat | None = None,  # noqa: A002 - as `read_texts` calls it
) -> Records:
    """Read one or more TFRecord or MindRecord files, as one table, in batches.

    All files are read and verified first: every checksum of a TFRecord file, the checksum that `write_mindrecord`
    stores, and the number of rows. Every batch is checked again when it is read, and so is the number of rows at the
    end: no row is lost silently.

    Args:
        paths: A file, or several of one format. A TFRecord file may be compressed with gzip.
        batch_size: Rows per batch.
        shuffle: Whether to shuffle all rows (not just within a buffer) anew in each epoch.
        seed: Seed of the shuffling; by default a random one.
        shard: (index, count), the part to read if `count` processes share the rows. Parts are contiguous ranges; each
            row is in exactly one. Shuffling with shards needs the same seed in every process.
        columns: Names of the columns to read; None reads all columns of numbers.
        drop_remainder: True returns full batches only, the same number in each part (for training). False keeps every
            row (for evaluation).
        rows: Expected number of rows in all files, as the writers returned it. It is the only way to detect a TFRecord
            file that was truncated between two rows.
        format: "tfrecord" or "mindrecord". By default, a file that begins like a MindRecord file is taken for one, and
            any other for TFRecord.

    Returns:
        An iterable of batches: dicts of (B, T) arrays by column name; `label_ids` with one value per row are (B,). The
        published columns are int32, other integers int64, floats float32.

    Raises:
        InputError: A file is damaged, truncated, renamed or of another format (names file, record and byte); there are
            no rows, their number is not `rows`, or `drop_remainder` leaves no full batch; a column does not exist
            (lists those that do); or an argument is invalid. While iterating: a row lacks a column or has a different
            number of values than the first.

    Examples:
        >>> from tinybert.data import write_tfrecord
        >>> rows = write_tfrecord("small.tfrecord", {"input_ids": np.zeros((3, 128), int), "label_ids": np.arange(3)})
        >>> records = read_records("small.tfrecord", batch_size=2, shuffle=True, seed=1, rows=rows)
        >>> [(batch["input_ids"].shape, batch["label_ids"].shape) for batch in records]
        [((2, 128), (2,)), ((1, 128), (1,))]
    """
    files = [os.fspath(paths)] if isinstance(paths, str | os.PathLike) else [os.fspath(path) for path in paths]
    if not files:
        raise InputError("There are no files to read.")
    check_integer(batch_size, "batch_size", 1)
    source = _SOURCES[_format(files, format)](files)
    if not sum(source.rows):
        raise InputError(f"{', '.join(files[:3])}: there are no rows.")
    names = choose_names(source.columns, columns, source.others, files[0])
    if rows is not None and rows != sum(source.rows):
        counts = ", ".join(f"{path} {count}" for path, count in list(zip(files, source.rows, strict=True))[:10])
        raise InputError(f"{there_are(sum(source.rows), 'row')}, but {counted(rows, 'was', 'were')} written: {counts}.")
    return Records(
        source,
        {name: source.columns[name] for name in names},
        batch_size=batch_size,
        seed=_seed(shuffle, seed, shard),
        shard=_shard(shard),
        drop_remainder=drop_remainder,
    )


def _format(files: list[str], given: RecordFormat | None) -> str:
    if given is not None:
        check_choice(given, "format", tuple(_SOURCES))
        return given
    found = {path: _looks_like(path) for path in files}
    if len(set(found.values())) > 1:
        one, other = (next(path for path in files if found[path] == kind) for kind in _SOURCES)
        problem = f"{one} looks like TFRecord, {other} is MindRecord"
        raise InputError(f"The files are of different formats: {problem}. Read those of one format at a time.")
    return found[files[0]]


def _looks_like(path: str) -> RecordFormat:
    header = first_bytes(path)
    # Both formats begin with a length. It is followed by JSON in MindRecord and by a checksum, which may happen to look
    # like JSON, in TFRecord. One matching character of two is enough, so that a damaged MindRecord file is still
    # recognized.
    json = header[8:9] == b"{" or header[9:10] == b'"'
    return "mindrecord" if json and not is_intact_header(header) else "tfrecord"


def first_bytes(path: str) -> bytes:
    """Return the first 12 bytes of a file, after decompression if it is a gzip file.

    Raises:
        InputError: It cannot be read.
    """
    if "\0" in path:
        raise InputError(f"{path} cannot be read: there is a null character in its name.")
    try:
        with open_packed(path, is_intact_header) as file:
            return file.read(12)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error


def _seed(shuffle: bool, seed: int | None, shard: tuple[int, int] | None) -> int | None:
    if not shuffle:
        return None
    if seed is not None:
        return check_integer(seed, "seed", 0)
    if shard is not None and shard[1] > 1:
        raise InputError("Shuffled parts need a seed, the same in all, or rows would be read twice or never.")
    return int(np.random.SeedSequence().generate_state(1)[0])


def _shard(shard: tuple[int, int] | None) -> tuple[int, int]:
    if shard is None:
        return 0, 1
    if not isinstance(shard, tuple | list) or len(shard) != 2:
        raise InputError(f"shard is {shard!r}; it must be (index, count).")
    count = check_integer(shard[1], "shard's count", 1)
    return check_integer(shard[0], "shard's index", 0, count - 1), count
