"""`tinybert fill`: predict the words that [MASK] stands for."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..task import MASKED_LANGUAGE_MODELING
from . import options
from .options import OnError

if TYPE_CHECKING:
    from ..tasks import FilledText
    from .input_rows import Row


class To(str, Enum):
    """Output format of the predictions."""

    JSONL = "jsonl"
    TSV = "tsv"
    CSV = "csv"


def fill(
    model: options.Model,
    input_: options.Input = "-",
    output: options.Output = "-",
    to: Annotated[
        Optional[To],  # noqa: UP045
        typer.Option(help="Format of the output. [default: by the file name; on stdout, jsonl]", show_default=False),
    ] = None,
    top_k: Annotated[int, typer.Option("--top-k", min=1, help="Number of tokens to write for each [MASK].")] = 5,
    id_: options.Id = None,
    *,
    reading: options.InputOptions,
    computing: options.ComputeOptions,
    on_error: options.OnErrorOption = OnError.FAIL,
    loading: options.ModelOptions,
) -> None:
    """Fill in the words that [MASK] stands for: the text with the best ones, and the most probable tokens of each.

    TSV and CSV have the filled text, then the tokens as JSON; CSV also has all columns of the input. A skipped line
    keeps its place, in JSON lines with its error.

    Example: tinybert fill hf:google-bert/bert-base-uncased texts.txt --top-k 3
    """
    from .beside import beside
    from .input_rows import open_input
    from .output import output_format, text_output
    from .results import Results

    form = output_format(output, to and to.value, ("jsonl", "tsv", "csv"))
    whole = form == "csv" or id_ is not None
    with open_input(input_) as file:
        rows = reading.rows(file, input_, whole=whole)
        from ..tasks import MaskFiller

        filler = MaskFiller(loading.load(model, MASKED_LANGUAGE_MODELING.name))
        task = partial(filler, top_k=top_k, max_length=computing.max_length, batch_size=computing.batch_size)
        results = Results(task, input_, output, on_error)
        found = results.of(rows)
        lines: Iterator[str]
        if form == "jsonl" and not whole:
            lines = (_json_line(row, result) for row, result in found)
        else:
            lines = beside(found, form, ("filled", "masks"), _values, whole=whole, id_=id_)
        with text_output(output) as write:
            for line in lines:
                write(line)
    results.finish()


def _values(result: FilledText) -> list[Any]:
    return [result.text, list(result.to_dict()["masks"])]


def _json_line(row: Row, result: FilledText | None) -> str:
    from .output import bad_line, json_line

    if result is None:
        return bad_line(row)
    return json_line(text=row.item, **dict(zip(("filled", "masks"), _values(result), strict=True)))
