"""`tinybert classify`: predict labels of texts, or of pairs of texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..task import SEQUENCE_CLASSIFICATION
from . import options
from .option_values import label_names
from .options import OnError

if TYPE_CHECKING:
    from ..tasks.classify import ClassifierResult
    from .input_rows import Row


class To(str, Enum):
    """Output format of the labels."""

    TSV = "tsv"
    CSV = "csv"
    JSONL = "jsonl"


def classify(
    model: options.Model,
    input_: options.Input = "-",
    output: options.Output = "-",
    to: Annotated[
        Optional[To],  # noqa: UP045
        typer.Option(help="Format of the output. [default: by the file name; on stdout, tsv]", show_default=False),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Write the probability of each label as well.")] = False,
    threshold: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="For models with several labels a text: the probability above which a label applies."
        ),
    ] = 0.5,
    candidate_labels: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="Any labels, separated by commas, or a file with one a line; the model is one for natural language "
            "inference."
        ),
    ] = None,
    hypothesis_template: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="With candidate labels: what may follow from a text. [default: This example is {}.]"),
    ] = None,
    multi_label: Annotated[
        bool, typer.Option("--multi-label", help="With candidate labels: any number of them may apply to a text.")
    ] = False,
    pair: options.Pair = None,
    id_: options.Id = None,
    *,
    reading: options.InputOptions,
    computing: options.ComputeOptions,
    on_error: options.OnErrorOption = OnError.FAIL,
    loading: options.ModelOptions,
) -> None:
    """Classify texts or pairs of texts: label and probability, or a score, as TSV, CSV or JSON lines.

    CSV also has all columns of the input; the other formats have the one named by --id. A skipped line keeps its place:
    as empty fields, or in JSON lines with its error.

    Example: tinybert classify my-model reviews.csv --text review -o out.csv

    With --candidate-labels, a model for natural language inference says which of them fits.
    """
    from .beside import beside
    from .input_rows import open_input
    from .output import output_format, text_output
    from .results import Results

    if candidate_labels is None and (hypothesis_template is not None or multi_label):
        option = "--multi-label" if multi_label else "--hypothesis-template"
        raise typer.BadParameter("there are no candidate labels: --candidate-labels NAME,NAME", param_hint=option)
    candidates = () if candidate_labels is None else label_names(candidate_labels, "candidate_labels")
    form = output_format(output, to and to.value, ("tsv", "csv", "jsonl"))
    whole = form == "csv" or id_ is not None
    with open_input(input_) as file:
        rows = reading.rows(file, input_, pair=pair, pairs=not candidates, whole=whole)
        from ..tasks import Classifier, ZeroShotClassifier

        loaded = loading.load(model, SEQUENCE_CLASSIFICATION.name)
        chosen: dict[str, Any] = {
            "threshold": threshold,
            "max_length": computing.max_length,
            "batch_size": computing.batch_size,
        }
        if candidates:
            chosen |= {"candidate_labels": candidates, "multi_label": multi_label}
            chosen |= {} if hypothesis_template is None else {"hypothesis_template": hypothesis_template}
            task = partial(ZeroShotClassifier(loaded), **chosen)
            problem, labels = "multi-label" if multi_label else "single-label", candidates
        else:
            task = partial(Classifier(loaded), **chosen)
            problem, labels = loaded.task.problem or "", loaded.labels
        results = Results(task, input_, output, on_error)
        labels = labels if all_ and problem != "regression" else ()
        found = results.of(rows)
        names = _NAMES[problem]
        if form == "jsonl":
            names += ("probabilities",) if labels else ()
            columns, said = names, partial(_values, names)
        else:
            columns, said = (*names, *labels), partial(_values, names, labels=labels)
        if form == "jsonl" and not whole:
            lines = _json_lines(found, names)
        else:
            lines = beside(found, form, columns, said, whole=whole, id_=id_)
        with text_output(output) as write:
            for line in lines:
                write(line)
    results.finish()


_NAMES = {"single-label": ("label", "probability"), "multi-label": ("labels",), "regression": ("score",)}
"""Result columns by the model's problem."""


def _values(names: Sequence[str], result: ClassifierResult, labels: Sequence[str] = ()) -> list[Any]:
    """Return the values of the named columns and the probabilities of the given labels."""
    facts = result.to_dict()
    return [*(facts[name] for name in names), *(facts["probabilities"][label] for label in labels)]


def _json_lines(results: Iterator[tuple[Row, ClassifierResult | None]], names: Sequence[str]) -> Iterator[str]:
    from .output import bad_line, json_line

    for row, result in results:
        if result is None:
            yield bad_line(row)
            continue
        texts = {"text": row.item} if isinstance(row.item, str) else dict(zip(("text", "pair"), row.item, strict=True))
        yield json_line(**texts, **dict(zip(names, _values(names, result), strict=True)))
