"""`tinybert classify`: texts, or pairs of texts, to their labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from . import options
from .options import OnError

if TYPE_CHECKING:
    from ..tasks import Classification, MultiLabel, Regression
    from .rows import Row


class To(str, Enum):
    """Format of the labels."""

    TSV = "tsv"
    JSONL = "jsonl"


def classify(  # noqa: PLR0913, PLR0917 -- each is an option of the command
    model: options.Model,
    input_: options.Input = "-",
    output: options.Output = "-",
    to: Annotated[
        Optional[To],  # noqa: UP045
        typer.Option(help="Format of the output. [default: by its ending; on stdout, tsv]", show_default=False),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also the probability of each label.")] = False,
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="Of several labels a text: the probability above which it has one.")
    ] = 0.5,
    text: options.Text = None,
    pair: options.Pair = None,
    allow_extra_fields: options.ExtraFields = False,
    from_: options.FromOption = None,
    max_length: options.MaxLength = None,
    batch_size: options.BatchSize = 64,
    on_error: options.OnErrorOption = OnError.FAIL,
    vocabulary: options.Vocabulary = None,
    cased: options.Cased = None,
    config: options.Config = None,
) -> None:
    """Classifies texts or pairs of texts: label and probability, or a score, as TSV or JSON lines.

    A line that is skipped keeps its place: as empty fields, or in JSON lines with its error.

    Example: tinybert classify my-model reviews.csv --text review
    """
    from ..data.columns import Request
    from . import output as out
    from . import rows as reading
    from .results import Results

    form = out.format_of(output, to and to.value, ("tsv", "jsonl"))
    with reading.open_input(input_) as file:
        kind = reading.format_of(input_, from_ and from_.value)
        request = Request(options.column(text), options.column(pair))
        rows = reading.read_rows(file, kind, request, pairs=True, extra=allow_extra_fields)
        from ..tasks import Classifier

        classifier = Classifier(options.load(model, Classifier.kind, vocabulary, cased, config))
        task = partial(
            classifier,
            threshold=threshold,
            max_length=max_length,
            batch_size=batch_size,
        )
        results = Results(task, input_, output, on_error)
        make = _tsv if form == "tsv" else _json_lines
        with out.text_output(output) as write:
            for line in make(results.of(rows), classifier.model.task.problem, classifier.labels if all_ else ()):
                write(line)
    results.finish()


Results = Iterator[tuple["Row", "Classification | MultiLabel | Regression | None"]]


def _tsv(results: Results, problem: str, labels: Sequence[str]) -> Iterator[str]:
    names = {"single-label": ["label", "probability"], "multi-label": ["labels"], "regression": ["score"]}[problem]
    header = [*names, *(labels if problem != "regression" else ())]
    yield "\t".join(header) + "\n"
    for _, result in results:
        fields = [""] * len(header) if result is None else _facts(result, labels).values()
        yield "\t".join(_fields(fields)) + "\n"


def _fields(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from map(_shown, value.values())
        else:
            yield "|".join(value) if isinstance(value, tuple) else _shown(value)


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _json_lines(results: Results, problem: str, labels: Sequence[str]) -> Iterator[str]:
    del problem
    from .output import json_line

    for row, result in results:
        if result is None:
            yield json_line(error=row.error)
        else:
            names = ("text",) if isinstance(row.item, str) else ("text", "pair")
            texts = (row.item,) if isinstance(row.item, str) else row.item
            yield json_line(**dict(zip(names, texts, strict=True)), **_facts(result, labels))


def _facts(result: Classification | MultiLabel | Regression, labels: Sequence[str]) -> dict[str, Any]:
    """What is told of a result: of all labels, if there are any."""
    from ..tasks import MultiLabel, Regression

    if isinstance(result, Regression):
        return {"score": result.score}
    facts: dict[str, Any] = (
        {"labels": result.labels}
        if isinstance(result, MultiLabel)
        else {"label": result.label, "probability": result.probability}
    )
    return {**facts, "probabilities": dict(result.probabilities)} if labels else facts
