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
from ..text.vocabulary import PAD
from ..training import TrainingSettings
from ..training.loss_choice import check_no_vector_loss
from .checks import check_fit, check_output, check_parts
from .held_out import HeldOut
from .packing import Packing
from .phase import Phase
from .settings import WEIGHTS, Objectives
from .shard_rows import ShardRows
from .shards import SHARDS
from .starting import StudentChoice, start_student
from .teacher_vectors import teacher_vectors
from .texts import Patterns, find_files
from .tokenizing import tokenized

_HELD_OUT = "held-out"
"""The folder of tokenized text that is held out, in that of the text to learn from."""


def distill_general(  # noqa: PLR0913 -- independent options, given by name
    teacher: str | Path,
    text: Patterns,
    output: str | Path,
    *,
    student: str | Path | None = None,
    from_layers: Sequence[int] | None = None,
    config: Mapping[str, Any] | None = None,
    vocabulary: str | Path | None = None,
    held_out: float | Patterns = 0.01,
    pack: bool = False,
    shards: str | Path | None = None,
    keep_vectors: bool = False,
    objectives: Objectives | None = None,
    say: Callable[[str], None] | None = None,
    **settings: Any,
) -> dict[str, float]:
    """Distil an encoder from another on raw text, and write it as a model folder.

    Args:
        teacher: The teacher, as for `tinybert.load`; of a task network, its encoder.
        text: Text files, or patterns such as `corpus/*.txt.gz`. They may be larger than the memory: they are tokenized
            into files from which each batch is read.
        output: The folder of the student.
        student: The model to start from, with the teacher's vocabulary; by default one with the teacher's
            configuration, changed by `config`.
        from_layers: The teacher's layers that the student starts with, from 0; None for random weights.
        config: Fields of `TinyBertConfig` in which the student differs from the teacher, such as `num_hidden_layers`;
            by default it has as many layers as `from_layers`.
        vocabulary: The vocabulary of teacher and student, as for `tinybert.tasks.load_model`, if they have none.
        held_out: The share of the rows that is not trained on and decides which student is kept; or files of such
            text; 0 keeps the last student.
        pack: Whether a row has as many lines as fit into `max_length` tokens, up to an empty line or the end of a file;
            by default each line is a row.
        shards: A folder that keeps the tokenized text for other trainings; by default it is in `output` until the
            training has ended.
        keep_vectors: Whether to compute the teacher's vectors once and keep them beside the tokenized text, in place of
            computing the teacher in each step; only if nothing but `directions` and `vectors` is learned. It pays with
            several epochs or trainings.
        objectives: What the student learns; by default what Jiao et al. have for general distillation.
        say: Called with what is decided before the training, such as the layer map.
        **settings: Fields of `TrainingSettings`.

    Returns:
        `held_out_loss` of the student that was kept; empty with `held_out=0`.

    Raises:
        InputError: The text cannot be read, is empty or is in another language; the vocabularies differ; or `shards`
            has other text.
        ConfigError: A setting is not allowed, or does not fit teacher and student.
        CheckpointError: The folder has the state, or the result, of another training.
        KeyboardInterrupt: Ctrl-C; the state was saved, and the same call goes on from it.

    Example:
        >>> distill_general("my-teacher", "corpus/*.txt.gz", "my-student", from_layers=(0, 2, 3, 5))
    """
    return prepare_general(
        teacher,
        text,
        output,
        choice=StudentChoice(student, from_layers, config or {}, vocabulary),
        held_out=held_out,
        pack=pack,
        shards=shards,
        keep_vectors=keep_vectors,
        objectives=objectives,
        settings=TrainingSettings.from_dict(settings),
        say=say,
    ).run()


def prepare_general(  # noqa: PLR0913
    teacher: str | Path,
    text: Patterns,
    output: str | Path,
    *,
    choice: StudentChoice,
    held_out: float | Patterns,
    pack: bool = False,
    shards: str | Path | None = None,
    keep_vectors: bool = False,
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
        pack: As for `distill_general`.
        shards: As for `distill_general`.
        keep_vectors: As for `distill_general`.
        objectives: What the student learns.
        settings: How to train.
        say: Called with what is decided before the training.
        command: What to record as the command.
    """
    say, objectives = say or (lambda message: None), objectives or Objectives()
    check_output(path_of(output), teacher, choice.student)
    check_parts(objectives, WEIGHTS[:-2], "encoders")  # there is no head
    if keep_vectors:
        check_parts(objectives, ("directions", "vectors"), "vectors alone, which keep_vectors asks for,")
    if settings.class_weights is not None:
        raise ConfigError("class weights are for labels, and raw text has none", argument="class_weights")
    check_no_vector_loss(settings, "distilling")
    paths = find_files(text)
    if isinstance(held_out, int | float) and not 0 <= held_out < 1:
        raise InputError(
            f"held_out is {held_out:g}: it must be from 0 to less than 1", argument="held_out", example=0.01
        )
    model, tokenizer = find_stored(teacher).open(choice.vocabulary)
    if model.task.facts.is_pretraining:  # its head has nothing to teach
        model = model.encoder()
    encoder = start_student(model, tokenizer, choice, settings.seed, say)
    layer_map = check_fit(objectives, encoder.config, model.config, model.sentence)  # before any text is read
    length = min(settings.max_length, encoder.config.max_position_embeddings, tokenizer.model_max_length)
    encoder.config = encoder.config.replace(seq_length=length)
    folder = path_of(output) / SHARDS if shards is None else path_of(shards)
    packing = Packing(tokenizer, length, pack)

    def rows_of(paths: Sequence[str], folder: Path) -> ShardRows:
        rows = ShardRows.of(tokenized(paths, folder, packing), tokenizer.vocab[PAD])
        return dataclasses.replace(rows, vectors=teacher_vectors(rows, model)) if keep_vectors else rows

    rows = rows_of(paths, folder)
    if isinstance(held_out, int | float):
        rows, aside = _aside(rows, held_out, settings.seed)
    else:
        others = find_files(held_out, "held_out")
        aside = rows_of(others, folder / _HELD_OUT)
    if objectives.needs_layers:
        say(str(layer_map))
    say(f"{counted(len(rows), 'row' if pack else 'line')} to learn from, {0 if aside is None else len(aside)} held out")
    return Phase(
        model,
        encoder,
        tokenizer,
        rows,
        path_of(output),
        objectives,
        settings,
        None if aside is None else HeldOut(aside, settings).selection,
        command=command or [*sys.argv],
        knows_vectors=keep_vectors,
        scratch=folder if shards is None else None,
    )


def _aside(rows: ShardRows, share: float, seed: int) -> tuple[ShardRows, ShardRows | None]:
    """Put a share of the rows aside."""
    if not share:
        return rows, None
    count = max(1, round(share * len(rows)))
    if count == len(rows):
        raise InputError(
            f"held_out is {share:g}: of {counted(count, 'row')} that is all", argument="held_out", example=0
        )
    order = shuffled(len(rows), seed, 0, stream=2)
    return rows.take(order[count:]), rows.take(order[:count])
