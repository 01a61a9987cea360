"""Task distillation in two phases, Jiao et al. 2019 (arXiv:1909.10351), section 4: layers first, then predictions."""

from __future__ import annotations

import dataclasses
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from mindspore import nn

from ..checkpoint import Checkpoint, read_checkpoint
from ..errors import CheckpointError, ConfigError
from ..evaluation import Scorer
from ..evaluation.labels import Examples
from ..modeling import TinyBertModel
from ..task import KINDS, Task
from ..text import BertTokenizer
from ..training import Features, TrainingSettings, featurize
from ..training.best_model import BestModel
from ..training.class_weights import check_task
from ..training.distributed import World
from ..training.features import weighted
from ..training.finetuning import fresh_network
from ..training.learning import LEARNING
from ..training.loss_choice import check_no_vector_loss
from ..weights import restore
from .checks import check_fit, check_parts
from .phase import Phase, Selection
from .settings import INTERMEDIATE, WEIGHTS, Objectives, PhaseSettings, PredictionSettings

_LAYER_PARTS = ("embeddings", "hidden", "attention", "relations")
"""What the first phase can learn."""
NOTHING: dict[str, Any] = dict.fromkeys(WEIGHTS, 0.0)


@dataclasses.dataclass(frozen=True)
class TaskDistillation:
    """A task distillation with everything it needs, checked; `run` does it.

    Args:
        teacher: The teacher's weights, with its head.
        student: The encoder that the student starts from.
        tokenizer: The tokenizer of both.
        task: What both are for.
        train: The training data.
        folder: Where the student goes; the first phase has a folder in it.
        dev: The dev set, by which the student is chosen; None keeps the last.
        objectives: What is learned; layers in the first phase, predictions in the second.
        settings: How to train in the second phase.
        phases: How the first phase differs.
        command: What to record as the command.

    Raises:
        CheckpointError: The teacher has no head.
        ConfigError: The objectives do not fit the two networks.
        InputError: An example does not fit the task.
    """

    teacher: Checkpoint
    student: TinyBertModel
    tokenizer: BertTokenizer
    task: Task
    train: Examples
    folder: Path
    dev: Scorer | None = None
    objectives: Objectives = dataclasses.field(default_factory=Objectives)
    settings: TrainingSettings = dataclasses.field(default_factory=PredictionSettings)
    phases: PhaseSettings = dataclasses.field(default_factory=PhaseSettings)
    command: list[str] = dataclasses.field(default_factory=lambda: [*sys.argv])

    def __post_init__(self) -> None:
        check_head(self.teacher, self.task)
        check_parts(self.objectives, (*_LAYER_PARTS, *_last_names(self.task)), self.task.kind)
        check_task(self.task, self.settings.class_weights)
        check_no_vector_loss(self.settings, "distilling")
        if self.settings.class_weights is not None and not self.objectives.hard_labels:
            raise ConfigError(
                "class weights are for the loss of true labels, whose weight is 0", argument="hard_labels", example=1
            )
        for objectives in filter(None, (self.layers, self.predictions)):
            check_fit(objectives, self.student.config, self.teacher.config, self.teacher.sentence)
        LEARNING[self.task.kind].check(self.train, self.task, self.settings)

    @property
    def layers(self) -> Objectives | None:
        """What the first phase learns; None if there is none."""
        parts = {name: getattr(self.objectives, name) for name in _LAYER_PARTS}
        if not self.phases.intermediate_epochs or not any(parts.values()):
            return None
        return dataclasses.replace(self.objectives, **{**NOTHING, **parts})

    @property
    def predictions(self) -> Objectives:
        """What the second phase learns."""
        parts: dict[str, Any] = {**NOTHING, **_last_parts(self.task, self.objectives)}
        return dataclasses.replace(self.objectives, **parts)

    def run(self, world: World | None = None) -> dict[str, float]:
        """Train both phases to the end; each goes on from its saved state, and is not done again once it has ended.

        Args:
            world: The processes that train together; None for this process alone.

        Returns:
            The metrics of the student that was kept, on the dev set; empty without one.

        Raises:
            KeyboardInterrupt: Ctrl-C; the state was saved, and the same call goes on from it.
            OutputError: The loss is not finite; names the part.
        """
        length = min(
            self.settings.max_length, self.student.config.max_position_embeddings, self.tokenizer.model_max_length
        )
        self.student.config = self.student.config.replace(seq_length=length)
        features = featurize(self.train, self.task, self.tokenizer, length)
        encoder = self._learn_layers(features, world)
        objectives = self.predictions
        if objectives.hard_labels:
            features = weighted(features, self.task, self.settings.class_weights)
        selection = None
        if self.dev is not None:
            selection = Selection(partial(_evaluate, self.dev), self.dev.key_metric, examples=self.dev.examples)
        return Phase(
            self.teacher,
            fresh_network(encoder, self.task, self.settings.seed),
            self.tokenizer,
            features if self.task.facts.has_head else unlabelled(features),
            self.folder,
            objectives,
            self.settings,
            selection,
            LEARNING[self.task.kind].loss(self.task, features, self.settings) if objectives.hard_labels else None,
            self.command,
        ).run(world)

    def _learn_layers(self, features: Features, world: World | None) -> TinyBertModel:
        """Return the encoder after the first phase."""
        epochs, rate = self.phases.intermediate_epochs, self.phases.intermediate_learning_rate
        objectives = self.layers
        if objectives is None:
            return self.student
        folder = self.folder / INTERMEDIATE
        Phase(
            self.teacher if not self.teacher.has_pooler else self.teacher.encoder(),
            self.student,
            self.tokenizer,
            unlabelled(features),
            folder,
            objectives,
            dataclasses.replace(self.settings, epochs=epochs, learning_rate=rate, class_weights=None),
            command=self.command,
            says_if_ended=False,
        ).run(world)
        return restored(folder)  # whether it was trained now or before


