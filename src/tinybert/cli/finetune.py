"""`tinybert finetune`: from labelled examples to a model folder."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from . import options


class TaskName(str, Enum):
    """What to learn."""

    CLASSIFY = "classify"
    TAG = "tag"
    ANSWER = "answer"
    EMBED = "embed"


KINDS = {
    TaskName.CLASSIFY: "sequence-classification",
    TaskName.TAG: "token-classification",
    TaskName.ANSWER: "question-answering",
    TaskName.EMBED: "encoder",
}
SETTINGS = (
    "epochs",
    "batch_size",
    "learning_rate",
    "warmup_ratio",
    "weight_decay",
    "max_grad_norm",
    "accumulation_steps",
    "max_length",
    "seed",
    "evals_per_epoch",
    "patience",
    "pad_to_multiple_of",
    "save_minutes",
)
"""The fields of `TrainingSettings`, which imports MindSpore; the tests compare names and defaults."""


def finetune(  # noqa: PLR0913, PLR0917 -- each is an option of the command
    context: typer.Context,
    task: Annotated[
        TaskName,
        typer.Argument(metavar="TASK", help="What to learn: classify texts, tag words, answer questions, embed texts."),
    ],
    model: Annotated[str, typer.Option(help="Where to start from, as for `tinybert embed`.")],
    train: Annotated[str, typer.Option(help="Training data: .tsv, .csv or .jsonl; to tag CoNLL; to answer SQuAD.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the model, its log and state.")],
    dev: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Dev set, by which the best network is kept. [default: none; the last is kept]"),
    ] = None,
    text: options.Text = None,
    pair: options.Pair = None,
    label: options.Label = None,
    from_: options.TableFrom = None,
    regression: Annotated[bool, typer.Option("--regression", help="Labels are numbers, to be predicted.")] = False,
    multi_label: options.MultiLabel = None,
    allow_extra_fields: options.ExtraFields = False,
    vocabulary: options.Vocabulary = None,
    cased: options.Cased = None,
    config: options.Config = None,
    epochs: Annotated[int, typer.Option(help="Passes over the data.")] = 3,
    batch_size: Annotated[int, typer.Option(help="Rows of a step.")] = 32,
    learning_rate: Annotated[float, typer.Option(help="The highest.")] = 5e-5,
    warmup_ratio: Annotated[float, typer.Option(help="Share of the steps in which it rises from 0.")] = 0.1,
    weight_decay: Annotated[float, typer.Option(help="Of AdamW.")] = 0.01,
    max_grad_norm: Annotated[float, typer.Option(help="Gradients are clipped to this global norm; 0: not.")] = 1.0,
    accumulation_steps: Annotated[int, typer.Option(help="Batches averaged for an update.")] = 1,
    max_length: Annotated[int, typer.Option(help="Tokens of a row; 384 is usual for questions.")] = 128,
    seed: Annotated[int, typer.Option(help="Of head, order and dropout.")] = 42,
    evals_per_epoch: Annotated[int, typer.Option(help="Evaluations on --dev.")] = 1,
    patience: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Evaluations without progress, then stop. [default: never]"),
    ] = None,
    pad_to_multiple_of: Annotated[int, typer.Option(help="Rows are padded to a multiple of this.")] = 8,
    save_minutes: Annotated[float, typer.Option(help="Between saved states, in minutes.")] = 5.0,
) -> None:
    """Trains a model on labelled examples, and prints its metrics on the dev set as JSON.

    After Ctrl-C or a kill the same command goes on from the saved state.

    \b
    Example: tinybert finetune classify --model all-MiniLM-L6-v2 \\
      --train train.csv --dev dev.csv --output my-model

    \b
    To embed, from pairs with a number that says how alike their texts are:
    tinybert finetune embed --model all-MiniLM-L6-v2 --train pairs.tsv \\
      --text sentence1 --pair sentence2 --label score --dev dev.tsv --output my-encoder
    """  # noqa: D301 -- \b keeps the lines of the example
    from .examples import Table, read_examples

    kind = KINDS[task]
    table = Table(text, pair, label, from_, regression, multi_label, allow_extra_fields)
    train_examples = read_examples(kind, train, table)
    dev_examples = read_examples(kind, dev, table) if dev else None
    settings = {name: context.params[name] for name in SETTINGS}
    try:
        metrics = _train(kind, train_examples, dev_examples, context.params, settings)
    except KeyboardInterrupt:
        _say_how_to_go_on(output)
        raise typer.Exit(130) from None
    print_metrics(metrics)


def _train(
    kind: str, train: list[Any], dev: list[Any] | None, given: dict[str, Any], settings: dict[str, Any]
) -> dict[str, float]:
    from ..training import TrainingSettings
    from ..training import finetune as run
    from .examples import task_of

    checked = TrainingSettings(**settings)
    task = task_of(kind, train, regression=given["regression"])
    model = options.load(given["model"], "encoder", given["vocabulary"], given["cased"], given["config"])
    command = ["tinybert", *sys.argv[1:]]
    with _graph_mode():
        return run(
            model.encoder, model.tokenizer, task, train, given["output"], dev=dev, settings=checked, command=command
        )


@contextmanager
def _graph_mode() -> Iterator[None]:
    """A step is one compiled graph; in PYNATIVE_MODE, MindSpore's default, it is not, and takes twice the time."""
    import mindspore as ms

    before = ms.get_context("mode")
    ms.set_context(mode=ms.GRAPH_MODE)
    try:
        yield
    finally:
        ms.set_context(mode=before)


def _say_how_to_go_on(folder: Path) -> None:
    from ..training.state import STATE

    saved = (folder / STATE).exists()
    how = f"the state is in {folder}; the same command goes on from it" if saved else "nothing was trained yet"
    print(f"tinybert: interrupted; {how}", file=sys.stderr)


def print_metrics(metrics: dict[str, float]) -> None:
    """Prints metrics as a JSON object; one that is undefined, such as the correlation of a constant, as null."""
    values = {name: value if math.isfinite(value) else None for name, value in metrics.items()}
    typer.echo(json.dumps(values, indent=2))
