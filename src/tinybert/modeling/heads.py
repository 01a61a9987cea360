"""Heads of one dense layer: sequence classification, token classification and question answering."""

from __future__ import annotations

from collections.abc import Sequence

import mindspore as ms
from mindspore import Tensor, ops

from ..task import (
    ENCODER,
    MASKED_LANGUAGE_MODELING,
    QUESTION_ANSWERING,
    SEQUENCE_CLASSIFICATION,
    TOKEN_CLASSIFICATION,
    Task,
)
from .dropout import Dropout
from .layers import Linear
from .masked_lm import TinyBertForMaskedLM
from .model import TinyBertModel
from .task_network import TaskNetwork


class DenseHeadNetwork(TaskNetwork):
    """Base class of task networks whose head is one dense layer, published as `dense_1`.

    Args:
        bert: The encoder, used in place, not copied.
        task: The task of the network.
        num_labels: Number of outputs of the dense layer (C).
        dropout_prob: Dropout probability before the dense layer, applied in training only.

    Raises:
        ConfigError: As for `TaskNetwork`.
    """

    def __init__(self, bert: TinyBertModel, task: Task, num_labels: int, dropout_prob: float = 0.1) -> None:
        super().__init__(bert, task, num_labels)
        self.has_relu = bert.config.head_act == "relu"
        self.dropout = Dropout(dropout_prob)
        self.dense_1 = Linear(bert.config.hidden_size, num_labels, bert.config.initializer_range, ms.float32)
        self.set_train(bert.training)


class TinyBertForSequenceClassification(DenseHeadNetwork):
    """Classifier of texts: dense(relu(pooled output)), as published.

    The published checkpoints require the ReLU. Hugging Face's BERT does not have one; set the configuration's
    `head_act` to `none` for a network without it.

    Args:
        bert: The encoder, used in place, not copied.
        num_labels: Number of outputs of the dense layer (C).
        dropout_prob: Dropout probability before the dense layer, applied in training only.
        labels: Names of the outputs, in order; empty if they have no names.
        problem: `single-label`, `multi-label` or `regression`; by default `regression` for one output, otherwise
            `single-label`.

    Inputs:
        As for `TinyBertModel`.

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


class TinyBertForTokenClassification(DenseHeadNetwork):
    """Classifier of tokens: dense(relu(sequence output)), as published, or without ReLU, as in Hugging Face's BERT.

    Args:
        bert: The encoder, used in place, not copied.
        num_labels: Number of outputs of the dense layer (C).
        dropout_prob: Dropout probability before the dense layer, applied in training only.
        labels: Names of the outputs, in order; empty if they have no names.

    Inputs:
        As for `TinyBertModel`.

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


class TinyBertForQuestionAnswering(DenseHeadNetwork):
    """Extractive question answering: start and end logits from dense(sequence output), as in Devlin et al. 2018.

    Args:
        bert: The encoder, used in place, not copied.
        dropout_prob: Dropout probability before the dense layer, applied in training only.

    Inputs:
        As for `TinyBertModel`, with the question as first text and the context as second.

    Outputs:
        Start logits and end logits, both (B, T) float32.
    """

    def __init__(self, bert: TinyBertModel, dropout_prob: float = 0.1) -> None:
        super().__init__(bert, Task(QUESTION_ANSWERING.name), 2, dropout_prob)

    @classmethod
    def for_task(cls, bert: TinyBertModel, task: Task, num_labels: int) -> TaskNetwork:
        del task, num_labels  # the same for every such task
        return cls(bert)

    def logits(self, sequence_output: Tensor, pooled_output: Tensor | None) -> tuple[Tensor, Tensor]:
        logits = _per_token(self.dense_1, self.dropout(sequence_output))
        return logits[:, :, 0], logits[:, :, 1]


NETWORKS: dict[str, type[TaskNetwork] | None] = {
    ENCODER.name: None,
    SEQUENCE_CLASSIFICATION.name: TinyBertForSequenceClassification,
    TOKEN_CLASSIFICATION.name: TinyBertForTokenClassification,
    QUESTION_ANSWERING.name: TinyBertForQuestionAnswering,
    MASKED_LANGUAGE_MODELING.name: TinyBertForMaskedLM,
}
"""The task network class of each kind; None for the encoder itself."""


def _per_token(dense: Linear, x: Tensor) -> Tensor:
    batch_size, length, size = x.shape
    return dense(x.reshape((-1, size))).reshape((batch_size, length, -1))
