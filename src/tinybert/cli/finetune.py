"""`tinybert finetune`: from labelled examples to a model folder."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from ..task import KINDS, kind_of_command
from ..training import TrainingSettings
from ..writing import check_writable, to_json
from . import completion, options
from .devices import check_files, is_worker, join, launch_workers
from .errors import PROGRAM, complain

if TYPE_CHECKING:
    from ..evaluation.labels import Examples
    from ..training import FineTuning
    from ..training.distributed import World

TaskName = Enum("TaskName", {kind.command.upper(): kind.command for kind in KINDS.values()}, type=str)  # type: ignore[misc]
"""What to learn."""


@dataclass(frozen=True)
class DataOptions(options.TableOptions):
    """What is learned from, beside the training data."""

    dev: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Dev set, by which the best network is kept. [default: none; the last is kept]"),
    ] = None
    regression: Annotated[bool, typer.Option("--regression", help="Labels are numbers, to be predicted.")] = False
    skip_misplaced: Annotated[
        bool, typer.Option("--skip-misplaced", help="Leaves out questions whose answers are not where the file says.")
    ] = False

    def read(self, kind: str, path: str, *, strict: bool | None = None) -> Examples:
        """The labelled examples of a file, or of stdin for `-`."""
        from ..data.labelled import read_examples

        source = sys.stdin.buffer if path == "-" else path
        return read_examples(kind, source, self.table(regression=self.regression), strict=strict)


def finetune(
    task: Annotated[
        TaskName,
        typer.Argument(metavar="TASK", help="What to learn: classify texts, tag words, answer questions, embed texts."),
    ],
    model: Annotated[
        str, typer.Option(help="Where to start from, as for `tinybert embed`.", autocompletion=completion.uids)
    ],
    train: Annotated[
        str,
        typer.Option(
            help="Training data: .tsv, .csv or .jsonl; to tag CoNLL; to answer SQuAD; or token ids in records."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the model, its log and state.")],
    *,
    data: DataOptions,
    loading: options.ModelOptions,
    settings: TrainingSettings,
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
        world = join(devices) if is_worker() else None
        if devices > 1 or is_worker():
            check_files(train, data.dev)
        prepared = _prepare(kind_of_command(task.value).name, model, train, output, data, loading, settings)
        if devices > 1 and world is None:  # what is wrong was said once, and before any process is started
            launch_workers(devices, port)
        else:
            _train(prepared, world)
    except KeyboardInterrupt:
        if not is_worker():
            _say_how_to_go_on(output)
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
    """Reads and checks what the command was given: first the data, then the model."""
    from ..evaluation import task_for
    from ..hub.lookup import find_stored

    check_writable(output / "config.json")
    examples = data.read(kind, train, strict=not data.skip_misplaced)
    dev = data.read(kind, data.dev) if data.dev else None
    problem = "regression" if data.regression and KINDS[kind].problems else None
    task = task_for(kind, examples, problem=problem)
    fields = options.config_fields(loading.config)
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


def _train(prepared: FineTuning, world: World | None) -> None:
    from ..evaluation import labelled
    from ..evaluation.summary import doubts, summary
    from ..training.state import STATE, saved_progress

    if world is None or world.is_first:
        examples = labelled(prepared.train, prepared.task, prepared.task.labels)
        for line in (summary(examples), *doubts(examples)):
            complain(line)
    before = saved_progress(prepared.folder)
    metrics = prepared.run(world)
    if world is not None and not world.is_first:
        return
    after = saved_progress(prepared.folder)
    if before and after and before.step == after.step:
        how = f"To train anew, use another folder or remove {STATE} in it"
        complain(f"the training in {prepared.folder} was finished before; nothing was done. {how}")
    print_metrics(metrics)


def _say_how_to_go_on(folder: Path) -> None:
    from ..training.state import STATE

    saved = (folder / STATE).exists()
    how = f"the state is in {folder}; the same command goes on from it" if saved else "nothing was trained yet"
    complain(f"interrupted; {how}")


def print_metrics(metrics: dict[str, float]) -> None:
    """Prints metrics as a JSON object; one that is undefined, such as the correlation of a constant, as null."""
    typer.echo(to_json(metrics, indent=2))
