"""`tinybert search`: find the texts in an index that are nearest to a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from ..errors import InputError, TinyBertError
from ..task import ENCODER
from . import completion, options

if TYPE_CHECKING:
    from ..tasks import Reranker, TaskModel
    from ..tasks.search_index import Hit, SearchIndex


class To(str, Enum):
    """Output format of the results."""

    TSV = "tsv"
    JSONL = "jsonl"


CANDIDATES = 100


def search(
    index: Annotated[str, typer.Argument(metavar="INDEX", help="What `tinybert embed --output INDEX.npz` wrote.")],
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="Text to look for; - reads queries from stdin, one a line.")
    ],
    model: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="Location of the index's model. [default: as when the index was made]", autocompletion=completion.uids
        ),
    ] = None,
    top_k: Annotated[int, typer.Option(min=1, help="Number of texts for each query, nearest first.")] = 10,
    output: options.Output = "-",
    to: Annotated[
        Optional[To],  # noqa: UP045
        typer.Option(help="Format of the output. [default: by the file name; on stdout, tsv]", show_default=False),
    ] = None,
    prompt_name: options.PromptName = None,
    prompt: options.Prompt = None,
    rerank: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="MODEL",
            help="Classifier of pairs, as for `tinybert rerank`, that orders what was found.",
            autocompletion=completion.uids,
        ),
    ] = None,
    candidates: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1, help="Number of texts that are reranked for each query, at least --top-k. [default: 100]"),
    ] = None,
    label: options.RankLabel = None,
    *,
    loading: options.ModelOptions,
) -> None:
    """Find the texts of an index that are closest in meaning to a query: score, line and text, nearest first.

    With --rerank, a classifier of pairs orders the nearest texts, and the score is its own.

    Example: tinybert search sentences.npz "Will it freeze tonight?" --top-k 3
    """
    from ..tasks import Embedder, Reranker
    from ..tasks.search_index import SearchIndex
    from .output import output_format, text_output

    form = output_format(output, to and to.value, ("tsv", "jsonl"))
    if rerank is None and (label is not None or candidates is not None):
        raise typer.BadParameter("it is for --rerank", param_hint="--label" if candidates is None else "--candidates")
    if candidates is not None and candidates < top_k:
        raise typer.BadParameter(f"it is less than --top-k {top_k}", param_hint="--candidates")
    opened = SearchIndex.load(index)
    queries = _queries(query)
    embedder = Embedder(_model(loading, model, opened))
    chosen = {"prompt": prompt, "prompt_name": prompt_name}
    # A given prompt or prompt name replaces both of those that the index was made with.
    own = chosen if any(value is not None for value in chosen.values()) else {}
    if rerank is None:
        results = opened.search(embedder, queries, top_k, **own)
    else:
        reranker = Reranker.from_pretrained(rerank)
        results = opened.search(embedder, queries, max(candidates or CANDIDATES, top_k), **own)
        results = [_reranked(reranker, *found, top_k, label) for found in zip(queries, results, strict=True)]
    with text_output(output) as write:
        for line in hit_lines(form, queries, results, several=query == "-"):
            write(line)


def _reranked(reranker: Reranker, query: str, hits: list[Hit], top_k: int, label: str | None) -> list[Hit]:
    found = reranker(query, [hit.text for hit in hits], top_k=top_k, label=label)
    return [replace(hits[ranked.corpus_id], score=ranked.score) for ranked in found]


def _model(loading: options.ModelOptions, given: str | None, index: SearchIndex) -> TaskModel:
    """Load the given model, or the one that the index was made with."""
    from ..tasks import load_model

    if given is not None:
        return loading.load(given, ENCODER.name)
    try:
        return load_model(index.model, **{**index.loading, **loading.given()})
    except TinyBertError as error:
        problem = f"{index.source} was made with the model {index.model}, which cannot be loaded: {error.message}"
        raise InputError(f"{problem.removesuffix('.')}. Say where it is", argument="model", example="MODEL") from None


def _queries(query: str) -> list[str]:
    from ..data.text_lines import numbered_lines
    from .input_rows import open_input

    if query != "-":
        found = [query]
    else:
        with open_input(query) as file:
            found = [text.rstrip("\r\n") for _, text in numbered_lines(file)]
    for number, text in enumerate(found, 1):
        if not text.strip():
            raise InputError(f"stdin, line {number}: the query is empty" if query == "-" else "the query is empty")
    return found


def hit_lines(form: str, queries: list[str], results: list[list[Hit]], *, several: bool = False) -> Iterator[str]:
    """Yield the lines of an output.

    Args:
        form: `tsv` or `jsonl`.
        queries: The queries.
        results: The texts found for each.
        several: Whether TSV has a column for the query.
    """
    found = zip(queries, results, strict=True)
    return _json_lines(found) if form == "jsonl" else _tsv(found, several=several)


def _tsv(found: Iterable[tuple[str, list[Hit]]], *, several: bool) -> Iterator[str]:
    """Yield results as TSV; tabs and line ends in a text become spaces."""
    yield "\t".join([*(["query"] if several else []), "score", "line", "text"]) + "\n"
    for query, hits in found:
        for hit in hits:
            fields = [*([query] if several else []), f"{hit.score:.4f}", str(hit.line), hit.text]
            yield "\t".join(" ".join(field.split()) for field in fields) + "\n"


def _json_lines(found: Iterable[tuple[str, list[Hit]]]) -> Iterator[str]:
    from .output import json_line

    for query, hits in found:
        yield json_line(query=query, results=[asdict(hit) for hit in hits])
