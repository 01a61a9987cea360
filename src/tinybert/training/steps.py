"""A training's compiled graphs, put together for its settings."""

from __future__ import annotations

import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops

from ..compat import graph_runs
from .distributed import World
from .gradients import Gradients, LossOfBatch, loss_scaler
from .settings import TrainingSettings
from .step import AccumulatingStep, TrainingStep, Update, UpdateFromSums, accept_any_shape


class Steps:
    """The graphs that train a network: one for each batch, and with accumulation one for each update.

    Args:
        network: The network.
        loss: Its loss.
        optimizer: The optimizer.
        settings: Tells clipping and accumulation.
        labels: Labels of some rows, to tell their type and number of dimensions.
        world: The processes that train.
    """

    def __init__(
        self,
        network: nn.Cell,
        loss: nn.Cell,
        optimizer: nn.Optimizer,
        settings: TrainingSettings,
        labels: Tensor,
        world: World | None = None,
    ) -> None:
        network.set_train(True)
        scaler = loss_scaler(_compute_type(network))
        average = (world or World()).reducer(optimizer.parameters)
        self.weight = None if average is None else Parameter(Tensor(1.0, ms.float32), "weight", requires_grad=False)
        gradients = Gradients(LossOfBatch(network, loss, scaler, self.weight), optimizer.parameters, average)
        update = Update(optimizer, settings.max_grad_norm, scaler)
        self.update: nn.Cell | None = None
        if settings.accumulation_steps == 1:
            self.step: nn.Cell = TrainingStep(gradients, update)
            self.parameters: dict[str, Parameter] = {}
        else:
            sums = optimizer.parameters.clone(prefix="sum", init="zeros")
            self.step = AccumulatingStep(gradients, sums)
            self.update = UpdateFromSums(sums, update)
            self.parameters = {f"sum.{number}": parameter for number, parameter in enumerate(sums)}
        if scaler is not None:
            self.parameters |= {"scaler.value": scaler.scale_value, "scaler.counter": scaler.counter}
        accept_any_shape(self.step, labels)

    def run(self, batch: list[Tensor], added: int = 1, weight: float = 1.0) -> float:
        """Trains on a batch.

        Args:
            batch: The three inputs and the labels.
            added: With accumulation, of how many batches the mean gradient is applied after it; 0 for a later update.
            weight: What this process's batch counts for; the mean over all processes is 1.

        Returns:
            The loss, over all processes.
        """
        with graph_runs():
            if self.weight is not None:
                ops.assign(self.weight, Tensor(weight, ms.float32))
            loss = self.step(*batch)
            if self.update is not None and added:
                self.update(Tensor(added, ms.float32))
            return float(loss.asnumpy())


def _compute_type(network: nn.Cell) -> ms.Type:
    types = {cell.compute_type for _, cell in network.cells_and_names() if hasattr(cell, "compute_type")}
    return ms.float16 if ms.float16 in types else ms.float32
