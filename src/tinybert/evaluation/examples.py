"""Labelled examples, from a file where one is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..data.labelled import Table, read_examples
from ..task import Task
from .labels import Examples

Data = str | Path | Examples
"""Labelled examples, or the file that holds them: TSV, CSV or JSON lines of texts, CoNLL of words, SQuAD of answers;
or for each of them the token ids, in TFRecord or MindRecord files or a folder of such."""


def examples_of(task: Task, data: Data, table: Table | None = None, *, strict: bool | None = None) -> Examples:
    """The labelled examples for a task.

    Args:
        task: What they are for; of a regression the labels are numbers, and a JSON list of labels is one of several.
        data: The examples, or a file.
        table: How the file is read; by default its columns have names that are known.
        strict: Of a file of questions, as `read_squad` takes it; the default is for those that are only scored.

    Raises:
        InputError: Something is wrong with the file, or it has no labels; names file and line.
    """
    if not isinstance(data, str | Path):
        return data
    table = replace(table or Table(), regression=task.problem == "regression")
    return read_examples(task.kind, data, table, strict=strict)
