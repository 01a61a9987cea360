"""`tinybert finetune`: train a model folder from labelled examples."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from ..errors import InputError
from ..hub.included import DEFAULT_MODEL
from ..task import (
    ENCODER,
    KINDS,
    QUESTION_ANSWERING,
    SEQUENCE_CLASSIFICATION,
    TOKEN_CLASSIFICATION,
    kind_of_command,
)
from ..training import TrainingSettings
from ..writing import check_writable, to_json
from . import completion, options
from .devices import check_files, is_launched, is_worker, join, launch_workers, pinned_options
from .option_values import config_fields, label_names
from .stderr import PROGRAM, complain

if TYPE_CHECKING:
    from ..evaluation.labels import Examples
    from ..training import FineTuning
    from ..training.distributed import World

TaskName = Enum("TaskName", {kind.command.upper(): kind.command for kind in KINDS.values()}, type=str)  # type: ignore[misc]
"""The task to learn."""


@dataclass(frozen=True)
class TrainingData(options.TableOptions):
    """Options for reading training and dev data."""

    dev: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="FILE|SHARE",
            help="Dev set; the network that scores best on it is kept. A share such as 0.1 is taken from the training "
            "data, the same of each class. [default: none; the last network is kept]",
        ),
    ] = None


@dataclass(frozen=True)
class DataOptions(TrainingData):
    """Options for reading data to fine-tune on."""

    labels: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="All labels in the order of the outputs, separated by commas; or a file with one a line. "
            "[default: those of the training data, sorted]"
        ),
    ] = None
    regression: Annotated[bool, typer.Option("--regression", help="Predict numbers: labels are scores.")] = False
    skip_misplaced: Annotated[
        bool, typer.Option("--skip-misplaced", help="Leave out questions whose answers are not where the file says.")
    ] = False

    def read(self, kind: str, path: str, *, strict: bool | None = None) -> Examples:
        """Read the labelled examples of a file, or of stdin for `-`."""
        from ..data.labelled import read_examples

        source = sys.stdin.buffer if path == "-" else path
        return read_examples(kind, source, self.table(regression=self.regression), strict=strict)


def finetune(
    task: Annotated[
        TaskName,
        typer.Argument(
            metavar="TASK", help="Task to train for: classify texts, tag words, answer questions, or embed texts."
        ),
    ],
    *,
    model: Annotated[
        str, typer.Option(help="Model to start from, as for `tinybert embed`.", autocompletion=completion.uids)
    ] = DEFAULT_MODEL,
    train: Annotated[
        str,
        typer.Option(
            help="Training data: .tsv, .csv or .jsonl; CoNLL to tag; SQuAD to answer; or token ids in TFRecord or "
            "MindRecord."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the model, its log and state.")],
    data: DataOptions,
    loading: options.ModelOptions,
    settings: TrainingSettings,
    devices: options.Devices = 1,
    port: options.Port = None,
) -> None:
    """Train a model on labelled examples, and print its metrics on the dev set as JSON.

    After Ctrl-C or a kill, the same command continues from the saved state,
    which is removed once training has ended.

    \b
    Example: tinybert finetune classify \\
      --train train.csv --dev dev.csv --output my-model

    \b
    To embed, from pairs with a number that says how similar their texts are:
    tinybert finetune embed --train pairs.tsv \\
      --text sentence1 --pair sentence2 --label score --dev dev.tsv --output my-encoder
    """  # noqa: D301 -- \b keeps the lines of the example
    try:
        world = join(devices) if is_worker() else None
        if devices > 1 or is_worker():
            check_files(train, data.dev)
        prepared = _prepare(kind_of_command(task.value).name, model, train, output, data, loading, settings)
        if devices > 1 and world is None:  # errors were already reported, once and before any process starts
            launch_workers(devices, port, pinned_options({"--model": model, "--vocabulary": loading.vocabulary}))
        else:
            _train(prepared, world)
        if not is_launched() and (world is None or world.is_first):
            say_where_it_is(prepared.folder, prepared.task.kind, prepared.train)
    except KeyboardInterrupt:
        if not is_worker():
            say_how_to_go_on(output)
        raise typer.Exit(130) from None


def _prepare(
    kind: str,
    model: str,
    train: str,
    output: Path,
    data: DataOptions,
    loading: options.ModelOptions,
    settings: TrainingSettings,
) -> FineTuning:
    """Read and check the command's inputs: first the data, then the model."""
    from ..data.split import split
    from ..evaluation import labelled, task_for
    from ..evaluation.summary import summary
    from ..hub.lookup import find_stored

    check_writable(output / "config.json")
    examples = data.read(kind, train, strict=not data.skip_misplaced)
    problem = "regression" if data.regression and KINDS[kind].problems else None
    labels = None if data.labels is None else label_names(data.labels)
    task = task_for(kind, examples, problem=problem, labels=labels)
    share = dev_share(data.dev)
    dev: Examples | None = None
    if share is not None:
        examples, dev = split(kind, examples, share, seed=settings.seed)
        if not is_worker():
            complain(f"dev set, {share:g} of the data: {summary(labelled(dev, task, task.labels))}")
    elif data.dev is not None:
        dev = data.read(kind, data.dev)
    fields = config_fields(loading.config)
    checkpoint, tokenizer = find_stored(model).open(loading.vocabulary, loading.do_lower_case, **fields)

    from ..training import FineTuning
    from ..weights import restore

    encoder = restore(checkpoint.encoder(), return_all_encoders=False)
    command = [PROGRAM, *sys.argv[1:]]
    return FineTuning(
        encoder,
        tokenizer,
        task,
        examples,
        output,
        dev=dev,
        settings=settings,
        command=command,
        sentence=checkpoint.sentence,
        source=checkpoint.source,
    )


