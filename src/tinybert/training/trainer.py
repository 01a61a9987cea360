"""The training loop for all tasks."""

from __future__ import annotations

import dataclasses
import math
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from mindspore import Parameter, Tensor, nn

from ..compat import graph_mode
from ..data.batches import TrainingBatches
from ..modeling.dropout import counters_of
from ..signals import TOLD_TO_END, held_signals
from .distributed import World
from .divergence import Divergence
from .log import Log
from .optimizer import AdamW
from .rows import Rows
from .schedule import linear_warmup_decay
from .settings import TrainingSettings
from .state import STATE, Progress, load_state, save_state, state_parameters
from .steps import Steps

Evaluate = Callable[[], dict[str, float]]


class Trainer:
    """Training loop of a network on labelled rows.

    Args:
        network: A task network, or any cell over the three inputs. It is trained in place.
        loss: From its outputs and the labels to a number. Where it has `part_names` and `parts`, as a distillation's
            does, each part is in the log too.
        features: The training data.
        settings: How to train.
        folder: The run's folder, for log and state.
        evaluate: Gives the metrics on the dev set; None for no evaluation.
        metric: The metric by which the best network is kept, the higher the better.
        lower_is_better: Whether it is the lower, as of a loss.
        keep: Called when the network is the best so far, and at the end where nothing is evaluated.
        identity: What else must be the same for a saved state to be of use.
        world: The processes that train together, all with the same arguments; None for this one alone. The weights are
            those of process 0, which alone calls `keep` and writes log and state.
    """

    def __init__(  # noqa: PLR0913 -- each is a part that a caller may replace
        self,
        network: nn.Cell,
        loss: nn.Cell,
        features: Rows,
        settings: TrainingSettings,
        folder: Path,
        *,
        evaluate: Evaluate | None = None,
        metric: str = "",
        lower_is_better: bool = False,
        keep: Callable[[], None] | None = None,
        identity: dict[str, Any] | None = None,
        world: World | None = None,
    ) -> None:
        self.world = world = world or World()
        self.network, self.features, self.settings, self.folder = network, features, settings, folder
        self.evaluate, self.metric, self.keep = evaluate, metric, keep
        self.loss, self.sign = loss, -1 if lower_is_better else 1
        processes = {"processes": world.size} if world.size > 1 else {}
        self.identity = {**settings.to_dict(), "rows": len(features), **processes, **(identity or {})}
        self.optimizer = AdamW(list(network.trainable_params()), settings)
        self.steps = Steps(network, loss, self.optimizer, settings, Tensor(features.labels[:1]), world)
        self.divergence = Divergence(settings, features.labels)
        self.progress = Progress()
        self.log = Log(folder, silent=not world.is_first)
        self.batches = TrainingBatches(
            features.lengths, settings.batch_size, seed=settings.seed, rank=world.rank, size=world.size
        )
        self.steps_per_epoch = len(self.batches)
        self.total_steps = self.steps_per_epoch * settings.epochs

    @property
    def parameters(self) -> dict[str, Parameter]:
        """All parameters that a step changes."""
        return {**state_parameters(self.network, self.optimizer), **self.steps.parameters}

    @graph_mode()
    def train(self) -> Progress:
        """Train to the end, starting from the saved state if there is one; always runs in GRAPH_MODE.

        Returns:
            The final progress.

        Raises:
            KeyboardInterrupt: Ctrl-C, a termination signal, or a closed terminal; the state was saved first.
            CheckpointError: The saved state belongs to another training.
            OutputError: The loss is not finite, or all gradients overflow float16.

        Warns:
            UserWarning: The loss grew many times over.
        """
        self._begin()
        progress = self.progress
        started = time.monotonic() - progress.seconds
        saved = time.monotonic()
        with held_signals(signal.SIGINT, *TOLD_TO_END) as signals:
            try:
                for rows in self._batches():
                    self._train_on(rows)
                    progress.seconds = time.monotonic() - started
                    if self._is_due() and self._evaluate_and_stop():
                        break
                    interrupted = self.world.any(bool(signals))
                    if interrupted or time.monotonic() - saved > self.settings.save_minutes * 60:
                        self.save()
                        saved = time.monotonic()
                    if interrupted:
                        raise KeyboardInterrupt
            finally:
                self.log.close()
        self.save()
        self.divergence.conclude(progress)
        if self.evaluate is None:
            self._keep()
        return progress

    def save(self) -> None:
        """Save the state, from which a later `train` resumes."""
        if self.world.is_first:
            save_state(self.folder, self.parameters, self.progress, self.identity)

    def _begin(self) -> None:
        """Restore the saved state if there is one, and bring all processes to the state of process 0."""
        if self.world.is_first and (self.folder / STATE).exists():
            self.progress = load_state(self.folder, self.parameters, self.identity)
        if self.world.is_first:
            self.log.rewind(self.progress.step)
        self.progress = Progress(**self.world.share(dataclasses.asdict(self.progress)))
        self.world.broadcast(self.parameters.values())
        self.world.spread_dropout(counters_of(self.network))

    def _keep(self) -> None:
        if self.keep is not None and self.world.is_first:
            self.keep()

    def _batches(self) -> Iterator[np.ndarray]:
        """Yield the row indices of the remaining batches; their order depends only on seed and epoch."""
        progress = self.progress
        while progress.epoch < self.settings.epochs and not self._is_over():
            yield from self.batches.epoch(progress.epoch)[progress.batch :]
            progress.epoch, progress.batch = progress.epoch + 1, 0

    def _train_on(self, rows: np.ndarray) -> None:
        step = self.progress.step
        accumulation = self.settings.accumulation_steps
        update, added = divmod(step, accumulation)
        rate = linear_warmup_decay(update, math.ceil(self.total_steps / accumulation), self.settings)
        self.optimizer.set_rate(rate, update)
        is_last = added + 1 == accumulation or step + 1 == self.total_steps
        batch = self.features.batch(rows, self.settings.pad_to_multiple_of)
        inputs = [Tensor(array) for array in batch]
        loss = self.steps.run(inputs, is_last, *self._weights(batch[-1]))
        self.progress.step += 1
        parts = self._parts()
        self.divergence.check(self.progress, loss, rate, parts)
        if self.steps.overflowed is not None:
            self.divergence.check_update(self.progress, self.steps.overflowed)
        self.progress.batch += 1
        self.log.step(self.progress, self.total_steps, loss, rate, parts)

    def _parts(self) -> dict[str, float]:
        """The parts of the last batch's loss; none where it has one only."""
        names = getattr(self.loss, "part_names", ())
        return dict(zip(names, self.loss.parts.asnumpy().tolist(), strict=True)) if names else {}

    def _weights(self, labels: np.ndarray) -> tuple[float, float]:
        """Return the weight of this process's mean, and the mean weight over all processes.

        With these weights, the mean over processes and over the batches of an update equals the mean over all rows or
        tokens.
        """
        size, accumulates = self.world.size, self.settings.accumulation_steps > 1
        if size == 1 and not accumulates:
            return 1.0, 1.0
        counted = self.features.amount(labels)
        if self.features.counts_rows:
            total = float(self.batches.totals[self.progress.batch])
        else:
            total = self.world.sum(counted) if size > 1 else counted
        if not accumulates:
            return size * counted / (total or 1.0), 1.0
        return counted / self.settings.batch_size, total / (size * self.settings.batch_size)

    def _is_due(self) -> bool:
        if self.evaluate is None:
            return False
        every = math.ceil(self.steps_per_epoch / self.settings.evals_per_epoch)
        return self.progress.batch % every == 0 or self.progress.batch == self.steps_per_epoch

    def _evaluate_and_stop(self) -> bool:
        assert self.evaluate is not None
        progress = self.progress
        self.network.set_train(False)
        metrics = self.evaluate()
        self.network.set_train(True)
        self.log.evaluation(progress.step, metrics, progress.seconds)
        value = metrics[self.metric]
        best = None if progress.best is None else self.sign * progress.best
        if self.world.share(_is_better(self.sign * value, best)):
            progress.best, progress.best_step, progress.stale = value, progress.step, 0
            self._keep()
        else:
            progress.stale += 1
        return self._is_over()

    def _is_over(self) -> bool:
        patience = self.settings.patience
        return patience is not None and self.progress.stale >= patience


def _is_better(value: float, best: float | None) -> bool:
    """Return whether a metric is the best so far; NaN (undefined) is worse than any number."""
    if best is None:
        return True
    return value > best or (math.isnan(best) and not math.isnan(value))
