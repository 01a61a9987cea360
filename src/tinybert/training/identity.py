"""Identity of a training, so that a saved state is never used with other data, weights or settings."""

from __future__ import annotations

import weakref
from typing import Any

from mindspore import nn

from ..errors import CheckpointError
from ..evaluation.labels import Examples
from .digests import digest_of, digest_of_bytes
from .rows import Rows
from .settings import TrainingSettings

_WORDS = {"processes": "devices", "rows": "rows of training data"}
_CONTENTS = "contents of "
# Training changes an encoder in place. Resuming with the same object must compare the weights it had at the start.
_starting_weights: weakref.WeakKeyDictionary[nn.Cell, str] = weakref.WeakKeyDictionary()


def contents(encoder: nn.Cell, train: Rows, dev: Examples | None) -> dict[str, Any]:
    """Return digests of what a training starts from: the part of its identity that can only be compared.

    Args:
        encoder: The encoder.
        train: The training data.
        dev: The dev set.
    """
    if encoder not in _starting_weights:
        _starting_weights[encoder] = digest_of(parameter.asnumpy() for parameter in encoder.get_parameters())
    return {
        f"{_CONTENTS}the weights to start from": _starting_weights[encoder],
        f"{_CONTENTS}the training data": train.digest,
        f"{_CONTENTS}the dev set": digest_of_bytes(
            repr(example).encode("utf-8", "surrogatepass") for example in dev or ()
        ),
    }


def compare(saved: dict[str, Any], present: dict[str, Any], source: str) -> None:
    """Raise CheckpointError, which lists the differences, unless a state belongs to the present training.

    Args:
        saved: The identity of the training that saved the state.
        present: The identity of the present training.
        source: The state's file, for the message.
    """
    # The identity of a single-process training has no entry for processes, and one that an earlier version saved has
    # none for settings that are newer.
    absent = {"processes": 1, **TrainingSettings().to_dict()}
    saved, present = ({**absent, **_flat(identity)} for identity in (saved, present))
    lines = [
        f"  {key.removeprefix(_CONTENTS)}: different"
        if key.startswith(_CONTENTS)
        else f"  {_WORDS.get(key, key)}: {saved.get(key)} then, {present.get(key)} now"
        for key in sorted({*saved, *present})
        if saved.get(key) != present.get(key)
    ]
    if lines:
        raise CheckpointError(
            f"{source} is from another training:\n"
            + "\n".join(lines)
            + "\nTrain as before, use another folder, or remove the file to start over."
        )


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten nested dicts, joining the keys on each path."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        found |= _flat(value, f"{prefix}{key} ") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found
