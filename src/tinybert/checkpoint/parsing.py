"""Read a checkpoint file of any published layout into the network's own names and its configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..config import TinyBertConfig, check_fields
from ..errors import CheckpointError
from ..task import SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, Task
from . import formats
from .checkpoint import Checkpoint
from .heads import HEADS
from .layouts import POOLER_NAMES, kind_of_head, layout_of
from .names import SortedNames, some, sort_names
from .pretraining import PRETRAINING_HEAD, unused_heads
from .shapes import read_config

PUBLISHED_HEADS = {
    "71dc99d4f2c9a369760fe1620bd2a48e611bbc7bbe15bfd564e69f4d0fee6d82",  # tinybert_enwiki128_mnli
    "d33ae2a4548502bc392ed286d7dfb17102efc5ca8a9203b70b40df6a381d52ed",  # tinybert_enwiki128_qnli
    "5d9df51b52990a6d20e500923163076dff8fb3821d791c50e1255588cb8b219d",  # tinybert_enwiki128_sst2
}
"""SHA-256 of the published TinyBERT checkpoints that have a head; each applies a ReLU before it."""


def parse_checkpoint(
    data: bytes, file_format: str, source: str, *, prefix: str | None = None, **config: Any
) -> Checkpoint:
    """Parse the bytes of a checkpoint file in any published layout.

    Args:
        data: The whole file.
        file_format: `ckpt` or `safetensors`.
        source: The file's name, for messages.
        prefix: Prefix of the network's parameter names, if the file holds several networks, such as teacher and
            student.
        **config: Fields of `TinyBertConfig` that a file does not determine: number of heads, activation, epsilon, and
            `head_act` if it has a head. Sizes must agree with the file.

    Returns:
        The checkpoint. A head has no labels; its kind is derived from the file: Hugging Face's layout has a name of its
        own for question answering, and otherwise a head with a pooler is for texts and one without is for tokens.

    Raises:
        CheckpointError: The file cannot be read; the message says why and what to do.
    """
    check_fields(config)
    read = from_tensors(formats.parse(data, file_format, source), source, config, prefix)
    if read.layout != "huggingface" and read.task.facts.has_labels and "head_act" not in config:
        _check_published(data, source)
    return read


def _check_published(data: bytes, source: str) -> None:
    if hashlib.sha256(data).hexdigest() not in PUBLISHED_HEADS:
        raise CheckpointError(
            f"{source} has a head, but does not say what comes before it: a ReLU, as in TinyBERT's checkpoints (relu), "
            "or nothing, as in those of official/nlp/bert (none). Say which",
            argument="head_act",
            example="relu",
        )


def from_tensors(
    arrays: Mapping[str, np.ndarray], source: str, known: Mapping[str, Any], prefix: str | None = None
) -> Checkpoint:
    """Build a checkpoint from arrays under the names of a file.

    Raises:
        CheckpointError: A name is unknown, two names mean the same parameter, a parameter is not of a float type, or a
            value is not finite; the message lists them.
    """
    found = sort_names(arrays, source, prefix)
    tensors, names = _named(arrays, found, source)
    layout = layout_of(layout for _, layout in found.known.values())
    if layout == "huggingface":  # its heads have no activation, whether read from a file or newly trained
        known = {"head_act": "none", **known}
    config = read_config(tensors, known, source)
    copies = {name: (own, arrays[name]) for name, own in found.copies.items() if own in tensors}
    unused = unused_heads(tensors, config, copies)
    tied = {name: own for name, (own, array) in copies.items() if np.array_equal(array, tensors[own])}
    aside = {**found.left_aside, **dict.fromkeys(found.copies, PRETRAINING_HEAD)}
    aside |= {name: f"{PRETRAINING_HEAD}, tied to {own}" for name, own in tied.items()}
    aside |= {names[own]: reason for own, reason in unused.items()}
    aside = {name: aside[name] for name in arrays if name in aside}
    tensors = {own: array for own, array in tensors.items() if own not in unused}
    names = {own: name for own, name in names.items() if own not in unused}
    read = Checkpoint(source, layout, config, tensors, names, aside, _task(tensors, names, config, source))
    if broken := [names[name] for name in read.not_finite()]:
        raise CheckpointError(
            f"{source} holds NaN or infinity in {some(broken)}: the training that wrote it diverged, or overflowed in "
            "float16. Take an earlier checkpoint"
        )
    return read


def _named(
    arrays: Mapping[str, np.ndarray], found: SortedNames, source: str
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the arrays of the network by its own names, and the name of each in the file."""
    tensors: dict[str, np.ndarray] = {}
    names: dict[str, str] = {}
    for name, (own, _) in found.known.items():
        array = arrays[name]
        if array.dtype.kind != "f":
            raise CheckpointError(
                f"{source}: {name} is of {array.dtype}: weights must be float16, float32 or float64. Is it quantized?"
            )
        if own in names:
            raise CheckpointError(
                f"{source}: {names[own]} and {name} are the same parameter; which one is meant?", argument="prefix"
            )
        tensors[own], names[own] = array, name
    return tensors, names


def _task(tensors: Mapping[str, np.ndarray], names: Mapping[str, str], config: TinyBertConfig, source: str) -> Task:
    """Return the task that the head implies; of several possible kinds, the one that fits the pooler."""
    head = next((head for head in HEADS.values() if head.outputs in tensors), None)
    if head is None:
        return Task()
    weights = tensors[head.outputs]
    if weights.ndim != len(head.shapes(config, 1)[head.outputs]) or not len(weights):
        raise CheckpointError(
            f"{source}: {names[head.outputs]} has shape {weights.shape}, but a head's is (outputs, hidden_size), with "
            "at least one output"
        )
    kind = kind_of_head(names[head.outputs])
    if kind is None:
        has_pooler = any(name in tensors for name in POOLER_NAMES)
        kind = SEQUENCE_CLASSIFICATION if has_pooler else TOKEN_CLASSIFICATION
    return Task(kind.name, problem=kind.usual_problem(len(weights)))
