"""Saved state of a training, from which a killed run resumes and reaches the weights of an uninterrupted run."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import CheckpointError
from ..reading import parse_json
from ..writing import replacing
from .identity import compare

if TYPE_CHECKING:
    from mindspore import Parameter, nn

STATE = "resume.safetensors"


@dataclasses.dataclass
class Progress:
    """Progress of a training.

    Attributes:
        step: Number of batches trained on.
        epoch: Number of finished epochs.
        batch: Number of finished batches in the current epoch.
        best: Best metric so far, NaN if undefined; None before the first evaluation.
        best_step: Step at which the best metric was reached.
        stale: Number of evaluations since then.
        seconds: Training time in seconds.
        recent_losses: Losses of the last steps.
        least_loss: Minimum so far of the median of the recent losses; None before the first step.
        risen_from: The low of the median before its largest relative rise.
        risen_to: The high of the median in its largest relative rise.
        skipped_updates: Number of updates skipped because their gradients overflowed float16.
        skipped_in_a_row: Number of updates skipped since the last successful one.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    best: float | None = None
    best_step: int = 0
    stale: int = 0
    seconds: float = 0.0
    recent_losses: list[float] = dataclasses.field(default_factory=list)
    least_loss: float | None = None
    risen_from: float = 1.0
    risen_to: float = 0.0
    skipped_updates: int = 0
    skipped_in_a_row: int = 0

    def __post_init__(self) -> None:
        if self.best is None and self.best_step:  # JSON has no NaN, so it comes back as null
            self.best = math.nan


def state_parameters(network: nn.Cell, optimizer: nn.Optimizer) -> dict[str, Parameter]:
    """Return everything that a step changes: weights, moments, the optimizer's step and the dropout counters."""
    from ..modeling.dropout import counters_of

    found = {f"weight.{parameter.name}": parameter for parameter in network.get_parameters()}
    found |= {f"optimizer.{parameter.name}": parameter for parameter in (*optimizer.moments1, *optimizer.moments2)}
    found["optimizer.global_step"] = optimizer.global_step
    return found | {f"dropout.{number}": counter for number, counter in enumerate(counters_of(network))}


def saved_progress(folder: Path) -> Progress | None:
    """Return the progress saved in a folder; None if there is no readable state."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(folder / STATE), framework="numpy") as file:
            return _facts(file.metadata())[0]
    except (SafetensorError, OSError, ValueError):
        return None


def save_state(folder: Path, parameters: dict[str, Parameter], progress: Progress, identity: dict[str, Any]) -> None:
    """Write the state atomically.

    Args:
        folder: The run's folder.
        parameters: The result of `state_parameters`, and anything else that a step changes.
        progress: The current progress.
        identity: Everything that must be equal for the state to be usable: settings, task, data.
    """
    from safetensors.numpy import save_file

    arrays = {name: np.ascontiguousarray(parameter.asnumpy()) for name, parameter in parameters.items()}
    facts = {"progress": json.dumps(dataclasses.asdict(progress)), "identity": json.dumps(identity, sort_keys=True)}
    with replacing(folder / STATE) as temporary:
        save_file(arrays, str(temporary), metadata=facts)


def remove_state(folder: Path) -> None:
    """Remove the state, if any: it is three times as large as the finished model and no longer needed."""
    (folder / STATE).unlink(missing_ok=True)


def load_state(folder: Path, parameters: dict[str, Parameter], identity: dict[str, Any]) -> Progress:
    """Read the saved state into the parameters and return the progress.

    Raises:
        CheckpointError: The state belongs to another training (the message says what differs), or cannot be read.
    """
    from mindspore import Tensor, ops
    from safetensors import SafetensorError, safe_open

    path = folder / STATE
    try:
        with safe_open(str(path), framework="numpy") as file:
            progress, saved = _facts(file.metadata())
            compare(saved, parse_json(json.dumps(identity)), str(path))
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 -- it is not a dict
    except CheckpointError:
        raise
    except (SafetensorError, OSError, TypeError, ValueError) as error:  # bfloat16, which NumPy lacks, raises TypeError
        raise CheckpointError(f"{path} cannot be read ({error}); remove it to start anew") from None
    present = {name: (parameter.size, parameter.asnumpy().dtype) for name, parameter in parameters.items()}
    if {name: (array.size, array.dtype) for name, array in arrays.items()} != present:
        raise CheckpointError(f"{path} is that of another network; remove it to start anew")
    for name, parameter in parameters.items():
        # In place, because compiled graphs that share a parameter may miss each other's changes after `set_data`.
        ops.assign(parameter, Tensor(arrays[name].reshape(parameter.shape)))
    return progress


def _facts(metadata: dict[str, str] | None) -> tuple[Progress, dict[str, Any]]:
    """Return progress and identity from the metadata of a state file."""
    found = metadata or {}
    progress = parse_json(found.get("progress", ""), Progress, source="its progress")
    return progress, parse_json(found.get("identity", ""), dict[str, Any], source="its identity")
