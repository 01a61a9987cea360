"""The loss on rows that are not trained on."""

from __future__ import annotations

from mindspore import Tensor, nn

from ..compat import graph_runs
from ..training import Features, TrainingSettings
from ..training.gradients import LossOfBatch
from ..training.step import accept_any_shape


class HeldOut:
    """Rows that are not trained on.

    Args:
        network: The network in training.
        loss: Its loss.
        features: The rows.
        settings: How batches are made.
    """

    def __init__(self, network: nn.Cell, loss: nn.Cell, features: Features, settings: TrainingSettings) -> None:
        self._network, self._features, self._settings = network, features, settings
        self._loss_of_batch = LossOfBatch(network, loss)
        accept_any_shape(self._loss_of_batch, Tensor(features.labels[:1]))

    def loss(self) -> float:
        """Return the mean loss of the rows, without dropout; the network must not be in training mode."""
        size = self._settings.batch_size
        order = self._features.lengths.argsort(kind="stable")
        total = 0.0
        for begin in range(0, len(order), size):
            rows = order[begin : begin + size]
            batch = [Tensor(array) for array in self._features.batch(rows, self._settings.pad_to_multiple_of)]
            with graph_runs():
                total += float(self._loss_of_batch(*batch).asnumpy()) * len(rows)
        return total / len(order)
