"""A training step as a compiled graph: gradients, clipping, update."""

from __future__ import annotations

import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops
from mindspore.amp import DynamicLossScaler, all_finite

from ..compat import device_target
from .gradients import Gradients

_LEAST = 1e-9  # for batches in which no token counts


class Update(nn.Cell):
    """Clip gradients to a global norm and apply the optimizer.

    Args:
        optimizer: The optimizer.
        max_grad_norm: Maximum global norm; 0 for no limit.
        scaler: The loss scaler; None if everything is float32.

    Inputs:
        grads: One gradient for each of the optimizer's parameters.

    Outputs:
        () float32, the global norm before clipping.
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
            # A float16 overflow skips the update, and the scaler reduces the scale.
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


class TrainingStep(nn.Cell):
    """Training step that updates the network on one batch.

    Args:
        gradients: Computes loss and gradients.
        update: Applies the gradients.

    Inputs:
        As for `LossOfBatch`.

    Outputs:
        The loss, () float32. Without a loss scaler, it is not finite if the gradients are not.
    """

    def __init__(self, gradients: Gradients, update: Update) -> None:
        super().__init__(auto_prefix=False)
        self.gradients = gradients
        self.update = update

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor, labels: Tensor) -> Tensor:
        loss, grads = self.gradients(input_ids, input_mask, segment_ids, labels)
        if self.update.scaler is not None:  # the scaler skips an update that is not finite
            self.update(grads)
            return loss
        norm = self.update(grads)
        return ops.where(ops.isfinite(norm), loss, norm)


class AccumulatingStep(nn.Cell):
    """Training step that accumulates the gradients of one batch for a later update.

    Args:
        gradients: Computes loss and gradients, weighted by the number of rows or tokens in the batch.
        sums: Accumulators of the gradients, one for each parameter.
        amount: Weight of the batch, () float32.
        amounts: Accumulator of the batch weights, () float32.

    Inputs:
        As for `LossOfBatch`.

    Outputs:
        The loss, () float32.
    """

    def __init__(self, gradients: Gradients, sums: ms.ParameterTuple, amount: Parameter, amounts: Parameter) -> None:
        super().__init__(auto_prefix=False)
        self.gradients = gradients
        self.sums = sums
        self.amount = amount
        self.amounts = amounts

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor, labels: Tensor) -> Tensor:
        loss, grads = self.gradients(input_ids, input_mask, segment_ids, labels)
        for total, grad in zip(self.sums, grads):  # noqa: B905 -- MindSpore's compiler does not support strict=
            ops.assign_add(total, grad)
        ops.assign_add(self.amounts, self.amount)
        return loss


class UpdateFromSums(nn.Cell):
    """Apply the mean of the accumulated gradients and reset the accumulators.

    Args:
        sums: The accumulated gradients.
        amounts: Total weight of the accumulated batches, () float32.
        update: Applies the gradients.

    Outputs:
        The global norm, () float32.
    """

    def __init__(self, sums: ms.ParameterTuple, amounts: Parameter, update: Update) -> None:
        super().__init__(auto_prefix=False)
        self.sums = sums
        self.amounts = amounts
        self.update = update

    def construct(self) -> Tensor:
        means: tuple[Tensor, ...] = ()
        for total in self.sums:
            means += (total / ops.maximum(self.amounts, _LEAST),)
        norm = self.update(means)
        for total in self.sums:
            ops.assign(total, ops.zeros_like(total))
        ops.assign(self.amounts, ops.zeros_like(self.amounts))
        return norm


def accept_any_shape(step: nn.Cell, labels: Tensor) -> None:
    """On CPU, let one compiled graph serve batches of all shapes; elsewhere each shape has its own graph.

    Args:
        step: The cell to configure.
        labels: A batch of labels, with the dtype and number of dimensions of all batches.
    """
    if device_target() == "CPU":
        ids = Tensor(shape=[None, None], dtype=ms.int32)
        step.set_inputs(ids, ids, ids, Tensor(shape=[None] * labels.ndim, dtype=labels.dtype))
