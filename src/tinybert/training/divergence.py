"""Detection of failing training: a non-finite or growing loss, or gradients that always overflow float16."""

from __future__ import annotations

import math
import statistics
import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ..errors import OutputError

if TYPE_CHECKING:
    from .settings import TrainingSettings
    from .state import Progress

MOST_SKIPPED = 32
"""Overflowing updates in a row that are tolerated; 16 reduce the loss scale from its start to the minimum of 1."""
_MUCH = 10
_SMOOTHED, _LEAST_SMOOTHED = 10, 3  # steps for the median, since the loss of a single batch is noisy


class Divergence:
    """Monitor of the losses of a training. Its state is kept in `Progress`, which a resumed training restores.

    Args:
        settings: The training settings.
        labels: Labels of the training data, which determine what loss counts as large.
    """

    def __init__(self, settings: TrainingSettings, labels: np.ndarray) -> None:
        self.settings = settings
        self.untrained = _loss_of_zeros(labels)

    def check(
        self, progress: Progress, loss: float, rate: float, parts: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        """Takes note of the loss of a step.

        Args:
            progress: The training's progress, which is updated.
            loss: Loss of the step.
            rate: The step's learning rate.
            parts: The loss's parts by their names, if it has several.

        Raises:
            OutputError: The loss is not finite. The saved state is from before this step.
        """
        if not math.isfinite(loss):
            wrong = ", ".join(f"{name} {value}" for name, value in parts.items() if not math.isfinite(value))
            found = f"{loss} ({wrong})" if wrong else f"{loss}"
            raise OutputError(
                f"at step {progress.step} the loss, or a gradient, is {found}: the network has diverged, at a "
                f"learning rate of {rate:.2g}. Use a lower one, in another folder",
                argument="learning_rate",
                example=self.settings.learning_rate / 10,
            )
        progress.recent_losses = [*progress.recent_losses[1 - _SMOOTHED :], loss]
        smoothed = statistics.median(progress.recent_losses)
        least = smoothed if progress.least_loss is None else min(smoothed, progress.least_loss)
        before = max(least, self.untrained)  # ten times a loss near 0 is still near 0
        if len(progress.recent_losses) >= _LEAST_SMOOTHED and smoothed / before > _rise(progress):
            progress.risen_from, progress.risen_to = before, smoothed
        progress.least_loss = least

    def check_update(self, progress: Progress, overflowed: bool) -> None:
        """Record whether an update was skipped because its gradients overflowed.

        Raises:
            OutputError: Too many updates in a row were skipped; no loss scale helps.
        """
        progress.skipped_in_a_row = progress.skipped_in_a_row + 1 if overflowed else 0
        progress.skipped_updates += overflowed
        if progress.skipped_in_a_row >= MOST_SKIPPED:
            raise self._no_update(
                f"at step {progress.step} the last {MOST_SKIPPED} updates were skipped: their gradients overflow "
                "float16, however little the loss is scaled up"
            )

    def conclude(self, progress: Progress) -> None:
        """Check the training as a whole, at its end.

        Raises:
            OutputError: Every update was skipped.

        Warns:
            UserWarning: The loss grew many times over and did not come back down.
        """
        updates = math.ceil(progress.step / self.settings.accumulation_steps)
        if progress.skipped_updates and progress.skipped_updates >= updates:
            raise self._no_update(
                f"all updates ({updates}) were skipped: their gradients overflow float16 as the loss is scaled up at "
                "first. Train for more steps, if there were few"
            )
        if _rise(progress) < _MUCH:
            return
        # As the learning rate falls to 0, the loss of a diverged training falls again too, but not far enough.
        at_end, rate = statistics.median(progress.recent_losses), self.settings.learning_rate
        if at_end >= progress.risen_from:
            warnings.warn(
                f"the loss grew from {progress.risen_from:.3g} to {progress.risen_to:.3g}, and was {at_end:.3g} at the "
                f"end: the training has diverged at the learning rate of {rate:g}, and the model is hardly of use. "
                f"Train with a smaller one, such as {rate / 10:g}, in another folder",
                stacklevel=2,
            )

    def _no_update(self, why: str) -> OutputError:
        rate = self.settings.learning_rate
        return OutputError(
            f"{why}. Use a learning rate below {rate:g}, or float32 in place of float16; in another folder",
            argument="compute_type",
            example="float32",
        )


def _rise(progress: Progress) -> float:
    return progress.risen_to / progress.risen_from


def _loss_of_zeros(labels: np.ndarray) -> float:
    """Return the loss of a network that always outputs 0: the mean square of scores, or ln 2 for two classes."""
    if labels.dtype.kind == "f" and labels.ndim == 1:
        return float(np.square(labels, dtype=np.float64).mean()) or math.log(2)
    return math.log(2)
