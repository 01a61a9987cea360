"""Reader of labelled rows of token ids from TFRecord and MindRecord files with the model zoo's columns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..counting import counted
from ..errors import InputError
from ..task import QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION
from ..writing import settle
from .examples import TokenizedExample
from .record_columns import COLUMNS, LABEL_COLUMN
from .records import Records, first_bytes, read_records
from .tfrecord_frames import is_intact_header

_ENDINGS = (".tfrecord", ".tfrecords", ".tf_record", ".tf_records", ".mindrecord", ".mindrecords")
_BATCH = 1024
_REAL = "is_real_example"
"""Column that is 0 in the rows that Google's code adds to fill the last batch."""


def are_records(path: Any) -> bool:
    """Return whether a path is a folder, or a record file by its extension or first bytes."""
    if not isinstance(path, str | os.PathLike) or "\0" in os.fspath(path):
        return False
    place = Path(path)
    if place.is_dir() or place.name.removesuffix(".gz").endswith(_ENDINGS):
        return True
    if not place.is_file():
        return False
    try:
        header = first_bytes(os.fspath(path))
    except InputError:  # the text reader will report what is wrong
        return False
    # MindRecord starts with the length of its JSON in 8 bytes; below 4 GB the upper four are zero, which no text has.
    return is_intact_header(header) or (header[4:8] == bytes(4) and header[8:9] == b"{")


def read_tokenized(
    kind: str, path: str | os.PathLike[str], *, label: str | None = None, regression: bool = False
) -> list[TokenizedExample]:
    """Read labelled rows of token ids from record files.

    Args:
        kind: The kind of task, one of `tinybert.task.KINDS`.
        path: A file, optionally compressed with gzip, or a folder of such files.
        label: Name of the label column, `label_ids` by default. Questions instead have `start_positions` and
            `end_positions`, token indices in the row.
        regression: Whether labels are scores.

    Returns:
        The rows without padding; rows whose `is_real_example` is 0 are omitted.

    Raises:
        InputError: A file is damaged or lacks a column, a row is not laid out like BERT input, or a label is invalid;
            the message names file and record.
    """
    if kind not in _KINDS:
        raise InputError(f"{os.fspath(path)} holds token ids; an {kind} is trained and evaluated on pairs of texts.")
    facts = _KINDS[kind]
    names = facts.columns or (label or LABEL_COLUMN,)
    files = record_files(path)
    known = read_records(files, batch_size=_BATCH).columns
    wanted = [*COLUMNS, *names, *(name for name in (_REAL,) if name in known)]
    records = read_records(files, batch_size=_BATCH, columns=wanted)
    examples = list(_examples(records, names, facts.score if regression else facts.label))
    if not examples:
        raise InputError(f"{os.fspath(path)}: there are no rows; {_REAL} is 0 in all.")
    return examples


def record_files(path: str | os.PathLike[str]) -> list[str]:
    """Return the record files of a path: the file itself, or those in a folder, sorted by name.

    Index files of MindRecord, hidden files, descriptions and markers such as `_SUCCESS` are ignored.

    Raises:
        InputError: The folder has no record files, or cannot be read.
    """
    place = Path(path)
    if not place.is_dir():
        return [os.fspath(path)]
    try:
        settle(place)
        files = [file for file in sorted(place.iterdir()) if file.is_file() and not file.name.startswith((".", "_"))]
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror or error}.") from None
    found = [str(file) for file in files if file.suffix not in (".db", ".json", ".txt")]
    if not found:
        raise InputError(f"{place} is a folder without TFRecord or MindRecord files. Give a file of data.")
    return found


def _examples(
    records: Records, names: tuple[str, ...], label_of: Callable[[np.ndarray, int], Any]
) -> Iterator[TokenizedExample]:
    row = -1
    for batch in records:
        real = batch.get(_REAL, np.ones((len(batch["input_ids"]), 1)))
        ids, masks, segments = (batch[name] for name in COLUMNS)
        labels = [batch[name].reshape(len(ids), -1) for name in names]
        for index in range(len(ids)):
            row += 1
            if not real[index].any():
                continue
            try:
                length = _length(ids[index], masks[index], segments[index])
                label = label_of(np.concatenate([column[index] for column in labels]), length)
            except InputError as error:
                raise error.prefixed(f"{records.place(row)}: ") from None
            yield TokenizedExample(
                ids[index, :length].copy(), segments[index, :length].copy(), label, records.place(row)
            )


def _length(ids: np.ndarray, mask: np.ndarray, segments: np.ndarray) -> int:
    """Return the number of tokens in a row without padding."""
    if not len(ids) == len(mask) == len(segments):
        raise InputError(f"input_ids, input_mask and segment_ids have {len(ids)}, {len(mask)}, {len(segments)} values.")
    length = int((mask == 1).sum())
    if not length or not (mask[:length] == 1).all() or mask[length:].any():
        raise InputError("input_mask is not 1 for some tokens and then 0 for the padding behind them.")
    kept = segments[:length]
    if not np.isin(kept, (0, 1)).all() or (np.diff(kept) < 0).any():
        raise InputError("segment_ids are not 0 for the first text and then 1 for the second.")
    if ids[:length].min() < 0:
        raise InputError("input_ids has a negative value.")
    return length


def _class(values: np.ndarray, length: int) -> int:
    del length
    if len(values) != 1:
        raise InputError(f"the label has {counted(len(values), 'value')}; a text has one class.")
    if values.dtype == np.float32:
        raise InputError("the label is a float. Say that labels are scores.", argument="regression", example=True)
    if values[0] < 0:
        raise InputError(f"the label is {values[0]}; classes are numbered from 0.")
    return int(values[0])


def _score(values: np.ndarray, length: int) -> float:
    del length
    if len(values) != 1 or not np.isfinite(values).all():
        raise InputError(f"the label is {str(values)[:60]}; a score is one number.")
    return float(values[0])


def _tokens(values: np.ndarray, length: int) -> np.ndarray:
    if values.dtype == np.float32 or len(values) < length:
        raise InputError(
            f"{counted(len(values), 'label')} of {values.dtype} for {counted(length, 'token')}; each needs an integer."
        )
    return values[:length].astype(np.int32)


def _answer(values: np.ndarray, length: int) -> tuple[int, int]:
    if values.dtype == np.float32 or len(values) != 2:
        raise InputError("start_positions and end_positions must be an integer each.")
    start, end = map(int, values)
    if not 0 <= start <= end < length:
        raise InputError(f"the answer goes from token {start} to {end}; the row has 0 to {length - 1}.")
    return start, end


class _Kind(NamedTuple):
    """Readers of a label and of a score for a kind of task, and its label columns if not the usual ones."""

    label: Callable[[np.ndarray, int], Any]
    score: Callable[[np.ndarray, int], Any]
    columns: tuple[str, ...] = ()


_KINDS: Mapping[str, _Kind] = {
    SEQUENCE_CLASSIFICATION.name: _Kind(_class, _score),
    TOKEN_CLASSIFICATION.name: _Kind(_tokens, _tokens),
    QUESTION_ANSWERING.name: _Kind(_answer, _answer, ("start_positions", "end_positions")),
}
