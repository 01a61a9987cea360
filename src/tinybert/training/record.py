"""What a folder says of its training: how it was made and, once that has ended, which training it was."""

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
    """What is read of a record, if it has it."""

    identity: dict[str, Any]


def write_record(
    folder: Path,
    command: list[str],
    model: str | None,
    settings: TrainingSettings,
    ended: tuple[Progress, dict[str, Any]] | None = None,
) -> None:
    """Writes down how a training was made.

    Args:
        folder: The run's folder.
        command: The command.
        model: What the training started from; None where nobody said.
        settings: How it trained.
        ended: Where it ended, and its identity, if it has.
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
    """Whether a folder holds what a training made, so that there is nothing left to do.

    Args:
        folder: The run's folder.
        identity: What the training starts from.

    Raises:
        CheckpointError: It holds what another training made, or the record cannot be read; says what differs.
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
