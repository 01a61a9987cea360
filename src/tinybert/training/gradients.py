"""Loss and gradients of one batch, with loss scaling for float16 and averaging over processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mindspore as ms
from mindspore import Tensor, nn, ops
from mindspore.amp import DynamicLossScaler

if TYPE_CHECKING:
    from mindspore import Parameter

_SCALE, _SCALE_FACTOR, _SCALE_WINDOW = 2.0**16, 2, 1000


class LossOfBatch(nn.Cell):
    """A network and its loss in one cell.

    Args:
        network: The network.
        loss: Its loss.
        scaler: Scales the loss to keep float16 gradients from vanishing; None if everything is float32.
        weight: Weight of this loss relative to other processes and batches, () float32; None for weight 1.

    Inputs:
        input_ids, input_mask, segment_ids: (B, T) int32.
        labels: Labels in the form that the loss takes.

    Outputs:
        () float32.
    """

    def __init__(
        self,
        network: nn.Cell,
        loss: nn.Cell,
        scaler: DynamicLossScaler | None = None,
        weight: Parameter | None = None,
    ) -> None:
        super().__init__(auto_prefix=False)
        self.network = network
        self.loss = loss
        self.scaler = scaler
        self.weight = weight

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor, labels: Tensor) -> Tensor:
        loss = self.loss(self.network(input_ids, input_mask, segment_ids), labels)
        if self.weight is not None:
            loss = loss * self.weight
        if self.scaler is None:
            return loss
        return self.scaler.scale(loss)


class Average(nn.Cell):
    """Average loss and gradients over all processes.

    Args:
        parameters: The parameters of the gradients, in order.
        size: Number of processes.

    Inputs:
        loss: () float32.
        grads: One gradient for each parameter.

    Outputs:
        Loss and gradients, averaged.
    """

    def __init__(self, parameters: tuple[Parameter, ...], size: int) -> None:
        super().__init__(auto_prefix=False)
        self.average_grads = nn.DistributedGradReducer(parameters, True, size)
        self.all_reduce = ops.AllReduce()
        self.share = 1.0 / size

    def construct(self, loss: Tensor, grads: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        grads = self.average_grads(grads)
        # All processes must communicate in one order: the loss comes after the gradients.
        return self.all_reduce(ops.depend(loss, grads)) * self.share, grads


class Gradients(nn.Cell):
    """Loss and gradients of a batch, averaged over the processes.

    Args:
        forward: The network with its loss.
        parameters: The parameters to differentiate with respect to.
        average: Averages loss and gradients over the processes; None for one process.

    Inputs:
        As for `LossOfBatch`.

    Outputs:
        The loss, () float32; a gradient for each parameter.
    """

    def __init__(self, forward: LossOfBatch, parameters: list[Parameter], average: Average | None = None) -> None:
        super().__init__(auto_prefix=False)
        self.forward = forward
        self.scaler = forward.scaler
        self.average = average
        self.value_and_grad = ms.value_and_grad(forward, None, parameters)

    def construct(
        self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor, labels: Tensor
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        loss, grads = self.value_and_grad(input_ids, input_mask, segment_ids, labels)
        if self.average is not None:
            loss, grads = self.average(loss, grads)
        if self.scaler is not None:
            loss = self.scaler.unscale(loss)
            grads = self.scaler.unscale(grads)
        return loss, grads


class Overflows:
    """Detector of updates skipped by the loss scaler because of an overflow.

    Args:
        scaler: The loss scaler; None if everything is float32.
    """

    def __init__(self, scaler: DynamicLossScaler | None) -> None:
        self.scaler = scaler
        self.before = 0.0

    def begin(self) -> None:
        """Mark the start of an update."""
        self.before = self._scale()

    def happened(self) -> bool:
        """Return whether the update since `begin` was skipped."""
        if self.scaler is None:
            return False
        # The counter of updates without overflow restarts at an overflow, and also when the scale grows.
        return not self.scaler.counter.asnumpy() and self._scale() <= self.before

    def _scale(self) -> float:
        return 0.0 if self.scaler is None else float(self.scaler.scale_value.asnumpy())


def loss_scaler(compute_type: ms.Type) -> DynamicLossScaler | None:
    """Return a loss scaler if the network computes in float16, otherwise None."""
    return DynamicLossScaler(_SCALE, _SCALE_FACTOR, _SCALE_WINDOW) if compute_type == ms.float16 else None
