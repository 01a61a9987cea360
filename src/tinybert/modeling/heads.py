"""Task heads over an encoder: classification of a sequence, of its tokens, and the answer to a question in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mindspore as ms
from mindspore import Tensor, ops

from ..errors import ConfigError
from ..task import ENCODER, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, Task
from .dropout import Dropout
from .layers import Linear
from .model import TinyBertModel
from .network import Network


class TaskNetwork(Network):
    """An encoder with one dense layer, `dense_1` by its published name, on top.

    A head is a function of the encoder's outputs, `logits`. Whoever needs hidden states and attention scores beside
    them, as distillation does, calls `bert.encode` and `logits` in a cell of its own.

    Args:
        bert: The encoder. It is used, not copied.
        task: What the network is for.
        num_labels: Outputs of the dense layer (C).
        dropout_prob: Dropout before the dense layer, active in training only.

    Raises:
        ConfigError: The number of outputs is not allowed or not that of the labels, or a pooler is missing.
    """

    def __init__(self, bert: TinyBertModel, task: Task, num_labels: int, dropout_prob: float = 0.1) -> None:
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
        self.has_relu = bert.config.head_act == "relu"
        self.dropout = Dropout(dropout_prob)
        self.dense_1 = Linear(bert.config.hidden_size, num_labels, bert.config.initializer_range, ms.float32)
        self.set_train(bert.training)

    @classmethod
    def for_task(cls, bert: TinyBertModel, task: Task, num_labels: int) -> TaskNetwork:
        """The network for a task of its kind; the arguments are those of the class."""
        raise NotImplementedError

    @property
    def labels(self) -> tuple[str, ...]:
        """What the outputs are called, in their order; none if they have no names."""
        return self.task.labels

    def compute(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Any:
        outputs = self.bert.encode(input_ids, input_mask, segment_ids, False)
        return self.logits(outputs[0], outputs[1])

    def logits(self, sequence_output: Tensor, pooled_output: Tensor | None) -> Any:
        """The head: what the network returns, from the outputs of its encoder; inside a graph.

        Args:
            sequence_output: (B, T, H) float32.
            pooled_output: (B, H) float32; None where the encoder has no pooler.
        """
        raise NotImplementedError


class TinyBertForSequenceClassification(TaskNetwork):
    """One label a text: dense(relu(pooled output)), as published.

    The ReLU is part of the published checkpoints' function. Hugging Face's BERT has none here, nor has this network
    where `head_act` of its configuration is `none`.

    Args:
        bert: The encoder. It is used, not copied.
        num_labels: Outputs of the dense layer (C).
        dropout_prob: Dropout before the dense layer, active in training only.
        labels: What the outputs are called, in their order; none if they have no names.
        problem: `single-label`, `multi-label` or `regression`; by default a single output is a number.

    Inputs:
        As `TinyBertModel`.

    Outputs:
        (B, C) float32 logits.
    """

    def __init__(
        self,
        bert: TinyBertModel,
        num_labels: int,
        dropout_prob: float = 0.1,
        *,
        labels: Sequence[str] = (),
        problem: str | None = None,
    ) -> None:
        problem = problem or SEQUENCE_CLASSIFICATION.usual_problem(num_labels)
        task = Task(SEQUENCE_CLASSIFICATION.name, tuple(labels), problem)
        super().__init__(bert, task, num_labels, dropout_prob)

    @classmethod
    def for_task(cls, bert: TinyBertModel, task: Task, num_labels: int) -> TaskNetwork:
        return cls(bert, num_labels, labels=task.labels, problem=task.problem)

    def logits(self, sequence_output: Tensor, pooled_output: Tensor) -> Tensor:
        x = ops.relu(pooled_output) if self.has_relu else pooled_output
        return self.dense_1(self.dropout(x))


class TinyBertForTokenClassification(TaskNetwork):
    """One label a token: dense(relu(sequence output)), as published, or dense(sequence output), as Hugging Face's.

    Args:
        bert: The encoder. It is used, not copied.
        num_labels: Outputs of the dense layer (C).
        dropout_prob: Dropout before the dense layer, active in training only.
        labels: What the outputs are called, in their order; none if they have no names.

    Inputs:
        As `TinyBertModel`.

    Outputs:
        (B, T, C) float32 logits. The published code returns the same values with the rows flattened, (B*T, C).
    """

    def __init__(
        self, bert: TinyBertModel, num_labels: int, dropout_prob: float = 0.1, *, labels: Sequence[str] = ()
    ) -> None:
        super().__init__(bert, Task(TOKEN_CLASSIFICATION.name, tuple(labels)), num_labels, dropout_prob)

    @classmethod
    def for_task(cls, bert: TinyBertModel, task: Task, num_labels: int) -> TaskNetwork:
        return cls(bert, num_labels, labels=task.labels)

    def logits(self, sequence_output: Tensor, pooled_output: Tensor | None) -> Tensor:
        x = ops.relu(sequence_output) if self.has_relu else sequence_output
        return _per_token(self.dense_1, self.dropout(x))


class TinyBertForQuestionAnswering(TaskNetwork):
    """Where the answer starts and where it ends: dense(sequence output), as in Devlin et al. 2018.

    Args:
        bert: The encoder. It is used, not copied.
        dropout_prob: Dropout before the dense layer, active in training only.

    Inputs:
        As `TinyBertModel`, the question as the first text, its context as the second.

    Outputs:
        Start logits and end logits, both (B, T) float32.
    """

    def __init__(self, bert: TinyBertModel, dropout_prob: float = 0.1) -> None:
        super().__init__(bert, Task(QUESTION_ANSWERING.name), 2, dropout_prob)

    @classmethod
    def for_task(cls, bert: TinyBertModel, task: Task, num_labels: int) -> TaskNetwork:
        del task, num_labels  # which are all alike
        return cls(bert)

    def logits(self, sequence_output: Tensor, pooled_output: Tensor | None) -> tuple[Tensor, Tensor]:
        logits = _per_token(self.dense_1, self.dropout(sequence_output))
        return logits[:, :, 0], logits[:, :, 1]


NETWORKS: dict[str, type[TaskNetwork] | None] = {
    ENCODER.name: None,
    SEQUENCE_CLASSIFICATION.name: TinyBertForSequenceClassification,
    TOKEN_CLASSIFICATION.name: TinyBertForTokenClassification,
    QUESTION_ANSWERING.name: TinyBertForQuestionAnswering,
}
"""The task network of each kind; None where it is the encoder itself."""


def _per_token(dense: Linear, x: Tensor) -> Tensor:
    batch_size, length, size = x.shape
    return dense(x.reshape((-1, size))).reshape((batch_size, length, -1))
