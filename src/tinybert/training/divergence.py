"""What shows that a training fails: a loss that is not finite, or has grown; gradients that float16 never holds."""

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
"""Updates in a row that may overflow: 16 bring the scale of the loss from where it starts to the least, which is 1."""
_MUCH = 10
_SMOOTHED, _LEAST_SMOOTHED = 10, 3  # steps, of which the median is taken: the loss of one batch says little


class Divergence:
    """Watches the losses of a training. What it keeps of them is in the progress, which a training goes on with.

    Args:
        settings: How the training is done.
        labels: Those of the training data, by which a loss is called large.
    """

    def __init__(self, settings: TrainingSettings, labels: np.ndarray) -> None:
        self.settings = settings
        self.untrained = _loss_of_zeros(labels)

    def check(
        self, progress: Progress, loss: float, rate: float, parts: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        """Takes note of the loss of a step.

        Args:
            progress: Where the training stands.
            loss: The loss.
            rate: The step's learning rate.
            parts: The loss's parts by their names, if it has several.

        Raises:
            OutputError: It is not finite. The state that is saved is from before.
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
        before = max(least, self.untrained)  # of a loss near 0, ten times is still near 0
        if len(progress.recent_losses) >= _LEAST_SMOOTHED and smoothed / before > _rise(progress):
            progress.risen_from, progress.risen_to = before, smoothed
        progress.least_loss = least

    def check_update(self, progress: Progress, overflowed: bool) -> None:
        """Takes note of an update, which is skipped where its gradients overflow.

        Raises:
            OutputError: So many were skipped, one after the other, that no scale of the loss helps.
        """
        progress.skipped_in_a_row = progress.skipped_in_a_row + 1 if overflowed else 0
        progress.skipped_updates += overflowed
        if progress.skipped_in_a_row >= MOST_SKIPPED:
            raise self._no_update(
                f"at step {progress.step} the last {MOST_SKIPPED} updates were skipped: their gradients overflow "
                "float16, however little the loss is scaled up"
            )

    def conclude(self, progress: Progress) -> None:
        """Says what the whole training shows.

        Raises:
            OutputError: Every update was skipped.

        Warns:
            UserWarning: The loss grew to many times what it was, and did not come back.
        """
        updates = math.ceil(progress.step / self.settings.accumulation_steps)
        if progress.skipped_updates and progress.skipped_updates >= updates:
            raise self._no_update(
                f"all updates ({updates}) were skipped: their gradients overflow float16 as the loss is scaled up at "
                "first. Train for more steps, if there were few"
            )
        if _rise(progress) < _MUCH:
            return
        # The learning rate falls to 0, and so the loss of a training that diverged falls again, if not far enough.
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
    """The loss of a network that says 0 whatever the row is: of scores their mean square, of two classes ln 2."""
    if labels.dtype.kind == "f" and labels.ndim == 1:
        return float(np.square(labels, dtype=np.float64).mean()) or math.log(2)
    return math.log(2)
