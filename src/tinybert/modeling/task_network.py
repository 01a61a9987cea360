"""Base class of all task networks: an encoder with a head on top."""

from __future__ import annotations

from typing import Any

from mindspore import Tensor

from ..errors import ConfigError
from ..task import Task
from .base import Network
from .model import TinyBertModel


class TaskNetwork(Network):
    """Base class of task networks: an encoder with a head, which subclasses add under the name `Kind.head`.

    `logits` computes the head from the encoder's outputs. To get hidden states and attention scores too, as for
    distillation, call `bert.encode` and `logits` in a cell of your own.

    Args:
        bert: The encoder, used in place, not copied.
        task: The task of the network.
        num_labels: Number of outputs of the head (C).

    Raises:
        ConfigError: `num_labels` is invalid or differs from the number of labels, or a required pooler is missing.
    """

    def __init__(self, bert: TinyBertModel, task: Task, num_labels: int) -> None:
        super().__init__(bert.config, task)
        if not isinstance(num_labels, int) or isinstance(num_labels, bool) or num_labels < 1:
            raise ConfigError(f"num_labels is {num_labels!r}: it must be an integer of at least 1")
        if task.labels and len(task.labels) != num_labels:
            labels = ", ".join(task.labels)
            raise ConfigError(f"labels are {labels}: there must be as many as num_labels, {num_labels}")
        if task.facts.uses_pooler and not bert.has_pooler:
            raise ConfigError(
                "the encoder has no pooler, which classification of texts needs: it comes from a network for tokens "
                "or answers. Start from another model"
            )
        self.num_labels = num_labels
        self.bert = bert

    @classmethod
    def for_task(cls, bert: TinyBertModel, task: Task, num_labels: int) -> TaskNetwork:
        """Create the network for a task of its kind; arguments as for the class."""
        raise NotImplementedError

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the outputs, in order; empty if they have no names."""
        return self.task.labels

    def compute(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Any:
        outputs = self.bert.encode(input_ids, input_mask, segment_ids, False)
        return self.logits(outputs[0], outputs[1])

    def logits(self, sequence_output: Tensor, pooled_output: Tensor | None) -> Any:
        """Compute the network's output from the outputs of its encoder; called inside a graph.

        Args:
            sequence_output: (B, T, H) float32.
            pooled_output: (B, H) float32; None if the encoder has no pooler.
        """
        raise NotImplementedError
