"""One step of training as a compiled graph: forward, backward, clipping, update."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mindspore as ms
from mindspore import Tensor, nn, ops
from mindspore.amp import DynamicLossScaler, all_finite

from ..compat import device_target

if TYPE_CHECKING:
    from mindspore import Parameter

_SCALE, _SCALE_FACTOR, _SCALE_WINDOW = 2.0**16, 2, 1000


class LossOfBatch(nn.Cell):
    """A network and its loss as one cell.

    Args:
        network: The network.
        loss: Its loss.
        scaler: Scales the loss, so that float16 gradients do not vanish; None where all is float32.
        weight: What the loss counts for among those of the other processes, () float32; None for one process.

    Inputs:
        input_ids, input_mask, segment_ids: (B, T) int32.
        labels: As the loss takes them.

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


class Update(nn.Cell):
    """Scales gradients down to a global norm and hands them to the optimizer.

    Args:
        optimizer: The optimizer.
        max_grad_norm: The highest global norm; 0 for no limit.
        scaler: What the loss was scaled by; None where all is float32.

    Inputs:
        grads: One for each of the optimizer's parameters.

    Outputs:
        () float32, the global norm before.
    """

    def __init__(self, optimizer: nn.Optimizer, max_grad_norm: float, scaler: DynamicLossScaler | None = None) -> None:
        super().__init__(auto_prefix=False)
        self.optimizer = optimizer
        self.max_grad_norm = max_grad_norm
        self.scaler = scaler
        self.half_square_sum = ops.L2Loss()

    def construct(self, grads: tuple[Tensor, ...]) -> Tensor:
        squares: tuple[Tensor, ...] = ()
        for grad in grads:
            squares += (self.half_square_sum(grad),)
        norm = ops.sqrt(ops.addn(squares) * 2.0)
        if self.scaler is None:
            self._clip_and_update(grads, norm)
        else:
            # An overflow of float16 skips the update, and the scaler tries a smaller scale.
            finite = all_finite(grads)
            self.scaler.adjust(finite)
            if finite:
                self._clip_and_update(grads, norm)
        return norm

    def _clip_and_update(self, grads: tuple[Tensor, ...], norm: Tensor) -> None:
        if self.max_grad_norm > 0:
            factor = self.max_grad_norm / ops.maximum(norm, self.max_grad_norm)
            clipped: tuple[Tensor, ...] = ()
            for grad in grads:
                clipped += (grad * factor,)
            self.optimizer(clipped)
        else:
            self.optimizer(grads)


class Average(nn.Cell):
    """The means of loss and gradients over all processes.

    Args:
        parameters: What the gradients belong to.
        size: Number of processes.

    Inputs:
        loss: () float32.
        grads: One for each parameter.

    Outputs:
        The same.
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
        parameters: What to differentiate by.
        average: Averages them over the processes; None for one process.

    Inputs:
        As `LossOfBatch`.

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


class TrainingStep(nn.Cell):
    """One batch, one update.

    Args:
        gradients: Computes loss and gradients.
        update: Applies them.

    Inputs:
        As `LossOfBatch`.

    Outputs:
        The loss, () float32.
    """

    def __init__(self, gradients: Gradients, update: Update) -> None:
        super().__init__(auto_prefix=False)
        self.gradients = gradients
        self.update = update

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor, labels: Tensor) -> Tensor:
        loss, grads = self.gradients(input_ids, input_mask, segment_ids, labels)
        self.update(grads)
        return loss


class AccumulatingStep(nn.Cell):
    """One batch, whose gradients are added up for a later update.

    Args:
        gradients: Computes loss and gradients.
        sums: Where gradients are added up, one for each parameter.
        steps: Batches for one update.

    Inputs:
        As `LossOfBatch`.

    Outputs:
        The loss, () float32.
    """

    def __init__(self, gradients: Gradients, sums: ms.ParameterTuple, steps: int) -> None:
        super().__init__(auto_prefix=False)
        self.gradients = gradients
        self.sums = sums
        self.share = 1.0 / steps

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor, labels: Tensor) -> Tensor:
        loss, grads = self.gradients(input_ids, input_mask, segment_ids, labels)
        for total, grad in zip(self.sums, grads):  # noqa: B905 -- the compiler knows no strict=
            ops.assign_add(total, grad * self.share)
        return loss


class UpdateFromSums(nn.Cell):
    """Applies the gradients that were added up, and begins anew.

    Args:
        sums: The gradients added up.
        update: Applies them.

    Outputs:
        The global norm, () float32.
    """

    def __init__(self, sums: ms.ParameterTuple, update: Update) -> None:
        super().__init__(auto_prefix=False)
        self.sums = sums
        self.update = update

    def construct(self) -> Tensor:
        norm = self.update(self.sums)
        for total in self.sums:
            ops.assign(total, ops.zeros_like(total))
        return norm


def loss_scaler(compute_type: ms.Type) -> DynamicLossScaler | None:
    """A loss scaler where the network computes in float16."""
    return DynamicLossScaler(_SCALE, _SCALE_FACTOR, _SCALE_WINDOW) if compute_type == ms.float16 else None


def accept_any_shape(step: nn.Cell, labels: Tensor) -> None:
    """Lets one compiled graph serve batches of all shapes, on CPU; elsewhere each shape has a graph of its own.

    Args:
        step: The cell.
        labels: A batch of labels, whose type and number of dimensions are those of all.
    """
    if device_target() == "CPU":
        ids = Tensor(shape=[None, None], dtype=ms.int32)
        step.set_inputs(ids, ids, ids, Tensor(shape=[None] * labels.ndim, dtype=labels.dtype))
