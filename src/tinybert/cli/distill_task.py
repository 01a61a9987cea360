"""`tinybert distill classify`, `tag`, `answer` and `embed`: a small model that does what a fine-tuned one does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from ..distillation.presets import PRESETS
from ..distillation.settings import Objectives, PhaseSettings, PredictionSettings
from ..task import ENCODER, KINDS, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION
from . import completion, options
from .devices import check_files
from .distill_options import StudentOptions, train
from .finetune import TrainingData, dev_share, say_where_it_is
from .option_values import config_fields
from .stderr import PROGRAM

WHAT: dict[str, str] = {
    ENCODER.name: "embed as an encoder does",
    SEQUENCE_CLASSIFICATION.name: "classify as a fine-tuned model does",
    TOKEN_CLASSIFICATION.name: "tag words as a fine-tuned model does",
    QUESTION_ANSWERING.name: "answer questions as a fine-tuned model does",
}
"""What a student of each kind learns."""


PresetName = Enum("PresetName", {name: name for name in PRESETS}, type=str)  # type: ignore[misc]
"""A configuration of the model zoo."""


def _apply(context: typer.Context, preset: PresetName | None) -> PresetName | None:
    """Make a preset's values the defaults of the options that are not given."""
    if preset is not None:
        context.default_map = {**(context.default_map or {}), **PRESETS[preset.value]}
    return preset


def task_command(kind: str) -> Callable[..., None]:
    """Return the command that distils a student for a kind of task."""

    def command(
        teacher: Annotated[
            str, typer.Option(help="Fine-tuned model to learn from, as for `load`.", autocompletion=completion.uids)
        ],
        train_: Annotated[str, typer.Option("--train", help="Training data, as for `tinybert finetune`.")],
        output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the student, its log and state.")],
        *,
        start: StudentOptions,
        data: TrainingData,
        phases: PhaseSettings,
        objectives: Objectives,
        settings: PredictionSettings,
        preset: Annotated[
            Optional[PresetName],  # noqa: UP045
            typer.Option(
                is_eager=True,
                callback=_apply,
                help="The model zoo's settings, td_config_NAME.yaml, where no option says otherwise.",
            ),
        ] = None,
        devices: options.Devices = 1,
        port: options.Port = None,
    ) -> None:
        del preset  # its values came as those of the options
        if devices > 1:
            check_files(train_, data.dev)

        def prepare(say: Callable[[str], None] | None) -> Any:
            from ..distillation.distilling import prepare_task
            from ..distillation.starting import StudentChoice

            share = dev_share(data.dev)
            return prepare_task(
                teacher,
                sys.stdin.buffer if train_ == "-" else train_,
                output,
                task=kind,
                choice=StudentChoice(start.student, start.layers, config_fields(start.config), start.vocabulary),
                dev=share if share is not None else sys.stdin.buffer if data.dev == "-" else data.dev,
                table=data.table(regression=False),
                objectives=objectives,
                phases=phases,
                settings=settings,
                say=say,
                command=[PROGRAM, *sys.argv[1:]],
            )

        named = {"--teacher": teacher, "--student": start.student, "--vocabulary": start.vocabulary}
        train(prepare, output, devices, port, named, lambda prepared: say_where_it_is(output, kind, prepared.train))

    command.__doc__ = f"""Train a small model to {WHAT[kind]}, and print its metrics on the dev set as JSON.

    First it learns what the teacher's layers compute, then what the teacher predicts. After Ctrl-C or a
    kill, the same command continues from the saved state.

    \b
    Example: tinybert distill {KINDS[kind].command} --teacher my-teacher --from-layers 0,2,3,5 \\
      --train train.csv --dev dev.csv --output my-student
    """
    return command
