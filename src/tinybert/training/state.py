"""The state of a training, on disk: a killed run goes on from it and ends with the weights of an unbroken one."""

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
    """Where a training stands.

    Attributes:
        step: Batches trained on.
        epoch: Epochs finished.
        batch: Batches of the present epoch that are done.
        best: The best metric so far, NaN where it is not defined; None before the first evaluation.
        best_step: The step that it was reached at.
        stale: Evaluations since.
        seconds: Time trained.
        recent_losses: Those of the last steps.
        least_loss: The least that their median was; None before the first step.
        risen_from: What their median had been before it grew to the most times of it.
        risen_to: What it grew to.
        skipped_updates: Updates that were left out, since float16 did not hold their gradients.
        skipped_in_a_row: Those of them since the last one that was made.
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
        if self.best is None and self.best_step:  # JSON has no NaN: it is read as null
            self.best = math.nan


def state_parameters(network: nn.Cell, optimizer: nn.Optimizer) -> dict[str, Parameter]:
    """Everything that a step changes: weights, moments, the optimizer's step and the counters of dropout."""
    from ..modeling.dropout import counters_of

    found = {f"weight.{parameter.name}": parameter for parameter in network.get_parameters()}
    found |= {f"optimizer.{parameter.name}": parameter for parameter in (*optimizer.moments1, *optimizer.moments2)}
    found["optimizer.global_step"] = optimizer.global_step
    return found | {f"dropout.{number}": counter for number, counter in enumerate(counters_of(network))}


def saved_progress(folder: Path) -> Progress | None:
    """Where the training stood that left its state in a folder; None if there is none that can be read."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(folder / STATE), framework="numpy") as file:
            return _facts(file.metadata())[0]
    except (SafetensorError, OSError, ValueError):
        return None


def save_state(folder: Path, parameters: dict[str, Parameter], progress: Progress, identity: dict[str, Any]) -> None:
    """Writes the state; it is there whole or not at all.

    Args:
        folder: The run's folder.
        parameters: What `state_parameters` returned, and whatever else a step changes.
        progress: Where the training stands.
        identity: What must be the same for the state to be of use: settings, task, data.
    """
    from safetensors.numpy import save_file

    arrays = {name: np.ascontiguousarray(parameter.asnumpy()) for name, parameter in parameters.items()}
    facts = {"progress": json.dumps(dataclasses.asdict(progress)), "identity": json.dumps(identity, sort_keys=True)}
    with replacing(folder / STATE) as temporary:
        save_file(arrays, str(temporary), metadata=facts)


def remove_state(folder: Path) -> None:
    """Removes the state, if there is one: it is three times as large as the model, and of no use once that is there."""
    (folder / STATE).unlink(missing_ok=True)


def load_state(folder: Path, parameters: dict[str, Parameter], identity: dict[str, Any]) -> Progress:
    """Reads the state into the parameters.

    Raises:
        CheckpointError: The state is that of another training, or cannot be read; says what differs.
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
    except (SafetensorError, OSError, TypeError, ValueError) as error:  # numpy has no bfloat16: a TypeError
        raise CheckpointError(f"{path} cannot be read ({error}); remove it to start anew") from None
    present = {name: (parameter.size, parameter.asnumpy().dtype) for name, parameter in parameters.items()}
    if {name: (array.size, array.dtype) for name, array in arrays.items()} != present:
        raise CheckpointError(f"{path} is that of another network; remove it to start anew")
    for name, parameter in parameters.items():
        # In place: compiled graphs that share a parameter may lose each other's changes after `set_data`.
        ops.assign(parameter, Tensor(arrays[name].reshape(parameter.shape)))
    return progress


def _facts(metadata: dict[str, str] | None) -> tuple[Progress, dict[str, Any]]:
    """Where a training stood, and its identity, out of what a state file says about itself."""
    found = metadata or {}
    progress = parse_json(found.get("progress", ""), Progress, source="its progress")
    return progress, parse_json(found.get("identity", ""), dict[str, Any], source="its identity")
