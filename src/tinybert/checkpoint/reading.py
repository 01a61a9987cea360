"""A checkpoint file of any published layout, read into one form: the network's own names, and its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..config import check_fields
from ..errors import CheckpointError
from ..task import SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, Task
from . import formats
from .checkpoint import Checkpoint
from .layouts import HEAD_NAMES, POOLER_NAMES, kind_of_head, layout_of, own_name, reason_aside
from .shapes import read_config


def parse_checkpoint(data: bytes, file_format: str, source: str, **config: Any) -> Checkpoint:
    """A checkpoint out of the bytes of a file, in any published layout.

    Args:
        data: The whole file.
        file_format: `ckpt` or `safetensors`.
        source: The file's name, for messages.
        **config: Fields of `TinyBertConfig` that the file cannot tell: heads, activation, epsilon. Sizes must agree
            with the file.

    Returns:
        The checkpoint. Of a head only its kind is known, without labels: that for questions has a name of its own in
        Hugging Face's layout; of the others, the one for texts needs a pooler.

    Raises:
        CheckpointError: The file cannot be read; says why and what to do.
    """
    check_fields(config)
    return from_tensors(formats.parse(data, file_format, source), source, config)


def from_tensors(arrays: Mapping[str, np.ndarray], source: str, known: Mapping[str, Any]) -> Checkpoint:
    """A checkpoint from arrays by the names that they have in a file.

    Raises:
        CheckpointError: A name is not known, or two of them mean the same parameter; lists them.
    """
    tensors: dict[str, np.ndarray] = {}
    names: dict[str, str] = {}
    left_aside: dict[str, str] = {}
    layouts: set[str] = set()
    unknown = []
    for name, array in arrays.items():
        reason = reason_aside(name)
        if reason:
            left_aside[name] = reason
            continue
        found = own_name(name)
        if found is None:
            unknown.append(name)
            continue
        own, layout = found
        if array.dtype.kind != "f":
            raise CheckpointError(
                f"{source}: {name} is of {array.dtype}: weights must be float16, float32 or float64. Is it quantized?"
            )
        if own in names:
            raise CheckpointError(f"{source}: {names[own]} and {name} are the same parameter; which one is meant?")
        tensors[own], names[own] = array, name
        layouts.add(layout)
    if unknown:
        raise CheckpointError(
            f"{source} is not a TinyBERT or BERT checkpoint: {len(unknown)} of its {len(arrays)} names are not known, "
            f"{_some(unknown)}"
        )
    layout = layout_of(layouts)
    if layout == "huggingface":  # whose heads have no activation, neither those in a file nor those to be trained
        known = {"head_act": "none", **known}
    config = read_config(tensors, known, source)
    return Checkpoint(source, layout, config, tensors, names, left_aside, _task(tensors, names))


def _task(tensors: Mapping[str, np.ndarray], names: Mapping[str, str]) -> Task:
    if HEAD_NAMES[0] not in tensors:
        return Task()
    kind = kind_of_head(names[HEAD_NAMES[0]])
    if kind is None:
        has_pooler = any(name in tensors for name in POOLER_NAMES)
        kind = SEQUENCE_CLASSIFICATION if has_pooler else TOKEN_CLASSIFICATION
    return Task(kind.name, problem=kind.usual_problem(len(tensors[HEAD_NAMES[0]])))


def _some(names: list[str], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
