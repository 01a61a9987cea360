"""The best network of a training so far, kept as a model folder with its metrics; `trainer` decides which one it is."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

from ..checkpoint import save_folder
from ..evaluation import Scorer, predictions
from ..reading import read_json
from ..tasks import TaskModel
from ..weights import checkpoint_of
from ..writing import write_json
from .distributed import World

METRICS = "metrics.json"


class BestModel:
    """The model folder that holds the best network of a training.

    Args:
        model: The model being trained.
        folder: The folder; metrics left by an earlier run describe the network in it.
        world: The training processes, which share the evaluation.

    Attributes:
        metrics: Metrics of the network in the folder; empty without a dev set.
    """

    def __init__(self, model: TaskModel, folder: Path, world: World) -> None:
        self.model, self.folder, self.world = model, folder, world
        self.metrics = _read_metrics(folder / METRICS)
        self._latest: dict[str, float] = {}

    def evaluate(self, dev: Scorer) -> dict[str, float]:
        """The metrics of the network as it is now, on the dev set."""
        return self.note(dev.score(predictions(self.model, dev.examples, world=self.world, progress=False)))

    def note(self, metrics: dict[str, float]) -> dict[str, float]:
        """Takes note of the metrics of the network as it is now, which `keep` writes; returns them."""
        self._latest = metrics
        return metrics

    def keep(self) -> None:
        """Write the current network to the folder, with the metrics of its last evaluation."""
        network: Any = self.model.runtime.network  # type: ignore[attr-defined]
        checkpoint = dataclasses.replace(checkpoint_of(network, copy=False), sentence=self.model.sentence)
        save_folder(checkpoint, self.folder, tokenizer=self.model.tokenizer)
        self.metrics = self._latest
        write_json(self.folder / METRICS, self.metrics)


def _read_metrics(path: Path) -> dict[str, float]:
    values = read_json(path, dict[str, float | None]) if path.exists() else {}
    return {name: math.nan if value is None else value for name, value in values.items()}
