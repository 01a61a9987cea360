"""Task heads over an encoder: classification of a sequence, of its tokens, and the answer to a question in it."""

from __future__ import annotations

from collections.abc import Sequence

import mindspore as ms
from mindspore import Tensor, ops

from ..errors import ConfigError
from .dropout import Dropout
from .layers import Linear
from .model import TinyBertModel
from .network import Network


class TaskNetwork(Network):
    """An encoder with one dense layer, `dense_1` by its published name, on top.

    Args:
        bert: The encoder. It is used, not copied.
        num_labels: Outputs of the dense layer (C).
        dropout_prob: Dropout before the dense layer, active in training only.
        labels: What the outputs are called, in their order; none if they have no names.

    Attributes:
        uses_pooler: Whether the head is over the pooled output; the encoder then must have a pooler.

    Raises:
        ConfigError: The number of outputs is not allowed or not that of the labels, or a pooler is missing.
    """

    uses_pooler = False

    def __init__(
        self, bert: TinyBertModel, num_labels: int, dropout_prob: float = 0.1, *, labels: Sequence[str] = ()
    ) -> None:
        super().__init__(bert.config)
        if not isinstance(num_labels, int) or isinstance(num_labels, bool) or num_labels < 1:
            raise ConfigError(f"num_labels is {num_labels!r}: it must be an integer of at least 1")
        if labels and len(labels) != num_labels:
            raise ConfigError(f"labels are {', '.join(labels)}: there must be as many as num_labels, {num_labels}")
        if self.uses_pooler and not bert.has_pooler:
            raise ConfigError(
                "the encoder has no pooler, as that of a network for tokens or answers, and classification of texts "
                "needs one: start from another model"
            )
        self.labels = tuple(labels)
        self.num_labels = num_labels
        self.bert = bert
        self.has_relu = bert.config.head_act == "relu"
        self.dropout = Dropout(dropout_prob)
        self.dense_1 = Linear(bert.config.hidden_size, num_labels, bert.config.initializer_range, ms.float32)
        self.set_train(bert.training)


class TinyBertForSequenceClassification(TaskNetwork):
    """One label a text: dense(relu(pooled output)), as published.

    The ReLU is part of the published checkpoints' function. Hugging Face's BERT has none here, nor has this network
    where `head_act` of its configuration is `none`.

    Inputs:
        As `TinyBertModel`.

    Outputs:
        (B, C) float32 logits.
    """

    uses_pooler = True

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Tensor:
        pooled_output = self.bert(input_ids, input_mask, segment_ids)[1]
        return self.dense_1(self.dropout(ops.relu(pooled_output) if self.has_relu else pooled_output))


class TinyBertForTokenClassification(TaskNetwork):
    """One label a token: dense(relu(sequence output)), as published, or dense(sequence output), as Hugging Face's.

    Inputs:
        As `TinyBertModel`.

    Outputs:
        (B, T, C) float32 logits. The published code returns the same values with the rows flattened, (B*T, C).
    """

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Tensor:
        sequence_output = self.bert(input_ids, input_mask, segment_ids)[0]
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
        super().__init__(bert, 2, dropout_prob)

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> tuple[Tensor, Tensor]:
        sequence_output = self.bert(input_ids, input_mask, segment_ids)[0]
        logits = _per_token(self.dense_1, self.dropout(sequence_output))
        return logits[:, :, 0], logits[:, :, 1]


def _per_token(dense: Linear, x: Tensor) -> Tensor:
    batch_size, length, size = x.shape
    return dense(x.reshape((-1, size))).reshape((batch_size, length, -1))
