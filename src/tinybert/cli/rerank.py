"""`tinybert rerank`: order texts by how well they fit a query."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import Annotated, Any, Optional

import typer

from ..errors import InputError
from ..task import SEQUENCE_CLASSIFICATION
from . import options
from .options import OnError


class To(str, Enum):
    """Output format of the results."""

    TSV = "tsv"
    JSONL = "jsonl"


def rerank(
    model: options.Model,
    input_: options.Input = "-",
    *,
    query: Annotated[str, typer.Option(help="What the texts are to fit.")],
    top_k: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1, help="Number of texts, best first. [default: all]"),
    ] = None,
    label: options.RankLabel = None,
    output: options.Output = "-",
    to: Annotated[
        Optional[To],  # noqa: UP045
        typer.Option(help="Format of the output. [default: by the file name; on stdout, tsv]", show_default=False),
    ] = None,
    reading: options.InputOptions,
    computing: options.ComputeOptions,
    on_error: options.OnErrorOption = OnError.FAIL,
    loading: options.ModelOptions,
) -> None:
    """Order texts by how well they fit a query, with a classifier of pairs: score, line and text, best first.

    Example: tinybert rerank my-pairs answers.txt --query "When is it open?"
    """
    from ..tasks import Reranker
    from ..tasks.search_index import Hit
    from .input_rows import open_input
    from .output import output_format, text_output
    from .results import Results
    from .search import hit_lines

    if not query.strip():
        raise InputError("the query is empty")
    form = output_format(output, to and to.value, ("tsv", "jsonl"))
    with open_input(input_) as file:
        rows = reading.rows(file, input_)
        reranker = Reranker(loading.load(model, SEQUENCE_CLASSIFICATION.name))
        given: dict[str, Any] = {"label": label, "max_length": computing.max_length, "batch_size": computing.batch_size}
        task = partial(reranker.scores, query, **given)
        results = Results(task, input_, output, on_error)
        hits = [Hit(score, row.line, row.item) for row, score in results.of(rows) if score is not None]
    hits.sort(key=lambda hit: -hit.score)
    with text_output(output) as write:
        for line in hit_lines(form, [query], [hits[:top_k]]):
            write(line)
    results.finish()
