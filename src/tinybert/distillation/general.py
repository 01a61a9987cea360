"""General distillation: an encoder learns from another on raw text, Jiao et al. 2019 (arXiv:1909.10351), section 4."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..arguments import path_of
from ..counting import counted
from ..data.batches import shuffled
from ..errors import ConfigError, InputError
from ..hub.lookup import find_stored
from ..training import Features, TrainingSettings
from ..training.loss_choice import check_no_vector_loss
from .checks import check_fit, check_output, check_parts
from .held_out import HeldOut
from .phase import Phase
from .settings import WEIGHTS, Objectives
from .starting import StudentChoice, start_student
from .texts import find_files, text_features


def distill_general(  # noqa: PLR0913 -- independent options, given by name
    teacher: str | Path,
    text: str | Sequence[str],
    output: str | Path,
    *,
    student: str | Path | None = None,
    from_layers: Sequence[int] | None = None,
    config: Mapping[str, Any] | None = None,
    vocabulary: str | Path | None = None,
    held_out: float | str | Sequence[str] = 0.01,
    objectives: Objectives | None = None,
    say: Callable[[str], None] | None = None,
    **settings: Any,
) -> dict[str, float]:
    """Distil an encoder from another on raw text, and write it as a model folder.

    Args:
        teacher: The teacher, as for `tinybert.load`; of a task network, its encoder.
        text: Text files, or patterns such as `corpus/*.txt.gz`; each line is a row.
        output: The folder of the student.
        student: The model to start from, with the teacher's vocabulary; by default one with the teacher's
            configuration, changed by `config`.
        from_layers: The teacher's layers that the student starts with, from 0; None for random weights.
        config: Fields of `TinyBertConfig` in which the student differs from the teacher, such as `num_hidden_layers`;
            by default it has as many layers as `from_layers`.
        vocabulary: The vocabulary of teacher and student, as for `tinybert.tasks.load_model`, if they have none.
        held_out: The share of the lines that is not trained on and decides which student is kept; or files of such
            lines; 0 keeps the last student.
        objectives: What the student learns; by default what Jiao et al. have for general distillation.
        say: Called with what is decided before the training, such as the layer map.
        **settings: Fields of `TrainingSettings`.

    Returns:
        `held_out_loss` of the student that was kept; empty with `held_out=0`.

    Raises:
        InputError: The text cannot be read, is empty or is in another language; or the vocabularies differ.
        ConfigError: A setting is not allowed, or does not fit teacher and student.
        CheckpointError: The folder has the state, or the result, of another training.
        KeyboardInterrupt: Ctrl-C; the state was saved, and the same call goes on from it.

    Example:
        >>> distill_general("all-MiniLM-L6-v2", "corpus/*.txt.gz", "my-student", from_layers=(0, 2, 3, 5))
    """
    return prepare_general(
        teacher,
        text,
        output,
        choice=StudentChoice(student, from_layers, config or {}, vocabulary),
        held_out=held_out,
        objectives=objectives,
        settings=TrainingSettings.from_dict(settings),
        say=say,
    ).run()


def prepare_general(  # noqa: PLR0913
    teacher: str | Path,
    text: str | Sequence[str],
    output: str | Path,
    *,
    choice: StudentChoice,
    held_out: float | str | Sequence[str],
    objectives: Objectives | None,
    settings: TrainingSettings,
    say: Callable[[str], None] | None = None,
    command: list[str] | None = None,
) -> Phase:
    """Read and check everything that a general distillation needs.

    Args:
        teacher: As for `distill_general`.
        text: As for `distill_general`.
        output: As for `distill_general`.
        choice: What the student starts from.
        held_out: As for `distill_general`.
        objectives: What the student learns.
        settings: How to train.
        say: Called with what is decided before the training.
        command: What to record as the command.
    """
    say, objectives = say or (lambda message: None), objectives or Objectives()
    check_output(path_of(output), teacher, choice.student)
    check_parts(objectives, WEIGHTS[:-2], "encoders")  # there is no head
    if settings.class_weights is not None:
        raise ConfigError("class weights are for labels, and raw text has none", argument="class_weights")
    check_no_vector_loss(settings, "distilling")
    paths = find_files([text] if isinstance(text, str) else text)
    model, tokenizer = find_stored(teacher).open(choice.vocabulary)
    if model.task.facts.is_pretraining:  # its head has nothing to teach
        model = model.encoder()
    encoder = start_student(model, tokenizer, choice, settings.seed, say)
    layer_map = check_fit(objectives, encoder.config, model.config, model.sentence)  # before any text is read
    length = min(settings.max_length, encoder.config.max_position_embeddings, tokenizer.model_max_length)
    encoder.config = encoder.config.replace(seq_length=length)
    features = text_features(paths, tokenizer, length)
    if isinstance(held_out, int | float):
        features, aside = _aside(features, held_out, settings.seed)
    else:
        aside = text_features(find_files([held_out] if isinstance(held_out, str) else held_out), tokenizer, length)
    if objectives.needs_layers:
        say(str(layer_map))
    say(f"{counted(len(features), 'line')} to learn from, {0 if aside is None else len(aside)} held out")
    selection = None if aside is None else HeldOut(aside, settings).selection
    return Phase(
        model,
        encoder,
        tokenizer,
        features,
        path_of(output),
        objectives,
        settings,
        selection,
        command=command or [*sys.argv],
    )


def _aside(features: Features, share: float, seed: int) -> tuple[Features, Features | None]:
    """Put a share of the rows aside."""
    if not 0 <= share < 1:
        raise InputError(f"held_out is {share:g}: it must be from 0 to less than 1", argument="held_out", example=0.01)
    if not share:
        return features, None
    count = max(1, round(share * len(features)))
    if count == len(features):
        raise InputError(
            f"held_out is {share:g}: of {counted(count, 'line')} that is all", argument="held_out", example=0
        )
    order = shuffled(len(features), seed, 0, stream=2)
    return _rows(features, order[count:]), _rows(features, order[:count])


def _rows(features: Features, rows: Any) -> Features:
    rows = sorted(rows.tolist())
    return dataclasses.replace(features, encoding=features.encoding.take(rows), labels=features.labels[rows])
