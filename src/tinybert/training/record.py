"""Record of a training in its folder: how it was run and, once it has ended, its identity."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any, TypedDict

from ..checkpoint.folder import CHECKPOINT
from ..errors import CheckpointError, InputError
from ..reading import parse_json, read_json
from ..writing import write_json
from .identity import compare
from .settings import TrainingSettings
from .state import Progress

RECORD = "training.json"


class _Record(TypedDict, total=False):
    """The optional keys that are read from a record."""

    identity: dict[str, Any]


def write_record(
    folder: Path,
    command: list[str],
    model: str | None,
    settings: TrainingSettings,
    ended: tuple[Progress, dict[str, Any]] | None = None,
) -> None:
    """Write the record of a training.

    Args:
        folder: The run's folder.
        command: The command that ran the training.
        model: Origin of the model that the training started from; None if unknown.
        settings: The training settings.
        ended: For a finished training, its final progress and its identity.
    """
    names = ("mindspore", "numpy", "mindspore-tinybert")
    facts: dict[str, Any] = {
        "command": command,
        "model": model,
        "settings": settings.to_dict(),
        "versions": {name: metadata.version(name) for name in names},
    }
    if ended is not None:
        progress, identity = ended
        facts |= {"steps": progress.step, "best_step": progress.best_step, "seconds": progress.seconds}
        facts |= {"skipped_updates": progress.skipped_updates} if progress.skipped_updates else {}
        facts["identity"] = identity
    write_json(folder / RECORD, facts)


def has_ended(folder: Path, identity: dict[str, Any]) -> bool:
    """Return whether a folder holds the result of this training, so that nothing is left to do.

    Args:
        folder: The run's folder.
        identity: The identity of the training.

    Raises:
        CheckpointError: The folder holds the result of another training (the message says what differs), or the record
            cannot be read.
    """
    path = folder / RECORD
    if not path.exists() or not (folder / CHECKPOINT).exists():
        return False
    try:
        record = read_json(path, _Record)
    except InputError as error:
        raise CheckpointError(f"{error.message.removesuffix('.')}. Remove the file to start anew") from None
    if "identity" not in record:
        return False
    compare(record["identity"], parse_json(json.dumps(identity)), str(path))
    return True
