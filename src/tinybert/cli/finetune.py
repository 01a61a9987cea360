"""`tinybert finetune`: from labelled examples to a model folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from . import completion, options
from .devices import check_files, is_worker, join, launch_workers
from .messages import PROGRAM


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
    model: Annotated[
        str, typer.Option(help="Where to start from, as for `tinybert embed`.", autocompletion=completion.uids)
    ],
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
    skip_misplaced: Annotated[
        bool, typer.Option("--skip-misplaced", help="Leaves out questions whose answers are not where the file says.")
    ] = False,
    vocabulary: options.Vocabulary = None,
    cased: options.Cased = None,
    config: options.Config = None,
    epochs: Annotated[int, typer.Option(help="Passes over the data.")] = 3,
    batch_size: Annotated[int, typer.Option(help="Rows of a step on one device.")] = 32,
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
    devices: Annotated[
        int, typer.Option(min=1, help="Devices that train together, data parallel, a process each; on CPU processes.")
    ] = 1,
    port: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1024, max=65535, help="Where several processes find each other. [default: a free one]"),
    ] = None,
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
    try:
        if devices > 1 and not is_worker():
            _prepare(task, context.params)  # what is wrong is told once, and before any process is started
            launch_workers(devices, port)
        else:
            _train(task, context.params)
    except KeyboardInterrupt:
        if not is_worker():
            _say_how_to_go_on(output)
        raise typer.Exit(130) from None


def _train(task: TaskName, given: dict[str, Any]) -> None:
    world = join(given["devices"]) if is_worker() else None
    train = _prepare(task, given)

    from ..training.state import STATE, saved_progress

    folder = given["output"]
    before = saved_progress(folder)
    metrics = train(world=world)
    if world is not None and not world.is_first:
        return
    after = saved_progress(folder)
    if before and after and before.step == after.step:
        how = f"To train anew, use another folder or remove {STATE} in it"
        print(f"{PROGRAM}: the training in {folder} was finished before; nothing was done. {how}", file=sys.stderr)
    print_metrics(metrics)


def _prepare(task: TaskName, given: dict[str, Any]) -> Callable[..., dict[str, float]]:
    """Reads and checks what the command was given; what comes back trains on it."""
    from .examples import Table, read_examples, task_of

    if given["devices"] > 1 or is_worker():
        check_files(given["train"], given["dev"])
    kind = KINDS[task]
    names = ("text", "pair", "label", "from_", "regression", "multi_label", "allow_extra_fields")
    table = Table(*(given[name] for name in names))
    train = read_examples(kind, given["train"], table, strict=not given["skip_misplaced"])
    dev = read_examples(kind, given["dev"], table) if given["dev"] else None

    from ..training import TrainingSettings
    from ..training import finetune as run

    settings = TrainingSettings(**{name: given[name] for name in SETTINGS})
    learned = task_of(kind, train, regression=given["regression"])
    model = options.load(given["model"], "encoder", given["vocabulary"], given["cased"], given["config"])
    return partial(
        run,
        model.encoder,
        model.tokenizer,
        learned,
        train,
        given["output"],
        dev=dev,
        settings=settings,
        command=[PROGRAM, *sys.argv[1:]],
    )


def _say_how_to_go_on(folder: Path) -> None:
    from ..training.state import STATE

    saved = (folder / STATE).exists()
    how = f"the state is in {folder}; the same command goes on from it" if saved else "nothing was trained yet"
    print(f"{PROGRAM}: interrupted; {how}", file=sys.stderr)


def print_metrics(metrics: dict[str, float]) -> None:
    """Prints metrics as a JSON object; one that is undefined, such as the correlation of a constant, as null."""
    from ..checkpoint.json_files import to_json

    typer.echo(to_json(metrics, indent=2))
