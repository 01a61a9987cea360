"""One training of a student against its teacher: the whole of a general distillation, one of the two of a task's."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import mindspore as ms
from mindspore import nn

from ..checkpoint import Checkpoint
from ..checkpoint.sentence import SentenceSettings
from ..modeling.base import Network
from ..runtime.mindspore import MindSporeRuntime
from ..tasks import TaskModel
from ..text import BertTokenizer
from ..training import Trainer, TrainingSettings
from ..training.best_model import BestModel
from ..training.digests import digest_of
from ..training.distributed import World
from ..training.identity import contents
from ..training.once import train_once
from ..training.record import write_record
from ..training.rows import Rows
from ..weights import restore
from .checks import check_fit
from .loss import DistillationLoss
from .networks import Student, as_teacher
from .settings import Objectives

Evaluate = Callable[[BestModel, nn.Cell, nn.Cell], dict[str, float]]
"""The metrics of a student as it is now: from its folder, its cell and the loss of the training."""


@dataclass(frozen=True)
class Selection:
    """How the student that is kept is chosen.

    Attributes:
        evaluate: Gives its metrics.
        metric: The one that decides.
        lower_is_better: Whether the lowest decides.
        examples: What it is evaluated on, as part of the training's identity.
    """

    evaluate: Evaluate
    metric: str
    lower_is_better: bool = False
    examples: Any = None


@dataclass(frozen=True)
class Phase:
    """A training of a student against its teacher.

    Args:
        teacher: The teacher's weights; with its head, if predictions are learned.
        student: The student, trained in place.
        tokenizer: The tokenizer of both.
        features: The rows to learn from.
        folder: Where the student goes, with log and curves; while it trains, with the state, too.
        objectives: What the student learns.
        settings: How to train.
        selection: Which student is kept; None keeps the last.
        hard_labels: The loss of predictions against true labels; None without such.
        command: What to record as the command.
        says_if_ended: Whether to warn that there is nothing to do where it had ended before.
        knows_vectors: Whether the labels are the teacher's vectors, so that it is not computed.
        scratch: A folder that is only for this training: it is removed when it has ended.

    Raises:
        ConfigError: The objectives do not fit the two networks.
    """

    teacher: Checkpoint
    student: Network
    tokenizer: BertTokenizer
    features: Rows
    folder: Path
    objectives: Objectives
    settings: TrainingSettings
    selection: Selection | None = None
    hard_labels: nn.Cell | None = None
    command: list[str] = field(default_factory=lambda: [*sys.argv])
    says_if_ended: bool = True
    knows_vectors: bool = False
    scratch: Path | None = None

    def __post_init__(self) -> None:
        check_fit(self.objectives, self.student.config, self.teacher.config, self.teacher.sentence)

    def run(self, world: World | None = None) -> dict[str, float]:
        """Train to the end, from the saved state if there is one; what has ended is not done again.

        Args:
            world: The processes that train together; None for this process alone.

        Returns:
            The metrics of the student that was kept; empty without a selection.

        Raises:
            KeyboardInterrupt: Ctrl-C; the state was saved, and the same call goes on from it.
            OutputError: The loss is not finite; names the part.
        """
        world = world or World()
        self.folder.mkdir(parents=True, exist_ok=True)
        sentence = self.teacher.sentence
        pooling = sentence.pooling[0] if self.objectives.needs_vectors else "mean"
        layer_map = check_fit(self.objectives, self.student.config, self.teacher.config, sentence)
        loss = DistillationLoss(self._teacher(), self.objectives, layer_map, pooling=pooling, labels=self.hard_labels)
        ms.set_seed(self.settings.seed + 1)  # of the projections; MindSpore takes no 0
        network = Student(self.student, self.objectives, self.teacher.config.hidden_size, pooling)
        model = TaskModel(MindSporeRuntime(self.student), self.tokenizer, "the student", sentence=self._sentence())
        best = BestModel(model, self.folder, world)
        selection = self.selection
        trainer = Trainer(
            network,
            loss,
            self.features,
            self.settings,
            self.folder,
            evaluate=None if selection is None else partial(selection.evaluate, best, network, loss),
            metric="" if selection is None else selection.metric,
            lower_is_better=selection is not None and selection.lower_is_better,
            keep=partial(self._keep, best),
            identity=self._identity(),
            world=world,
        )
        train_once(trainer, self.command, self.teacher.source, says_if_ended=self.says_if_ended)
        metrics: dict[str, float] = world.share(best.metrics)
        if self.scratch is not None and world.is_first:  # the others are done with it, too: they have shared
            shutil.rmtree(self.scratch, ignore_errors=True)
        return metrics

    def _teacher(self) -> Network | None:
        """The network that teaches in each step."""
        if self.knows_vectors:
            return None
        # Of a teacher without a pooler, as Hugging Face's for tokens and answers, no encoder can be made.
        needs_head = self.objectives.needs_predictions or not self.teacher.has_pooler
        return as_teacher(restore(self.teacher if needs_head else self.teacher.encoder(), return_all_encoders=False))

    def _sentence(self) -> SentenceSettings:
        """The teacher's, but dense layers are for its width alone."""
        if self.student.task.facts.has_head:
            return SentenceSettings()
        fits = self.student.config.hidden_size == self.teacher.config.hidden_size
        return self.teacher.sentence if fits else dataclasses.replace(self.teacher.sentence, dense=())

    def _keep(self, best: BestModel) -> None:
        best.keep()
        write_record(self.folder, self.command, self.teacher.source, self.settings)

    def _identity(self) -> dict[str, Any]:
        tensors = self.teacher.tensors
        examples = None if self.selection is None else self.selection.examples
        return {
            "objectives": self.objectives.to_dict(),
            "task": self.student.task.to_dict(),
            "encoder": self.student.config.to_dict(),
            "teacher": self.teacher.config.to_dict(),
            "contents of the teacher": digest_of(tensors[name] for name in sorted(tensors)),
            **contents(self.student, self.features, examples),
        }
