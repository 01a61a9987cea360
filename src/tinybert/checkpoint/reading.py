"""Reads a checkpoint of any published layout into one form: the network's own names, and its configuration."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..config import TinyBertConfig, check_fields
from ..errors import CheckpointError
from . import formats
from .layouts import HEAD_NAMES, POOLER_NAMES, layout_of, own_name, reason_aside
from .shapes import read_config


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """Parameters by the network's own names, and where they came from.

    Attributes:
        source: The file or folder, for messages.
        layout: `v1.0`, `later` or `huggingface`.
        config: The configuration of the encoder.
        tensors: Arrays by the network's own names; a head's are `dense_1.weight` and `dense_1.bias`.
        names: The name that each of them has in the file.
        left_aside: What else is in the file, with the reason why it is no part of the network.
    """

    source: str
    layout: str
    config: TinyBertConfig
    tensors: Mapping[str, np.ndarray]
    names: Mapping[str, str]
    left_aside: Mapping[str, str]

    @property
    def num_labels(self) -> int | None:
        """Outputs of the head (C), or None where the checkpoint is that of an encoder alone."""
        return self.tensors[HEAD_NAMES[0]].shape[0] if HEAD_NAMES[0] in self.tensors else None

    @property
    def has_pooler(self) -> bool:
        """Whether anything of a pooler is there; Hugging Face's networks for tokens and for answers have none."""
        return any(name in self.tensors for name in POOLER_NAMES)

    def encoder(self) -> Checkpoint:
        """The same without a head: for transfer learning from a task checkpoint."""
        head = {
            self.names[name]: "the head; only the encoder was asked for" for name in HEAD_NAMES if name in self.names
        }
        return dataclasses.replace(
            self,
            tensors={name: array for name, array in self.tensors.items() if name not in HEAD_NAMES},
            names={name: theirs for name, theirs in self.names.items() if name not in HEAD_NAMES},
            left_aside={**self.left_aside, **head},
        )


def read_checkpoint(path: str | Path, **config: Any) -> Checkpoint:
    """Reads a `.ckpt` or `.safetensors` file in any published layout, or a Hugging Face BERT folder.

    Args:
        path: The file or folder.
        **config: Fields of `TinyBertConfig` that the file cannot tell: heads, activation, epsilon. Sizes must agree
            with the file.

    Returns:
        The checkpoint; bind it with `bind`.

    Raises:
        CheckpointError: The file cannot be read; says why and what to do.

    Example:
        >>> checkpoint = read_checkpoint("tinybert.ckpt")
        >>> network = TinyBertModel(checkpoint.config)
        >>> print(bind(network, checkpoint))
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise CheckpointError(f"{path} does not exist")
    if path.is_dir():
        from .huggingface import read_huggingface

        return read_huggingface(path, **config)
    return parse_checkpoint(path.read_bytes(), path.suffix.lstrip(".").lower(), str(path), **config)


def parse_checkpoint(data: bytes, file_format: str, source: str, **config: Any) -> Checkpoint:
    """Like `read_checkpoint`, from the bytes of a file.

    Args:
        data: The whole file.
        file_format: `ckpt` or `safetensors`.
        source: The file's name, for messages.
        **config: As for `read_checkpoint`.
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
            f"{source} is no TinyBERT or BERT checkpoint: {len(unknown)} of its {len(arrays)} names are not known, "
            f"{_some(unknown)}"
        )
    layout = layout_of(layouts)
    if layout == "huggingface":  # whose heads have no activation, neither those in a file nor those to be trained
        known = {"head_act": "none", **known}
    config = read_config(tensors, known, source)
    return Checkpoint(source, layout, config, tensors, names, left_aside)


def _some(names: list[str], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
