"""The compiled graphs of a training, assembled for its settings."""

from __future__ import annotations

import math

import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops

from ..compat import graph_runs
from .distributed import World
from .gradients import Gradients, LossOfBatch, Overflows, loss_scaler
from .settings import TrainingSettings
from .step import AccumulatingStep, TrainingStep, Update, UpdateFromSums, accept_any_shape


class Steps:
    """The graphs that train a network: one per batch and, with accumulation, another per update.

    Args:
        network: The network.
        loss: Its loss.
        optimizer: The optimizer.
        settings: The settings with clipping and accumulation.
        labels: Labels of some rows, for their dtype and number of dimensions.
        world: The training processes.

    Attributes:
        overflowed: Whether the last update was skipped because its gradients overflowed float16; None if the last batch
            was not followed by an update.
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
        self.scales = scaler is not None
        self.overflowed: bool | None = None
        self._overflows = Overflows(scaler)
        average = (world or World()).reducer(optimizer.parameters)
        accumulates = settings.accumulation_steps > 1
        self.weight = _number("weight") if accumulates or average is not None else None
        self.amount = _number("amount")
        gradients = Gradients(LossOfBatch(network, loss, scaler, self.weight), optimizer.parameters, average)
        update = Update(optimizer, settings.max_grad_norm, scaler)
        self.update: nn.Cell | None = None
        if not accumulates:
            self.step: nn.Cell = TrainingStep(gradients, update)
            self.parameters: dict[str, Parameter] = {}
        else:
            sums, amounts = optimizer.parameters.clone(prefix="sum", init="zeros"), _number("amounts", 0.0)
            self.step = AccumulatingStep(gradients, sums, self.amount, amounts)
            self.update = UpdateFromSums(sums, amounts, update)
            self.parameters = {f"sum.{number}": parameter for number, parameter in enumerate((*sums, amounts))}
        if scaler is not None:
            self.parameters |= {"scaler.value": scaler.scale_value, "scaler.counter": scaler.counter}
        accept_any_shape(self.step, labels)

    def run(self, batch: list[Tensor], update: bool = True, weight: float = 1.0, amount: float = 1.0) -> float:
        """Train on a batch.

        Args:
            batch: The three inputs and the labels.
            update: With accumulation, whether to apply the mean of the accumulated gradients after this batch.
            weight: Weight of this process's mean over its batch.
            amount: Mean of the weights over all processes.

        Returns:
            The mean loss over all processes; not finite if a gradient is not, unless the loss is scaled.
        """
        with graph_runs():
            if self.weight is not None:
                ops.assign(self.weight, Tensor(weight, ms.float32))
                ops.assign(self.amount, Tensor(amount, ms.float32))
            self._overflows.begin()
            loss = float(self.step(*batch).asnumpy()) / (amount or 1.0)
            if self.update is not None and update:
                norm = float(self.update().asnumpy())
                loss = loss if math.isfinite(norm) or self.scales else norm
            self.overflowed = self._overflows.happened() if self.update is None or update else None
            return loss


def _number(name: str, value: float = 1.0) -> Parameter:
    return Parameter(Tensor(value, ms.float32), name, requires_grad=False)


def _compute_type(network: nn.Cell) -> ms.Type:
    types = {cell.compute_type for _, cell in network.cells_and_names() if hasattr(cell, "compute_type")}
    return ms.float16 if ms.float16 in types else ms.float32
