"""A model's parameters as named arrays, with its configuration and task."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from ..config import TinyBertConfig
from ..counting import counted
from ..errors import CheckpointError
from ..task import Task
from .layouts import HEAD_NAMES, POOLER_NAMES
from .sentence import SentenceSettings
from .shapes import expected_shapes


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """Parameters under the network's own names, with configuration and task.

    Attributes:
        source: The file or folder, for messages.
        layout: The layout that it was read from: `v1.0`, `later` or `huggingface`.
        config: The configuration of the encoder.
        tensors: Arrays by the network's own names; a head is `dense_1.weight` and `dense_1.bias`.
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
        return self.tensors[HEAD_NAMES[0]].shape[0] if HEAD_NAMES[0] in self.tensors else None

    @property
    def has_pooler(self) -> bool:
        """Whether there are pooler parameters. Hugging Face's token and question-answering networks have none."""
        return any(name in self.tensors for name in POOLER_NAMES)

    def encoder(self) -> Checkpoint:
        """Return a copy without the head, for transfer learning from a task checkpoint."""
        head = {
            self.names[name]: "the head; only the encoder was asked for" for name in HEAD_NAMES if name in self.names
        }
        return dataclasses.replace(
            self,
            tensors={name: array for name, array in self.tensors.items() if name not in HEAD_NAMES},
            names={name: theirs for name, theirs in self.names.items() if name not in HEAD_NAMES},
            left_aside={**self.left_aside, **head},
            task=Task(),
        )

    def with_task(self, task: Task) -> Checkpoint:
        """Return a copy with another task.

        Args:
            task: The task, if the caller knows it better than the checkpoint does.

        Raises:
            CheckpointError: The head does not fit the task; the message says how.
        """
        outputs, facts = self.num_labels, task.facts
        if outputs is None and facts.has_head:
            raise CheckpointError(f"{self.source} is an encoder alone: it has no head for {task.kind}", argument="task")
        if outputs is not None and not facts.has_head:
            raise CheckpointError(f"{self.source} has a head; its task cannot be {task.kind}", argument="task")
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
        wanted = expected_shapes(self.config, self.num_labels, pooler=pooler)
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
