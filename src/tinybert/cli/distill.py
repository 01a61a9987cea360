"""`tinybert distill`: a small model that learns from a larger one."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Optional

import typer

from ..distillation.settings import Objectives
from ..errors import InputError
from ..training.settings import TrainingSettings
from ..writing import check_writable
from . import completion, options
from .devices import is_launched, is_worker, join, launch_workers, pinned_options
from .errors import PROGRAM, complain
from .finetune import print_metrics, say_how_to_go_on
from .grouping import grouped

app = typer.Typer(help="Train a small model to do what a larger one does.", no_args_is_help=True, rich_markup_mode=None)


@dataclass(frozen=True)
class StudentOptions:
    """What the student starts from."""

    student: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="MODEL",
            help="Model to start from, with the teacher's vocabulary. [default: the teacher's configuration]",
            autocompletion=completion.uids,
        ),
    ] = None
    from_layers: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="N,N,...",
            help="Teacher layers that the student starts with, from 0, with embeddings and pooler. [default: random "
            "weights]",
        ),
    ] = None
    config: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--config",
            metavar="NAME=VALUE",
            help="A setting in which the student differs from the teacher, such as num_hidden_layers=4.",
        ),
    ] = None

    @property
    def layers(self) -> tuple[int, ...] | None:
        """The numbers of the layers to start with.

        Raises:
            InputError: They are not numbers.
        """
        if self.from_layers is None:
            return None
        if not re.fullmatch(r"[0-9]{1,4}(,[0-9]{1,4})*", self.from_layers):
            raise InputError(
                f"the layers are {self.from_layers!r}: give their numbers", argument="from_layers", example="0,2,3,5"
            )
        return tuple(map(int, self.from_layers.split(",")))


@app.command("general", epilog=options.EXIT_CODES)
@grouped
def general(
    teacher: Annotated[
        str, typer.Option(help="Model to learn from, as for `tinybert embed`.", autocompletion=completion.uids)
    ],
    text: Annotated[
        list[str],
        typer.Option(metavar="FILES", help="Text files, one line a row, .gz or plain; a quoted pattern, or several."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the student, its log and state.")],
    *,
    start: StudentOptions,
    held_out: Annotated[
        str,
        typer.Option(
            metavar="SHARE|FILES",
            help="Lines whose loss decides which student is kept: a share of the text, or files. 0 keeps the last.",
        ),
    ] = "0.01",
    objectives: Objectives,
    settings: TrainingSettings,
    devices: Annotated[
        int, typer.Option(min=1, help="Devices to train on, data parallel, with one process each; on CPU, processes.")
    ] = 1,
    port: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1024, max=65535, help="Port at which several processes find each other. [default: a free one]"
        ),
    ] = None,
) -> None:
    """Distil an encoder from another on raw text, and print its loss on held-out lines as JSON.

    After Ctrl-C or a kill the same command goes on from the saved state,
    which is removed when the training has ended.

    \b
    Example: tinybert distill general --teacher all-MiniLM-L6-v2 \\
      --from-layers 0,2,3,5 --text 'corpus/*.txt.gz' --output my-student
    """  # noqa: D301 -- \b keeps the lines of the example
    try:
        world = join(devices) if is_worker() else None
        from ..distillation.general import Choices, prepare_general

        check_writable(output / "config.json")
        prepared = prepare_general(
            teacher,
            text,
            output,
            choices=Choices(start.student, start.layers, options.config_fields(start.config), _held_out(held_out)),
            objectives=objectives,
            settings=settings,
            say=None if is_worker() else complain,
            command=[PROGRAM, *sys.argv[1:]],
        )
        if devices > 1 and world is None:
            launch_workers(devices, port, pinned_options({"--teacher": teacher, "--student": start.student}))
        else:
            metrics = prepared.run(world)
            if world is None or world.is_first:
                print_metrics(metrics)
        if not is_launched() and (world is None or world.is_first):
            complain(f"the student is in {output}; try it: tinybert embed {output} texts.txt --output vectors.npy")
    except KeyboardInterrupt:
        if not is_worker():
            say_how_to_go_on(output)
        raise typer.Exit(130) from None


def _held_out(given: str) -> float | list[str]:
    try:
        return float(given)
    except ValueError:
        return [given]
