"""A model's parameters as named arrays, with its configuration and task."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from ..config import TinyBertConfig
from ..counting import counted
from ..errors import CheckpointError
from ..task import Kind, Task
from .heads import found_head, head_of
from .layouts import POOLER_NAMES, own_name
from .sentence import SentenceSettings
from .shapes import expected_shapes


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """Parameters under the network's own names, with configuration and task.

    Attributes:
        source: The file or folder, for messages.
        layout: The layout that it was read from: `v1.0`, `later` or `huggingface`.
        config: The configuration of the encoder.
        tensors: Arrays by the network's own names; those of a head begin with its name, `Kind.head`.
        names: For each of those names, the name in the file.
        left_aside: Other names in the file, with the reason why they are not part of the network.
        task: The task of the network, as far as it is known.
        sentence: How the model computes the vector of a text.

    Raises:
        CheckpointError: The dense layers in `sentence` do not fit the encoder's width.
    """

    source: str
    layout: str
    config: TinyBertConfig
    tensors: Mapping[str, np.ndarray]
    names: Mapping[str, str]
    left_aside: Mapping[str, str]
    task: Task = dataclasses.field(default_factory=Task)
    sentence: SentenceSettings = dataclasses.field(default_factory=SentenceSettings)

    def __post_init__(self) -> None:
        self.sentence.width(self.config.hidden_size)

    @property
    def num_labels(self) -> int | None:
        """Number of head outputs (C); None for an encoder without a head."""
        return found_head(self.tensors)[1]

    @property
    def head(self) -> str | None:
        """Name of the head, as in `Kind.head`; None for an encoder without a head."""
        return found_head(self.tensors)[0]

    @property
    def has_pooler(self) -> bool:
        """Whether there are pooler parameters. Hugging Face's token and question-answering networks have none."""
        return any(name in self.tensors for name in POOLER_NAMES)

    def encoder(self) -> Checkpoint:
        """Return a copy without the head, for transfer learning from a task checkpoint."""
        head = [name for name in self.tensors if head_of(name) is not None]
        aside = {self.names[name]: "the head; only the encoder was asked for" for name in head}
        return dataclasses.replace(
            self,
            tensors={name: array for name, array in self.tensors.items() if name not in head},
            names={name: theirs for name, theirs in self.names.items() if name not in head},
            left_aside={**self.left_aside, **aside},
            task=Task(),
        )

    def fitted(self, task: Task) -> Checkpoint:
        """Return a copy with a declared task, or with the one that the head requires instead.

        A head of pre-training is left out where an encoder is declared.

        Args:
            task: The task, according to a card or a `config.json`.
        """
        found = task.fitted(self.head, self.num_labels)
        if found.facts.is_pretraining and not task.facts.has_head:
            return self.encoder()
        return dataclasses.replace(self, task=found)

    def why_no_head(self, kind: Kind) -> str | None:
        """Return why the head for a kind of task was left aside; None if there is none in the file."""
        reasons = (reason for name, reason in self.left_aside.items() if _is_of(name, kind))
        return next(reasons, None)

    def with_task(self, task: Task) -> Checkpoint:
        """Return a copy with another task.

        Args:
            task: The task, if the caller knows it better than the checkpoint does.

        Raises:
            CheckpointError: The head does not fit the task; the message says how.
        """
        outputs, facts = self.num_labels, task.facts
        if self.head is None and facts.has_head:
            raise CheckpointError(f"{self.source} is an encoder alone: it has no head for {task.kind}", argument="task")
        if self.head != facts.head:
            other = " of another kind" if facts.has_head else ""
            raise CheckpointError(f"{self.source} has a head{other}; its task cannot be {task.kind}", argument="task")
        has = f"{self.source} has {counted(outputs or 0, 'output')}"
        if facts.outputs not in (None, outputs):
            raise CheckpointError(f"{has}; a head for {task.kind} has {facts.outputs}", argument="task")
        if task.problem == "regression" and outputs != 1:
            raise CheckpointError(f"{has}; a regression has 1", argument="problem")
        if task.labels and len(task.labels) != outputs:
            given = counted(len(task.labels), "label is", "labels are")
            raise CheckpointError(f"{has}, but {given} given", argument="labels")
        return dataclasses.replace(self, task=task)

    def not_finite(self) -> list[str]:
        """Return the names of parameters that hold NaN or infinity, for example after a training that diverged."""
        return [name for name, array in self.tensors.items() if not np.isfinite(array).all()]

    def whole(self) -> dict[str, np.ndarray]:
        """Return the parameters in the network's order, after checking that they form one complete network.

        Raises:
            CheckpointError: Parameters are missing, have the wrong shape, hold NaN or infinity, or are not part of a
                network; the message lists them.
        """
        pooler = self.has_pooler or self.task.facts.uses_pooler
        kind = self.task.fitted(self.head, self.num_labels).facts
        wanted = expected_shapes(self.config, kind, self.num_labels, pooler=pooler)
        found = {name: array.shape for name, array in self.tensors.items()}
        lines = [f"  missing: {name} {shape}" for name, shape in wanted.items() if name not in found]
        lines += [
            f"  {self.names[name]}: {found[name]} in the file, {shape} in a network of its size"
            for name, shape in wanted.items()
            if found.get(name, shape) != shape
        ]
        lines += [f"  {self.names.get(name, name)}: holds NaN or infinity" for name in self.not_finite()]
        lines += [f"  not in a network: {self.names.get(name, name)}" for name in found if name not in wanted]
        if lines:
            raise CheckpointError("\n".join([f"{self.source} is not a complete model:", *lines]))
        return {name: self.tensors[name] for name in wanted}


def _is_of(name: str, kind: Kind) -> bool:
    """Return whether a name in a file is that of a parameter of a kind's head."""
    found = own_name(name)
    return found is not None and head_of(found[0]) == kind.head
