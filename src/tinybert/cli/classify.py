"""`tinybert classify`: texts, or pairs of texts, to their labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..task import SEQUENCE_CLASSIFICATION
from . import options
from .options import OnError

if TYPE_CHECKING:
    from ..tasks.classify import ClassifierResult
    from .input_rows import Row


class To(str, Enum):
    """Format of the labels."""

    TSV = "tsv"
    JSONL = "jsonl"


def classify(
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
    pair: options.Pair = None,
    *,
    reading: options.InputOptions,
    computing: options.ComputeOptions,
    on_error: options.OnErrorOption = OnError.FAIL,
    loading: options.ModelOptions,
) -> None:
    """Classifies texts or pairs of texts: label and probability, or a score, as TSV or JSON lines.

    A line that is skipped keeps its place: as empty fields, or in JSON lines with its error.

    Example: tinybert classify my-model reviews.csv --text review
    """
    from .input_rows import open_input
    from .output import output_format, text_output
    from .results import Results

    form = output_format(output, to and to.value, ("tsv", "jsonl"))
    with open_input(input_) as file:
        rows = reading.rows(file, input_, pair=pair, pairs=True)
        from ..tasks import Classifier

        classifier = Classifier(loading.load(model, SEQUENCE_CLASSIFICATION.name))
        task = partial(
            classifier, threshold=threshold, max_length=computing.max_length, batch_size=computing.batch_size
        )
        results = Results(task, input_, output, on_error)
        problem = classifier.model.task.problem or ""
        labels = classifier.labels if all_ and problem != "regression" else ()
        lines = _tsv if form == "tsv" else _json_lines
        with text_output(output) as write:
            for line in lines(results.of(rows), _NAMES[problem], labels):
                write(line)
    results.finish()


_NAMES = {"single-label": ("label", "probability"), "multi-label": ("labels",), "regression": ("score",)}
"""What is said of a text, by the problem that the model solves."""


def _tsv(
    results: Iterator[tuple[Row, ClassifierResult | None]], names: Sequence[str], labels: Sequence[str]
) -> Iterator[str]:
    yield "\t".join([*names, *labels]) + "\n"
    for _, result in results:
        if result is None:
            fields = [""] * (len(names) + len(labels))
        else:
            facts = result.to_dict()
            fields = [_shown(facts[name]) for name in names]
            fields += [_shown(facts["probabilities"][label]) for label in labels]
        yield "\t".join(fields) + "\n"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "|".join(value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _json_lines(
    results: Iterator[tuple[Row, ClassifierResult | None]], names: Sequence[str], labels: Sequence[str]
) -> Iterator[str]:
    from .output import bad_line, json_line

    for row, result in results:
        if result is None:
            yield bad_line(row)
            continue
        facts = result.to_dict()
        texts = {"text": row.item} if isinstance(row.item, str) else dict(zip(("text", "pair"), row.item, strict=True))
        said = {name: facts[name] for name in (*names, *(["probabilities"] if labels else []))}
        yield json_line(**texts, **said)
