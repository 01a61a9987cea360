"""Loss cells for each task, from a network's outputs and labels to a scalar."""

from __future__ import annotations

import mindspore as ms
import numpy as np
from mindspore import Tensor, nn, ops


class CrossEntropy(nn.Cell):
    """Mean cross entropy over the rows whose label is not negative.

    Args:
        class_weights: (C,) float32, the weight of each class in the mean; None for 1 each.

    Inputs:
        logits: (N, C) float32.
        labels: (N,) int32.

    Outputs:
        () float32.
    """

    def __init__(self, class_weights: np.ndarray | None = None) -> None:
        super().__init__()
        self.log_softmax = ops.LogSoftmax(axis=-1)
        self.class_weights = None if class_weights is None else Tensor(class_weights, ms.float32)
        self.least = 1.0 if class_weights is None else 1e-9  # for a batch in which no row counts

    def construct(self, logits: Tensor, labels: Tensor) -> Tensor:
        counted = (labels >= 0).astype(ms.float32)
        classes = ops.maximum(labels, 0).reshape((-1, 1))
        log_probs = ops.gather_elements(self.log_softmax(logits), 1, classes).reshape((-1,))
        if self.class_weights is not None:
            counted = counted * ops.gather(self.class_weights, classes.reshape((-1,)), 0)
        return -(log_probs * counted).sum() / ops.maximum(counted.sum(), self.least)


def binary_cross_entropies(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the cross entropy of each logit with its target, 0 to 1, both of any one shape; inside a graph."""
    # -log(sigmoid(z)) = softplus(-z), in the form that does not overflow.
    return ops.relu(logits) - logits * targets + ops.log1p(ops.exp(-ops.abs(logits)))


class BinaryCrossEntropy(nn.Cell):
    """Mean binary cross entropy of independent labels.

    Inputs:
        logits: (B, C) float32.
        labels: (B, C) float32 of 0 and 1.

    Outputs:
        () float32.
    """

    def construct(self, logits: Tensor, labels: Tensor) -> Tensor:
        return binary_cross_entropies(logits, labels).mean()


class SquaredError(nn.Cell):
    """Mean squared error of scores.

    Inputs:
        logits: (B, 1) float32.
        labels: (B,) float32.

    Outputs:
        () float32.
    """

    def construct(self, logits: Tensor, labels: Tensor) -> Tensor:
        return ops.square(logits.reshape((-1,)) - labels).mean()


class TokenLoss(nn.Cell):
    """Mean cross entropy over tokens.

    Args:
        class_weights: As for `CrossEntropy`.

    Inputs:
        logits: (B, T, C) float32.
        labels: (B, T) int32, negative for tokens that are ignored.

    Outputs:
        () float32.
    """

    def __init__(self, class_weights: np.ndarray | None = None) -> None:
        super().__init__()
        self.cross_entropy = CrossEntropy(class_weights)

    def construct(self, logits: Tensor, labels: Tensor) -> Tensor:
        return self.cross_entropy(logits.reshape((-1, logits.shape[-1])), labels.reshape((-1,)))


class AnswerLoss(nn.Cell):
    """Mean of the cross entropies of an answer's start and end, over the row's tokens.

    Inputs:
        logits: Start and end logits, both (B, T) float32.
        labels: (B, 2) int32, index of the first and last token of the answer; both 0 if there is none.

    Outputs:
        () float32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cross_entropy = CrossEntropy()

    def construct(self, logits: tuple[Tensor, Tensor], labels: Tensor) -> Tensor:
        start, end = logits
        return (self.cross_entropy(start, labels[:, 0]) + self.cross_entropy(end, labels[:, 1])) / 2
