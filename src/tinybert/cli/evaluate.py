"""`tinybert evaluate`: compute a model's metrics on labelled examples."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Optional

import typer

from ..task import ENCODER, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION
from . import options

Predicted = list[tuple[Any, Any]]
"""Examples with their predictions."""


def evaluate(
    model: options.Model,
    data: Annotated[str, typer.Argument(metavar="DATA", help="Labelled data, as for `tinybert finetune`; - is stdin.")],
    predictions: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Write the predictions to this file: TSV; CoNLL for tags; SQuAD's predictions for answers."),
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Print the scores of each class and the confusion matrix as text instead.")
    ] = False,
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--task",
            help="What the head of a checkpoint file is for: sequence-classification, "
            "token-classification or question-answering.",
        ),
    ] = None,
    truncate_dim: options.TruncateDim = None,
    *,
    reading: options.TableOptions,
    computing: options.ComputeOptions,
    loading: options.ModelOptions,
) -> None:
    """Print a model's metrics on labelled data as JSON: the numbers that `tinybert finetune` prints.

    Example: tinybert evaluate my-model dev.csv --predictions predicted.tsv
    """
    from .. import evaluation
    from ..data.labelled import read_examples
    from ..writing import check_writable
    from .finetune import print_metrics

    if predictions:
        check_writable(predictions)
    loaded = loading.load(model, kind)
    if truncate_dim is not None:
        loaded = evaluation.truncated(loaded, truncate_dim)
    task = loaded.task
    source = sys.stdin.buffer if data == "-" else data
    examples = read_examples(task.kind, source, reading.table(regression=task.problem == "regression"))
    scorer = evaluation.scorer_for(task, loaded.labels, examples)
    if report:
        scorer.check_report()
    found = evaluation.predictions(loaded, examples, max_length=computing.max_length, batch_size=computing.batch_size)
    if predictions:
        rows = evaluation.labelled(examples, task, loaded.labels)
        WRITERS[task.kind](predictions, list(zip(rows, found, strict=True)))
    if report:
        typer.echo(scorer.report(found))
    else:
        print_metrics(scorer.score(found))


def _write_answers(path: str, predicted: Predicted) -> None:
    from ..data import write_predictions

    write_predictions(path, {example.id: answer for example, answer in predicted})


def _lines(make: Callable[[Predicted], Iterator[str]]) -> Callable[[str, Predicted], None]:
    def write_lines(path: str, predicted: Predicted) -> None:
        from .output import text_output

        with text_output(path) as write:
            for line in make(predicted):
                write(line)

    return write_lines


def _texts(predicted: Predicted) -> Iterator[str]:
    """Yield the true and the predicted label of each text; several labels are separated by |."""
    yield "label\tpredicted\n"
    for example, said in predicted:
        true = "|".join(example.label) if isinstance(example.label, tuple) else example.label
        if isinstance(said, float):
            yield f"{true}\t{said:.6g}\n"
        else:
            yield f"{true}\t{'|'.join(said) if isinstance(said, list) else said}\n"


def _pairs(predicted: Predicted) -> Iterator[str]:
    """Yield score and cosine of each pair; without scores, the rank of each first text's own second text."""
    if predicted[0][0].label is not None:
        yield from _texts(predicted)
        return
    yield "rank\n"
    for _, rank in predicted:
        yield f"{rank}\n"


def _sentences(predicted: Predicted) -> Iterator[str]:
    """Yield words with their true and predicted labels, and an empty line after each sentence."""
    for example, said in predicted:
        columns = zip(example.words, example.labels, said, strict=True)
        yield "".join("\t".join(row) + "\n" for row in columns) + "\n"


WRITERS: dict[str, Callable[[str, Predicted], None]] = {
    ENCODER.name: _lines(_pairs),
    SEQUENCE_CLASSIFICATION.name: _lines(_texts),
    TOKEN_CLASSIFICATION.name: _lines(_sentences),
    QUESTION_ANSWERING.name: _write_answers,
}
"""Functions that write predictions, by kind of task."""
