"""The loss on rows that are not trained on."""

from __future__ import annotations

from mindspore import Tensor, nn

from ..compat import graph_runs
from ..training import TrainingSettings
from ..training.best_model import BestModel
from ..training.gradients import LossOfBatch
from ..training.rows import Rows
from ..training.step import accept_any_shape
from .phase import Selection

HELD_OUT_LOSS = "held_out_loss"


class HeldOut:
    """Rows that are not trained on.

    Args:
        rows: The rows.
        settings: How batches are made.
    """

    def __init__(self, rows: Rows, settings: TrainingSettings) -> None:
        self._rows, self._settings = rows, settings
        self._loss_of_batch: LossOfBatch | None = None

    @property
    def selection(self) -> Selection:
        """The student with the lowest loss on these rows is kept."""
        return Selection(self._evaluate, HELD_OUT_LOSS, lower_is_better=True, examples=[self._rows.digest])

    def _evaluate(self, best: BestModel, network: nn.Cell, loss: nn.Cell) -> dict[str, float]:
        return best.note({HELD_OUT_LOSS: self.loss(network, loss)})

    def loss(self, network: nn.Cell, loss: nn.Cell) -> float:
        """Return the mean loss of the rows.

        Args:
            network: The student, not in training mode.
            loss: The loss of its training; the same in each call.
        """
        if self._loss_of_batch is None:
            self._loss_of_batch = LossOfBatch(network, loss)
            accept_any_shape(self._loss_of_batch, Tensor(self._rows.labels[:1]))
        size = self._settings.batch_size
        order = self._rows.lengths.argsort(kind="stable")
        total = 0.0
        for begin in range(0, len(order), size):
            rows = order[begin : begin + size]
            batch = [Tensor(array) for array in self._rows.batch(rows, self._settings.pad_to_multiple_of)]
            with graph_runs():
                total += float(self._loss_of_batch(*batch).asnumpy()) * len(rows)
        return total / len(order)
