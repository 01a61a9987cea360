"""From a teacher, a student and labelled examples, as their sources are named, to a task distillation."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..arguments import path_of
from ..data.labelled import Table
from ..data.split import split
from ..errors import InputError
from ..evaluation import scorer_for
from ..evaluation.examples import Data, examples_of
from ..hub.lookup import find_stored
from ..task import KINDS, Task
from ..training.settings import TrainingSettings
from .checks import check_fit, check_output
from .settings import Objectives, PhaseSettings, PredictionSettings
from .starting import StudentChoice, start_student
from .task import TaskDistillation, check_head


def distill(  # noqa: PLR0913 -- independent options, given by name
    teacher: str | Path,
    train: Data,
    output: str | Path,
    *,
    student: str | Path | None = None,
    from_layers: Sequence[int] | None = None,
    config: Mapping[str, Any] | None = None,
    vocabulary: str | Path | None = None,
    dev: Data | float | None = None,
    table: Table | None = None,
    objectives: Objectives | None = None,
    intermediate_epochs: int = PhaseSettings.intermediate_epochs,
    intermediate_learning_rate: float = PhaseSettings.intermediate_learning_rate,
    say: Callable[[str], None] | None = None,
    **settings: Any,
) -> dict[str, float]:
    """Distil a student from a fine-tuned teacher, and write the best one as a model folder.

    There are two phases: the student learns what the teacher's layers compute, then what it predicts. A run that was
    interrupted or killed goes on where it was, if it is called again with the same arguments.

    Args:
        teacher: The fine-tuned model, as for `tinybert.load`; it says what the task is. An encoder teaches embeddings.
        train: The training data, as for `tinybert.finetune`; of pairs that are embedded, each text counts.
        output: The folder of the student; the first phase has a folder in it, `intermediate`.
        student: The model whose encoder the student starts with; it has the teacher's vocabulary.
        from_layers: The teacher's layers that it starts with instead, from 0.
        config: Fields of `TinyBertConfig` in which the student differs from the teacher; with `student`, those that its
            files cannot tell.
        vocabulary: The vocabulary of teacher and student, as for `tinybert.tasks.load_model`, if they have none.
        dev: The dev set, by which the student is chosen; or the share of the training data put aside for it. None
            keeps the last student.
        table: How the files are read.
        objectives: What is learned: layers in the first phase; in the second `prediction`, and `hard_labels` if they
            have a weight, or of embeddings `directions` and `vectors`.
        intermediate_epochs: Passes over the training data in the first phase; 0 leaves it out.
        intermediate_learning_rate: Its highest learning rate.
        say: Called with what is decided before the training, such as the layer map.
        **settings: Fields of `TrainingSettings` for the second phase; all but `epochs` and `learning_rate` are for the
            first as well.

    Returns:
        The metrics of the student that was kept, on the dev set; empty without one.

    Raises:
        InputError: An example does not fit the task, a file cannot be read, or the vocabularies differ.
        CheckpointError: The teacher has no head; or the folder has the state, or the result, of another training.
        ConfigError: A setting is not allowed, or does not fit teacher and student.
        OutputError: The loss is not finite; names the part.
        KeyboardInterrupt: Ctrl-C; the state was saved, and the same call goes on from it.

    Example:
        >>> distill("my-teacher", "train.csv", "my-student", from_layers=(0, 2, 3, 5), dev="dev.csv")
    """
    return prepare_task(
        teacher,
        train,
        output,
        task=None,
        choice=StudentChoice(student, from_layers, config or {}, vocabulary),
        dev=dev,
        table=table,
        objectives=objectives,
        phases=PhaseSettings(intermediate_epochs, intermediate_learning_rate),
        settings=PredictionSettings.from_dict(settings),
        say=say,
    ).run()


def prepare_task(  # noqa: PLR0913
    teacher: str | Path,
    train: Data,
    output: str | Path,
    *,
    task: str | None,
    choice: StudentChoice,
    dev: Data | float | None,
    table: Table | None,
    objectives: Objectives | None,
    phases: PhaseSettings,
    settings: TrainingSettings,
    say: Callable[[str], None] | None = None,
    command: list[str] | None = None,
) -> TaskDistillation:
    """Read and check everything that a task distillation needs.

    Args:
        teacher: As for `distill`.
        train: As for `distill`.
        output: As for `distill`.
        task: The kind of task that the teacher must be for; None takes what it is for.
        choice: What the student starts from.
        dev: As for `distill`.
        table: As for `distill`.
        objectives: As for `distill`.
        phases: How the first phase differs.
        settings: How to train in the second.
        say: Called with what is decided before the training.
        command: What to record as the command.
    """
    say, objectives = say or (lambda message: None), objectives or Objectives()
    if choice.student is None and choice.from_layers is None:
        raise InputError(
            "nothing says what the student starts from: layers of the teacher, or a model of its own",
            argument="from_layers",
            example="0,2,3,5",
        )
    check_output(path_of(output), teacher, choice.student)
    model, tokenizer = find_stored(teacher).open(choice.vocabulary)
    if model.task.facts.is_pretraining:  # only its encoder has something to teach
        model = model.encoder()
    kind = task or model.task.kind
    if not KINDS[kind].has_head:
        model = model.encoder()
    wanted = model.task if model.task.kind == kind else Task(kind)
    check_head(model, wanted)
    examples = examples_of(wanted, train, table, strict=None if objectives.hard_labels == 0 else True)
    if isinstance(dev, int | float):
        examples, dev = split(kind, examples, dev, seed=settings.seed)
    dev_examples = None if dev is None else examples_of(wanted, dev, table)
    encoder = start_student(model, tokenizer, choice, settings.seed, say)
    prepared = TaskDistillation(
        model,
        encoder,
        tokenizer,
        wanted,
        examples,
        path_of(output),
        dev=None if dev_examples is None else scorer_for(wanted, wanted.labels, dev_examples),
        objectives=objectives,
        settings=settings,
        phases=phases,
        command=command or [*sys.argv],
    )
    if prepared.layers is not None and prepared.layers.needs_layers:
        say(str(check_fit(prepared.layers, encoder.config, model.config, model.sentence)))
    return prepared
