"""The loss of a distillation: parts with their weights, each of which can be looked at."""

from __future__ import annotations

from typing import Any

import mindspore as ms
import numpy as np
from mindspore import Parameter, Tensor, nn, ops

from ..modeling.base import Network
from ..training.embedding import Shares
from .layer_map import LayerMap
from .losses.attention import AttentionPart
from .losses.hidden import EmbeddingsPart, HiddenPart
from .losses.prediction import LabelsPart, PredictionPart
from .losses.relations import RelationsPart
from .losses.vectors import DirectionError, VectorError, VectorsPart
from .networks import Outputs
from .settings import WEIGHTS, Objectives


class DistillationLoss(nn.Cell):
    """What a student loses against its teacher. The teacher computes its outputs here, and is not trained.

    Args:
        teacher: The teacher, as `as_teacher` returns it; None where its vectors are the labels.
        objectives: The parts and their weights.
        layer_map: Which of the teacher's layers each of the student's learns from.
        pooling: How the teacher makes vectors of texts, `mean` or `first`.
        labels: The loss of predictions against true labels; None without such.

    Inputs:
        outputs: As those of `Student`.
        labels: As the loss of labels takes them; without a teacher, its vectors, (B, H) float32.

    Outputs:
        () float32.

    Attributes:
        part_names: The parts that have a weight.
        parts: (P,) float32, each part of the last batch, not weighted.
    """

    def __init__(
        self,
        teacher: Network | None,
        objectives: Objectives,
        layer_map: LayerMap,
        *,
        pooling: str = "mean",
        labels: nn.Cell | None = None,
    ) -> None:
        super().__init__(auto_prefix=False)
        layers = range(len(layer_map.targets))
        known: Any = teacher  # where a part looks at it
        cells = {
            "embeddings": EmbeddingsPart,
            "hidden": lambda: HiddenPart(layers[-1:] if objectives.hidden_layers == "last" else layers),
            "attention": lambda: AttentionPart(known.config.num_attention_heads, len(layers)),
            "relations": lambda: RelationsPart(objectives.relation_heads),
            "directions": lambda: VectorsPart(DirectionError()),
            "vectors": lambda: VectorsPart(VectorError()),
            "prediction": lambda: PredictionPart(known.task, objectives.temperature),
            "hard_labels": lambda: LabelsPart(labels),
        }
        self.part_names = tuple(name for name in WEIGHTS if getattr(objectives, name))
        self.parts = Parameter(Tensor(np.zeros(len(self.part_names), np.float32)), "parts", requires_grad=False)
        self.weights = Tensor([getattr(objectives, name) for name in self.part_names], ms.float32)
        self.cells_of_parts = nn.CellList([cells[name]() for name in self.part_names], auto_prefix=False)
        self.has_teacher = teacher is not None
        if teacher is not None:
            self.teacher = Outputs(teacher, objectives, layer_map.targets, pooling)
        self.shares = Shares()
        self.stack = ops.Stack()

    def construct(self, outputs: tuple[Any, ...], labels: Tensor) -> Tensor:
        inputs, student = outputs[0], outputs[1]
        teacher: Any = ((), (), (), (), labels, ())
        if self.has_teacher:
            teacher = self.teacher(inputs[0], inputs[1], inputs[2])
        shares = self.shares(inputs[1])
        values: tuple[Tensor, ...] = ()
        for part in self.cells_of_parts:
            values += (part(student, teacher, inputs[1], shares, labels),)
        stacked = self.stack(values)
        ops.assign(self.parts, stacked)
        return (stacked * self.weights).sum()
