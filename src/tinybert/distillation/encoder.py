"""An encoder that learns from another on rows without labels."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

from ..arguments import path_of
from ..checkpoint import Checkpoint
from ..modeling import TinyBertModel
from ..runtime.mindspore import MindSporeRuntime
from ..tasks import TaskModel
from ..text import BertTokenizer
from ..training import Features, Trainer, TrainingSettings
from ..training.best import BestModel
from ..training.distributed import World
from ..training.identity import contents, digest_of
from ..training.once import train_once
from ..training.record import write_record
from ..weights import restore
from .checks import check_fit
from .held_out import HeldOut
from .loss import DistillationLoss
from .networks import Student, as_teacher
from .settings import Objectives

HELD_OUT_LOSS = "held_out_loss"


class EncoderDistillation:
    """The distillation of an encoder with everything it needs, checked; `run` does it.

    Args:
        teacher: The teacher's weights.
        student: The student, trained in place.
        tokenizer: The tokenizer of both.
        features: The rows to learn from.
        folder: Where the student goes, with log and curves; while it trains, with the state, too.
        held_out: Rows whose loss decides which student is kept; None keeps the last.
        objectives: What the student learns.
        settings: How to train.
        command: What to record as the command; by default that of this process.

    Attributes:
        layer_map: Which of the teacher's layers each of the student's learns from.

    Raises:
        ConfigError: The objectives do not fit the two networks; says which would.
    """

    def __init__(  # noqa: PLR0913 -- what a distillation needs, by name
        self,
        teacher: Checkpoint,
        student: TinyBertModel,
        tokenizer: BertTokenizer,
        features: Features,
        folder: str | Path,
        *,
        held_out: Features | None = None,
        objectives: Objectives | None = None,
        settings: TrainingSettings | None = None,
        command: list[str] | None = None,
    ) -> None:
        self.objectives = objectives or Objectives()
        self.settings = settings or TrainingSettings()
        self.layer_map = check_fit(self.objectives, student.config, teacher.config, teacher.sentence)
        self.teacher, self.student, self.tokenizer = teacher, student, tokenizer
        self.features, self.held_out = features, held_out
        self.folder, self.command = path_of(folder), command or sys.argv

    def run(self, world: World | None = None) -> dict[str, float]:
        """Train to the end, from the saved state if there is one.

        Args:
            world: The processes that train together; None for this process alone.

        Returns:
            The loss on the held-out rows of the student that was kept, as `held_out_loss`; empty without such rows.

        Raises:
            KeyboardInterrupt: Ctrl-C; the state was saved, and the same call goes on from it.
            OutputError: The loss is not finite; names the part.
        """
        world = world or World()
        self.folder.mkdir(parents=True, exist_ok=True)
        sentence = self.teacher.sentence
        model = TaskModel(MindSporeRuntime(self.student), self.tokenizer, "the student", sentence=sentence)
        best = BestModel(model, self.folder, world)
        pooling = sentence.pooling[0] if self.objectives.needs_vectors else "mean"
        teacher = as_teacher(restore(self.teacher.encoder(), return_all_encoders=False))
        loss = DistillationLoss(teacher, self.objectives, self.layer_map, pooling=pooling)
        network = Student(self.student, self.objectives, teacher.config.hidden_size, pooling)
        held_out = None if self.held_out is None else HeldOut(network, loss, self.held_out, self.settings)
        trainer = Trainer(
            network,
            loss,
            self.features,
            self.settings,
            self.folder,
            evaluate=None if held_out is None else lambda: best.note({HELD_OUT_LOSS: held_out.loss()}),
            metric=HELD_OUT_LOSS,
            lower_is_better=True,
            keep=partial(self._keep, best),
            identity=self._identity(),
            world=world,
        )
        train_once(trainer, self.command, self.teacher.source)
        return world.share(best.metrics)

    def _keep(self, best: BestModel) -> None:
        best.keep()
        write_record(self.folder, self.command, self.teacher.source, self.settings)

    def _identity(self) -> dict[str, Any]:
        tensors = self.teacher.tensors
        return {
            "objectives": self.objectives.to_dict(),
            "encoder": self.student.config.to_dict(),
            "contents of the teacher": digest_of(tensors[name] for name in sorted(tensors)),
            **contents(self.student, self.features, None),
        }
