"""Predictions: what the student's head says against what the teacher's says."""

from __future__ import annotations

from typing import Any

import mindspore as ms
from mindspore import Tensor, nn, ops

from ...task import QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, Task
from ...training.losses import binary_cross_entropies
from ..networks import LOGITS
from .rows import PADDING


class SoftCrossEntropy(nn.Cell):
    """Cross entropy with the teacher's probabilities at a temperature: equation 10.

    Summed over the classes. The published code averages over them, which weighs it less the more there are.

    Args:
        temperature: What the logits of both are divided by.

    Inputs:
        student, teacher: (N, C) float32 logits.

    Outputs:
        (N,) float32.
    """

    def __init__(self, temperature: float = 1.0) -> None:
        super().__init__()
        self.factor = 1.0 / temperature
        self.log_softmax = ops.LogSoftmax(axis=-1)
        self.softmax = ops.Softmax(axis=-1)

    def construct(self, student: Tensor, teacher: Tensor) -> Tensor:
        return -(self.softmax(teacher * self.factor) * self.log_softmax(student * self.factor)).sum(axis=-1)


class ClassPredictions(nn.Cell):
    """Mean over texts of the soft cross entropy of their classes.

    Args:
        temperature: As for `SoftCrossEntropy`.

    Inputs:
        student, teacher: (B, C) float32 logits.
        input_mask: (B, T) int32.
        labels: Not used.

    Outputs:
        () float32.
    """

    def __init__(self, temperature: float = 1.0) -> None:
        super().__init__()
        self.cross_entropy = SoftCrossEntropy(temperature)

    def construct(self, student: Tensor, teacher: Tensor, input_mask: Tensor, labels: Tensor) -> Tensor:
        return self.cross_entropy(student, teacher).mean()


class LabelPredictions(nn.Cell):
    """The same for classes that each apply or not: cross entropy with the teacher's probability, summed over classes.

    Args, inputs and outputs are those of `ClassPredictions`.
    """

    def __init__(self, temperature: float = 1.0) -> None:
        super().__init__()
        self.factor = 1.0 / temperature

    def construct(self, student: Tensor, teacher: Tensor, input_mask: Tensor, labels: Tensor) -> Tensor:
        logits, targets = student * self.factor, ops.sigmoid(teacher * self.factor)
        return binary_cross_entropies(logits, targets).sum(axis=1).mean()


class ScorePredictions(nn.Cell):
    """Mean squared error between scores.

    Inputs:
        student, teacher: (B, 1) float32.
        input_mask: (B, T) int32.
        labels: Not used.

    Outputs:
        () float32.
    """

    def construct(self, student: Tensor, teacher: Tensor, input_mask: Tensor, labels: Tensor) -> Tensor:
        return ops.square(student - teacher).mean()


class TagPredictions(nn.Cell):
    """Mean of the soft cross entropy over the tokens that have a label: the first of each word.

    Args:
        temperature: As for `SoftCrossEntropy`.

    Inputs:
        student, teacher: (B, T, C) float32 logits.
        input_mask: (B, T) int32.
        labels: (B, T) int32, negative where a token does not count.

    Outputs:
        () float32.
    """

    def __init__(self, temperature: float = 1.0) -> None:
        super().__init__()
        self.cross_entropy = SoftCrossEntropy(temperature)

    def construct(self, student: Tensor, teacher: Tensor, input_mask: Tensor, labels: Tensor) -> Tensor:
        counted = (labels >= 0).astype(ms.float32)
        return (self.cross_entropy(student, teacher) * counted).sum() / ops.maximum(counted.sum(), 1.0)


class AnswerPredictions(nn.Cell):
    """Mean of the soft cross entropies of an answer's start and end, over the real tokens of a row.

    Args:
        temperature: As for `SoftCrossEntropy`.

    Inputs:
        student, teacher: start and end logits, both (B, T) float32.
        input_mask: (B, T) int32.
        labels: Not used.

    Outputs:
        () float32.
    """

    def __init__(self, temperature: float = 1.0) -> None:
        super().__init__()
        self.cross_entropy = SoftCrossEntropy(temperature)

    def construct(
        self, student: tuple[Tensor, Tensor], teacher: tuple[Tensor, Tensor], input_mask: Tensor, labels: Tensor
    ) -> Tensor:
        hidden = ((1 - input_mask) * PADDING).astype(ms.float32)
        start = self.cross_entropy(student[0] + hidden, teacher[0] + hidden)
        end = self.cross_entropy(student[1] + hidden, teacher[1] + hidden)
        return (start + end).mean() / 2


_BY_PROBLEM: dict[str, Any] = {
    "single-label": ClassPredictions,
    "multi-label": LabelPredictions,
    "regression": lambda temperature: ScorePredictions(),
}
_BY_KIND: dict[str, Any] = {
    SEQUENCE_CLASSIFICATION.name: lambda task, temperature: _BY_PROBLEM[str(task.problem)](temperature),
    TOKEN_CLASSIFICATION.name: lambda task, temperature: TagPredictions(temperature),
    QUESTION_ANSWERING.name: lambda task, temperature: AnswerPredictions(temperature),
}
"""Losses between predictions for each kind of task that has a head."""


class PredictionPart(nn.Cell):
    """The loss between the predictions of teacher and student.

    Args:
        task: What both are for.
        temperature: As for `SoftCrossEntropy`.
    """

    def __init__(self, task: Task, temperature: float) -> None:
        super().__init__()
        self.error = _BY_KIND[task.kind](task, temperature)

    def construct(self, student: Any, teacher: Any, mask: Tensor, shares: Tensor, labels: Tensor) -> Tensor:
        return self.error(student[LOGITS], teacher[LOGITS], mask, labels)


class LabelsPart(nn.Cell):
    """The student's loss against true labels.

    Args:
        loss: A loss of predictions and labels, as fine-tuning has it.
    """

    def __init__(self, loss: nn.Cell) -> None:
        super().__init__()
        self.loss = loss

    def construct(self, student: Any, teacher: Any, mask: Tensor, shares: Tensor, labels: Tensor) -> Tensor:
        return self.loss(student[LOGITS], labels)