def dev_share(dev: str | None) -> float | None:
    """Return the share of the data to use as dev set; None if `dev` is a file or was not given."""
    if dev == "":
        raise InputError("the dev set is empty text: give a file, or a share", argument="dev", example=0.1)
    try:
        return None if dev is None else float(dev)
    except ValueError:
        return None


def _train(prepared: FineTuning, world: World | None) -> None:
    from ..evaluation import labelled
    from ..evaluation.summary import doubts, summary

    if world is None or world.is_first:
        examples = labelled(prepared.train, prepared.task, prepared.task.labels)
        for line in (summary(examples), *doubts(examples, prepared.task.labels)):
            complain(line)
    metrics = prepared.run(world)
    if world is None or world.is_first:
        print_metrics(metrics)


NEXT: dict[str, str] = {
    ENCODER.name: "tinybert embed {} texts.txt --output vectors.npy",
    SEQUENCE_CLASSIFICATION.name: 'echo "A text" | tinybert classify {}',
    TOKEN_CLASSIFICATION.name: 'echo "A sentence" | tinybert tag {}',
    QUESTION_ANSWERING.name: 'tinybert answer {} --question "Who?" --context "It was Ada."',
}
"""A command to try with a model of each kind, with a placeholder for its folder."""
NEXT_OF_PAIRS = {SEQUENCE_CLASSIFICATION.name: "tinybert classify {} pairs.csv"}
"""Replacements for models trained on pairs of texts; an encoder embeds each text separately and needs none."""


def say_where_it_is(path: Path, kind: str, train: Examples) -> None:
    """Print on stderr where a model is, and a command to try it with."""
    folder = str(path)
    quoted = subprocess.list2cmdline([folder]) if sys.platform == "win32" else shlex.quote(folder)
    commands = NEXT if getattr(train[0], "pair", None) is None else {**NEXT, **NEXT_OF_PAIRS}
    complain(f"the model is in {folder}; try it: {commands[kind].format(quoted)}")


def say_how_to_go_on(folder: Path, *folders: Path, is_begun: bool = False) -> None:
    """Print on stderr where an interrupted training continues.

    Args:
        folder: The folder of the training.
        folders: Other folders that may have a state of it.
        is_begun: Whether the training goes on even without a state.
    """
    from ..training.state import saved_progress

    saved = is_begun or any(map(saved_progress, (folder, *folders)))
    how = f"the state is in {folder}; the same command goes on from it" if saved else "nothing was trained yet"
    complain(f"interrupted; {how}")


def print_metrics(metrics: dict[str, float]) -> None:
    """Print metrics as a JSON object; an undefined one, such as the correlation of a constant, is null."""
    typer.echo(to_json(metrics, indent=2))