def restored(folder: Path) -> TinyBertModel:
    """Return the encoder that a folder holds."""
    encoder: TinyBertModel = restore(read_checkpoint(folder), return_all_encoders=False)
    return encoder


def check_head(teacher: Checkpoint, task: Task) -> None:
    """Raise CheckpointError if a teacher lacks the head that a task needs, or has another task's; says what to do."""
    if task.facts.has_head and teacher.task.facts.has_head and teacher.task.kind != task.kind:
        raise CheckpointError(
            f"the teacher, {teacher.source}, is for {teacher.task.kind}, and cannot teach {task.kind}: its students "
            f"come from tinybert distill {KINDS[teacher.task.kind].command}"
        )
    if task.facts.has_head and teacher.num_labels is None:
        command = KINDS[task.kind].command
        raise CheckpointError(
            f"the teacher, {teacher.source}, is an encoder alone, which cannot teach to {command}. Fine-tune it first: "
            f"tinybert finetune {command} --model TEACHER --train FILE --output FOLDER"
        )


def unlabelled(features: Features) -> Features:
    """Return the same rows without their labels; of pairs that are embedded, each text is a row."""
    return Features(features.encoding, np.zeros(len(features.encoding), np.int32))


def _last_names(task: Task) -> tuple[str, str]:
    """The parts that the second phase can learn."""
    return ("prediction", "hard_labels") if task.facts.has_head else ("directions", "vectors")


def _last_parts(task: Task, objectives: Objectives) -> dict[str, float]:
    """The parts that the second phase learns, with their weights; if none was asked for, the first of them."""
    names = _last_names(task)
    found = {name: getattr(objectives, name) for name in names}
    return found if any(found.values()) else {names[0]: 1.0}


def _evaluate(dev: Scorer, best: BestModel, network: nn.Cell, loss: nn.Cell) -> dict[str, Any]:
    del network, loss
    return best.evaluate(dev)
