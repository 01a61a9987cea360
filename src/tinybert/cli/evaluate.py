"""`tinybert evaluate`: how good a model is on labelled examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Optional

import typer

from . import options


def evaluate(  # noqa: PLR0913, PLR0917 -- each is an option of the command
    model: options.Model,
    data: Annotated[str, typer.Argument(metavar="DATA", help="Labelled data, as for `tinybert finetune`; - is stdin.")],
    predictions: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Also writes what the model says: TSV, of tags CoNLL, of answers SQuAD's predictions."),
    ] = None,
    text: options.Text = None,
    pair: options.Pair = None,
    label: options.Label = None,
    from_: options.TableFrom = None,
    multi_label: options.MultiLabel = None,
    allow_extra_fields: options.ExtraFields = False,
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--task",
            help="Of a checkpoint file with a head, which does not tell: sequence-classification, "
            "token-classification or question-answering.",
        ),
    ] = None,
    max_length: options.MaxLength = None,
    batch_size: options.BatchSize = 64,
    vocabulary: options.Vocabulary = None,
    cased: options.Cased = None,
    config: options.Config = None,
) -> None:
    """Prints a model's metrics on labelled data as JSON: the numbers that `tinybert finetune` prints.

    Example: tinybert evaluate my-model dev.csv --predictions predicted.tsv
    """
    from .. import training
    from .examples import Table, read_examples
    from .finetune import print_metrics

    loaded = options.load(model, kind or "sequence-classification", vocabulary, cased, config)
    task = loaded.task
    table = Table(text, pair, label, from_, task.problem == "regression", multi_label, allow_extra_fields)
    examples = read_examples(task.kind, data, table)
    training.check_examples(loaded, examples)
    found = training.predictions(loaded, examples, max_length=max_length, batch_size=batch_size)
    if predictions:
        _write(predictions, task.kind, list(zip(examples, found, strict=True)))
    print_metrics(training.score(loaded, examples, found))


def _write(path: str, kind: str, predicted: list[tuple[Any, Any]]) -> None:
    """Writes examples with what the model says of them."""
    from ..data import write_predictions
    from .output import text_output

    if kind == "question-answering":
        write_predictions(path, {example.id: answer for example, answer in predicted})
        return
    lines = _sentences if kind == "token-classification" else _texts
    if isinstance(predicted[0][1], int):
        lines = _ranks
    with text_output(path) as write:
        for line in lines(predicted):
            write(line)


def _texts(predicted: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    """The true label of each text and the predicted one; several labels stand between |."""
    yield "label\tpredicted\n"
    for example, said in predicted:
        true = "|".join(example.label) if isinstance(example.label, tuple) else example.label
        if isinstance(said, float):
            yield f"{true}\t{said:.6g}\n"
        else:
            yield f"{true}\t{'|'.join(said) if isinstance(said, list) else said}\n"


def _ranks(predicted: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    """At which place each first text finds its second one."""
    yield "rank\n"
    for _, rank in predicted:
        yield f"{rank}\n"


def _sentences(predicted: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    """Words with their true and predicted labels, an empty line after each sentence."""
    for example, said in predicted:
        columns = zip(example.words, example.labels, said, strict=True)
        yield "".join("\t".join(row) + "\n" for row in columns) + "\n"
