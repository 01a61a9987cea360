"""Teacher and student inside one graph: the same outputs of both, of the layers that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mindspore as ms
from mindspore import Tensor, nn

from ..modeling import TinyBertModel
from ..modeling.base import Network
from ..modeling.layers import Linear
from ..training.embedding import Pooled
from .settings import Objectives

EMBEDDINGS, HIDDEN, SCORES, RELATIONS, VECTORS, LOGITS = range(6)
"""Where what is in the outputs of `Outputs`: the graph compiler takes tuples, and no objects."""


class Outputs(nn.Cell):
    """What a distillation compares of a network.

    Args:
        network: An encoder, or a task network.
        objectives: What is compared; the rest is left empty.
        layers: The layers that are compared, from 0.
        pooling: How vectors of texts are made, `mean` or `first`.

    Inputs:
        input_ids, input_mask, segment_ids: (B, T) int32.

    Outputs:
        Tuple of: embeddings (B, T, H); hidden states of the layers; their attention scores (B, A, T, T); queries, keys
        and values (B, T, H) of the last of them; vectors of the texts (B, H); what the head returns. Each but the first
        is an empty tuple where it is not needed.
    """

    def __init__(self, network: Network, objectives: Objectives, layers: Sequence[int], pooling: str = "mean") -> None:
        super().__init__(auto_prefix=False)
        self.network = network
        self.encoder: TinyBertModel = network.bert if network.task.facts.has_head else network
        self.layers = tuple(layers)
        self.needs_hidden = objectives.hidden > 0
        self.needs_scores = objectives.attention > 0
        self.needs_relations = objectives.relations > 0
        self.needs_vectors = objectives.needs_vectors
        self.needs_logits = objectives.needs_predictions
        self.needs_all = self.needs_hidden or self.needs_scores or self.needs_relations or objectives.embeddings > 0
        if self.needs_relations:
            # They are computed from the hidden states below the layer: a network does not return its queries.
            self.attention = self.encoder.tinybert_encoder.layers[self.layers[-1]].attention.attention
        self.pooled = Pooled(pooling)

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> tuple[Any, ...]:
        encoded = self.encoder.encode(input_ids, input_mask, segment_ids, self.needs_all)
        hidden: Any = ()
        scores: Any = ()
        relations: Any = ()
        vectors: Any = ()
        logits: Any = ()
        embeddings = encoded[0]
        if self.needs_all:
            embeddings = encoded[2][0]
        for layer in self.layers:
            if self.needs_hidden:
                hidden += (encoded[2][layer + 1],)
            if self.needs_scores:
                scores += (encoded[3][layer],)
        if self.needs_relations:
            relations = self._relations(encoded[2][self.layers[-1]])
        if self.needs_vectors:
            vectors = self.pooled(encoded[0], input_mask)
        if self.needs_logits:
            logits = self.network.logits(encoded[0], encoded[1])
        return embeddings, hidden, scores, relations, vectors, logits

    def _relations(self, below: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        rows, length, width = below.shape
        x = below.reshape((-1, width))
        query = self.attention.query_layer(x).astype(ms.float32).reshape((rows, length, width))
        key = self.attention.key_layer(x).astype(ms.float32).reshape((rows, length, width))
        value = self.attention.value_layer(x).astype(ms.float32).reshape((rows, length, width))
        return query, key, value


class Student(nn.Cell):
    """A network that learns from a teacher, with projections to the teacher's width where its own is another.

    The projections are trained, and are in the state of a training; they are not part of the network.

    Args:
        network: An encoder, or a task network. It is trained in place; its parameters keep their names.
        objectives: What it learns.
        teacher_width: Width of the teacher's hidden states.
        pooling: How vectors of texts are made, `mean` or `first`.

    Inputs:
        input_ids, input_mask, segment_ids: (B, T) int32.

    Outputs:
        Tuple of: the three inputs; outputs as those of `Outputs`, hidden states and embeddings at the teacher's width.
    """

    def __init__(self, network: Network, objectives: Objectives, teacher_width: int, pooling: str = "mean") -> None:
        super().__init__(auto_prefix=False)
        config = network.config
        last = objectives.hidden_layers == "last"
        self.outputs = Outputs(network, objectives, range(config.num_hidden_layers), pooling)
        self.width, self.teacher_width = config.hidden_size, teacher_width
        self.projects = self.width != teacher_width and bool(objectives.embeddings or objectives.hidden)
        self.is_shared = objectives.projections == "shared"
        self.has_dropout = objectives.dropout
        self.first_hidden = config.num_hidden_layers - 1 if last else 0
        if self.projects:
            count = 1 if self.is_shared else config.num_hidden_layers + 1
            spread = config.initializer_range
            cells = [Linear(self.width, teacher_width, spread, ms.float32) for _ in range(count)]
            for number, cell in enumerate(cells):
                cell.update_parameters_name(f"projection.{number}.")
            self.projections = nn.CellList(cells, auto_prefix=False)

    def set_train(self, mode: bool = True) -> Student:
        """Start or end training mode; without dropout, which is all that it changes, it is never on."""
        super().set_train(mode and self.has_dropout)
        return self

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> tuple[Any, ...]:
        outputs = self.outputs(input_ids, input_mask, segment_ids)
        embeddings, hidden = outputs[0], outputs[1]
        if self.projects:
            embeddings = self._projected(embeddings, 0)
            projected: Any = ()
            for layer in range(len(hidden)):
                if layer < self.first_hidden:  # which is not compared
                    projected += (hidden[layer],)
                else:
                    projected += (self._projected(hidden[layer], layer + 1),)
            hidden = projected
        inputs = (input_ids, input_mask, segment_ids)
        return inputs, (embeddings, hidden, outputs[2], outputs[3], outputs[4], outputs[5])

    def _projected(self, x: Tensor, number: int) -> Tensor:
        rows, length = x.shape[0], x.shape[1]
        projection = self.projections[0] if self.is_shared else self.projections[number]
        return projection(x.reshape((-1, self.width))).reshape((rows, length, self.teacher_width))


def as_teacher(network: Network) -> Network:
    """The network as it teaches: in inference mode, its weights frozen and named so that none is one of a student's."""
    network.set_train(False)
    for parameter in network.get_parameters():
        parameter.requires_grad = False
        if not parameter.name.startswith("teacher."):
            parameter.name = f"teacher.{parameter.name}"
    return network
