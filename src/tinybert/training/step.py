"""One step of training as a compiled graph: gradients, clipping, update."""

from __future__ import annotations

import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops
from mindspore.amp import DynamicLossScaler, all_finite

from ..compat import device_target
from .gradients import Gradients

_LEAST = 1e-9  # where not a token of the batches counts


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


class TrainingStep(nn.Cell):
    """One batch, one update.

    Args:
        gradients: Computes loss and gradients.
        update: Applies them.

    Inputs:
        As `LossOfBatch`.

    Outputs:
        The loss, () float32; where the gradients are not finite, and nobody scales the loss, neither is it.
    """

    def __init__(self, gradients: Gradients, update: Update) -> None:
        super().__init__(auto_prefix=False)
        self.gradients = gradients
        self.update = update

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor, labels: Tensor) -> Tensor:
        loss, grads = self.gradients(input_ids, input_mask, segment_ids, labels)
        if self.update.scaler is not None:  # which skips such an update
            self.update(grads)
            return loss
        norm = self.update(grads)
        return ops.where(ops.isfinite(norm), loss, norm)


class AccumulatingStep(nn.Cell):
    """One batch, whose gradients are added up for a later update.

    Args:
        gradients: Computes loss and gradients, which count for as much as the batch has rows or tokens.
        sums: Where gradients are added up, one for each parameter.
        amount: What the batch counts for, () float32.
        amounts: Where that is added up, () float32.

    Inputs:
        As `LossOfBatch`.

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
        for total, grad in zip(self.sums, grads):  # noqa: B905 -- the compiler knows no strict=
            ops.assign_add(total, grad)
        ops.assign_add(self.amounts, self.amount)
        return loss


class UpdateFromSums(nn.Cell):
    """Applies the mean of the gradients that were added up, and begins anew.

    Args:
        sums: The gradients added up.
        amounts: What they count for together, () float32.
        update: Applies them.

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
    """Lets one compiled graph serve batches of all shapes, on CPU; elsewhere each shape has a graph of its own.

    Args:
        step: The cell.
        labels: A batch of labels, whose type and number of dimensions are those of all.
    """
    if device_target() == "CPU":
        ids = Tensor(shape=[None, None], dtype=ms.int32)
        step.set_inputs(ids, ids, ids, Tensor(shape=[None] * labels.ndim, dtype=labels.dtype))
