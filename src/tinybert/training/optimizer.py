"""AdamW as defined by Loshchilov and Hutter and in PyTorch; MindSpore's version omits the bias correction."""

from __future__ import annotations

import math

import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops

from .settings import TrainingSettings

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class AdamW(nn.AdamWeightDecay):
    """AdamW with bias correction, and no weight decay on biases and LayerNorm.

    Args:
        parameters: The parameters to train.
        settings: The settings with the learning rate and weight decay.
    """

    def __init__(self, parameters: list[Parameter], settings: TrainingSettings) -> None:
        decay = _Decay(settings.weight_decay)
        decayed = [parameter for parameter in parameters if not _is_free(parameter.name)]
        free = [parameter for parameter in parameters if _is_free(parameter.name)]
        groups = [{"params": decayed, "weight_decay": decay}, {"params": free, "weight_decay": 0.0}]
        groups = [group for group in groups if group["params"]]
        super().__init__(groups, learning_rate=settings.learning_rate, beta1=BETA1, beta2=BETA2, eps=EPSILON)
        self.decay, self.highest_decay = decay, settings.weight_decay

    def set_rate(self, rate: float, update: int) -> None:
        """Set the learning rate of the next update, with its bias correction.

        Args:
            rate: Learning rate of the update, before the correction.
            update: Number of the update, from 0.
        """
        # The learning rate is multiplied by the factor and also scales the decay, from which the factor is divided out
        # again.
        correction = bias_correction(update)
        ops.assign(self.learning_rate, Tensor(rate * correction, ms.float32))
        ops.assign(self.decay.value, Tensor(self.highest_decay / correction, ms.float32))


class _Decay(nn.Cell):
    """The weight decay of an update, () float32."""

    def __init__(self, value: float) -> None:
        super().__init__(auto_prefix=False)
        self.value = Parameter(Tensor(value, ms.float32), "weight_decay", requires_grad=False)

    def construct(self, _: Tensor) -> Tensor:
        return self.value


def bias_correction(update: int) -> float:
    """Return Adam's bias correction factor of the learning rate (Kingma and Ba 2014, end of section 2).

    Args:
        update: Number of the update, from 0.
    """
    return math.sqrt(1 - BETA2 ** (update + 1)) / (1 - BETA1 ** (update + 1))


def _is_free(name: str) -> bool:
    return name.endswith((".bias", ".gamma", ".beta"))
