"""`tinybert evaluate`: how good a model is on labelled examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..errors import InputError
from . import options

if TYPE_CHECKING:
    import numpy as np

    from ..checkpoint.task import Task
    from ..training import Features


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
    from ..checkpoint.task import Task
    from ..training import featurize, predict, score
    from .examples import Table, read_examples
    from .finetune import print_metrics

    loaded = options.load(model, kind or "sequence-classification", vocabulary, cased, config)
    if loaded.task.kind == "encoder":
        raise InputError(f"{model} is an encoder: it has no head to evaluate. Fine-tune it first: tinybert finetune")
    task = Task(loaded.task.kind, loaded.labels, loaded.task.problem)
    table = Table(text, pair, label, from_, task.problem == "regression", multi_label, allow_extra_fields)
    examples = read_examples(task.kind, data, table)
    features = featurize(examples, task, loaded.tokenizer, loaded.row_length(max_length))
    logits = predict(loaded.network, features, batch_size)
    if predictions:
        _write(predictions, logits, features, examples, task)
    print_metrics(score(logits, features, examples, task))


def _write(path: str, logits: np.ndarray, features: Features, examples: list[Any], task: Task) -> None:
    from ..data import write_predictions
    from ..training.answers import best_answers
    from .output import text_output

    if task.kind == "question-answering":
        texts = best_answers(logits, features, examples)
        write_predictions(path, {example.id: text for example, text in zip(examples, texts, strict=True)})
        return
    make = _tags if task.kind == "token-classification" else _labels
    with text_output(path) as write:
        for line in make(logits, features, examples, task):
            write(line)


def _labels(logits: np.ndarray, features: Features, examples: list[Any], task: Task) -> list[str]:
    del features
    rows = ["label\tpredicted\n"]
    for example, row in zip(examples, logits, strict=True):
        if task.problem == "regression":
            predicted = f"{row[0]:.6g}"
        elif task.problem == "multi-label":
            predicted = "|".join(name for name, logit in zip(task.labels, row, strict=True) if logit > 0)
        else:
            predicted = task.labels[row.argmax()]
        true = "|".join(example.label) if isinstance(example.label, tuple) else example.label
        rows.append(f"{true}\t{predicted}\n")
    return rows


def _tags(logits: np.ndarray, features: Features, examples: list[Any], task: Task) -> list[str]:
    """Words with their true and predicted labels; `O` for words beyond the length of a row."""
    word_ids = features.encoding.word_ids
    assert word_ids is not None
    lines = []
    for example, scores, labels, words in zip(examples, logits, features.labels, word_ids, strict=True):
        predicted = ["O"] * len(example.words)
        for token in (labels >= 0).nonzero()[0]:
            predicted[words[token]] = task.labels[scores[token].argmax()]
        columns = zip(example.words, example.labels, predicted, strict=True)
        lines.append("".join("\t".join(row) + "\n" for row in columns) + "\n")
    return lines
