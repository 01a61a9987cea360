"""Options that all distillations share, and how each is run: here, or in several processes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from ..distillation.settings import INTERMEDIATE
from ..errors import InputError
from ..writing import check_writable
from . import completion
from .devices import is_launched, is_worker, join, launch_workers, pinned_options
from .finetune import print_metrics, say_how_to_go_on
from .stderr import complain


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
    vocabulary: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="A vocab.txt, a folder with one, or hf:OWNER/NAME, for teacher and student. [default: their own]"
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


def train(
    prepare: Callable[[Callable[[str], None] | None], Any],
    output: Path,
    devices: int,
    port: int | None,
    named: Mapping[str, str | None],
    say_where: Callable[[Any], None],
    shards: Path | None = None,
) -> None:
    """Run a distillation and print its metrics.

    Args:
        prepare: Reads and checks everything, and says what it decides; what it returns has `run`.
        output: The folder of the student.
        devices: Number of processes.
        port: Port at which they connect; None for a free one.
        named: Options that may name models on Hugging Face's hub, with their values.
        say_where: Says at the end where the student is, given what `prepare` returned.
        shards: The folder of tokenized text, if it is not the student's.
    """
    try:
        world = join(devices) if is_worker() else None
        check_writable(output / "config.json")
        prepared = prepare(None if is_worker() else complain)
        if devices > 1 and world is None:  # errors were already reported, once and before any process starts
            launch_workers(devices, port, pinned_options(named))
        else:
            metrics = prepared.run(world)
            if world is None or world.is_first:
                print_metrics(metrics)
        if not is_launched() and (world is None or world.is_first):
            say_where(prepared)
    except KeyboardInterrupt:
        if not is_worker():
            from ..distillation.manifest import MANIFEST
            from ..distillation.shards import SHARDS
            from ..training.record import RECORD

            first = output / INTERMEDIATE
            begun = (first / RECORD, (shards or output / SHARDS) / MANIFEST)
            say_how_to_go_on(output, first, is_begun=any(path.exists() for path in begun))
        raise typer.Exit(130) from None
