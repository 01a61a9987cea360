"""Labelled examples, given directly or as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ..data.labelled import Table, read_examples
from ..task import Task
from .labels import Examples

Data = str | Path | BinaryIO | Examples
"""Labelled examples, or a file that holds them, open or by its name.

Files are TSV, CSV or JSON lines for texts, CoNLL for words and SQuAD JSON for questions; or, for any of these, token
ids in TFRecord or MindRecord files or a folder of such files.
"""


def examples_of(task: Task, data: Data, table: Table | None = None, *, strict: bool | None = None) -> Examples:
    """Return the labelled examples for a task, read from a file if necessary.

    Args:
        task: The task; for a regression, labels are read as numbers.
        data: The examples, or a file.
        table: How to read the file; by default columns are found by their well-known names.
        strict: For questions, as for `read_squad`; the default suits questions that are only scored.

    Raises:
        InputError: The file is invalid or has no labels; the message names file and line.
    """
    if isinstance(data, Sequence) and not isinstance(data, str):
        return data
    table = replace(table or Table(), regression=task.problem == "regression")
    return read_examples(task.kind, data, table, strict=strict)
