"""`tinybert distill`: a small model that learns from a larger one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from ..distillation.settings import Objectives
from ..task import LEARNED
from ..training.settings import TrainingSettings
from . import completion, options
from .distill_options import StudentOptions, train
from .distill_task import task_command
from .grouping import grouped
from .option_values import config_fields
from .stderr import PROGRAM, complain

app = typer.Typer(help="Train a small model to do what a larger one does.", no_args_is_help=True, rich_markup_mode=None)


@app.command("general", epilog=options.EXIT_CODES)
@grouped
def general(
    teacher: Annotated[
        str, typer.Option(help="Model to learn from, as for `tinybert embed`.", autocompletion=completion.uids)
    ],
    text: Annotated[
        list[str],
        typer.Option(metavar="FILES", help="Text files of any size, .gz or plain; a quoted pattern, or several."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the student, its log and state.")],
    *,
    start: StudentOptions,
    held_out: Annotated[
        str,
        typer.Option(
            metavar="SHARE|FILES",
            help="Rows whose loss decides which student is kept: a share of the text, or files. 0 keeps the last.",
        ),
    ] = "0.01",
    pack: Annotated[
        bool, typer.Option("--pack", help="As many lines a row as fit, up to an empty line or the end of a file.")
    ] = False,
    shards: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FOLDER",
            help="Folder that keeps the tokenized text for other trainings. [default: in the student's, while it "
            "trains]",
        ),
    ] = None,
    keep_vectors: Annotated[
        bool,
        typer.Option(
            "--keep-vectors",
            help="Compute the teacher's vectors once and keep them, if only directions and vectors are learned.",
        ),
    ] = False,
    objectives: Objectives,
    settings: TrainingSettings,
    devices: options.Devices = 1,
    port: options.Port = None,
) -> None:
    """Distil an encoder from another on raw text, and print its loss on held-out lines as JSON.

    The text is tokenized into files first, and may be larger than the memory.
    After Ctrl-C or a kill, the same command continues, in either part.

    \b
    Example: tinybert distill general --teacher hf:sentence-transformers/all-MiniLM-L6-v2 \\
      --from-layers 0,2,3,5 --text 'corpus/*.txt.gz' --output my-student
    """  # noqa: D301 -- \b keeps the lines of the example

    def prepare(say: Callable[[str], None] | None) -> Any:
        from ..distillation.general import prepare_general
        from ..distillation.starting import StudentChoice

        return prepare_general(
            teacher,
            text,
            output,
            choice=StudentChoice(start.student, start.layers, config_fields(start.config), start.vocabulary),
            held_out=_held_out(held_out),
            pack=pack,
            shards=shards,
            keep_vectors=keep_vectors,
            objectives=objectives,
            settings=settings,
            say=say,
            command=[PROGRAM, *sys.argv[1:]],
        )

    def say_where(prepared: Any) -> None:
        complain(f"the student is in {output}; try it: tinybert embed {output} texts.txt --output vectors.npy")

    train(
        prepare,
        output,
        devices,
        port,
        {"--teacher": teacher, "--student": start.student, "--vocabulary": start.vocabulary},
        say_where,
        shards,
    )


def _held_out(given: str) -> float | list[str]:
    try:
        return float(given)
    except ValueError:
        return [given]


for _kind in LEARNED.values():
    app.command(_kind.command, epilog=options.EXIT_CODES)(grouped(task_command(_kind.name)))
