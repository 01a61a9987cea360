"""Builds a module's network, with or without its weights."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..compat import require_mindspore
from ..config import TinyBertConfig
from ..errors import ConfigError
from .modules import Module

if TYPE_CHECKING:
    from mindspore import nn

    from ..checkpoint import Checkpoint
    from ..checkpoint.task import Task

MEAN_THE_MODULE = ("tinybert", "tinybertmodel")
"""Names that `create_network` takes for the module itself: that of the published card, and that of the class."""
_KEYWORDS = ("is_training", "pretrained", "checkpoint", "return_all_encoders", "seq_length", "compute_type")


def build(
    module: Module,
    is_training: bool = False,
    *,
    pretrained: bool = True,
    checkpoint: str | Path | None = None,
    refetch: bool = False,
    return_all_encoders: bool = True,
    seq_length: int | None = None,
    compute_type: Any = None,
    **config: Any,
) -> nn.Cell:
    """A module's network: `TinyBertModel`, or a task network where the checkpoint has a head.

    Args:
        module: The module.
        is_training: Starts in training mode, with dropout.
        pretrained: Whether the weights are bound; without them the network is untrained, and no file is needed.
        checkpoint: A checkpoint file or Hugging Face folder to use instead of the module's own.
        refetch: Whether a damaged file in the cache is fetched again at once.
        return_all_encoders: Whether an encoder returns hidden states and attention scores too.
        seq_length: Length that the data is padded to.
        compute_type: `float32`, `float16`, or MindSpore's type of that name.
        **config: Further fields of `TinyBertConfig`. With weights, sizes must agree with them.

    Raises:
        TinyBertError: As the message says: the weights cannot be had, are not the declared ones, or do not fit.
    """
    # Whatever can be told beforehand is told before anything is fetched.
    require_mindspore()
    _check_keywords(config)
    if not isinstance(is_training, bool) or not isinstance(pretrained, bool):
        raise ConfigError(f"is_training and pretrained must be True or False, not {is_training!r} and {pretrained!r}")
    fields = {**module.config, **config}
    if seq_length is not None:
        fields["seq_length"] = seq_length
    if compute_type is not None:
        fields["compute_type"] = str(compute_type).lower()
    if not pretrained and checkpoint is None:
        from ..checkpoint.restore import build_network

        return build_network(
            TinyBertConfig.from_dict(fields),
            task_of(module, None),
            _untrained_labels(module),
            is_training=is_training,
            return_all_encoders=return_all_encoders,
        )
    read = _read(module, checkpoint, refetch, fields)
    return bound(module, read, is_training, return_all_encoders)


def _check_keywords(config: Mapping[str, Any]) -> None:
    fields = [field.name for field in dataclasses.fields(TinyBertConfig)]
    unknown = [name for name in config if name not in fields]
    if unknown:
        known = ", ".join([*_KEYWORDS, *(name for name in fields if name not in _KEYWORDS)])
        raise ConfigError(f"unknown keyword {', '.join(map(repr, unknown))}; known are {known}")


def bound(module: Module, read: Checkpoint, is_training: bool = False, return_all_encoders: bool = True) -> nn.Cell:
    """The network that a checkpoint holds, with its weights."""
    from ..checkpoint.restore import restore

    task = task_of(module, read.num_labels)
    return restore(read, task, is_training=is_training, return_all_encoders=return_all_encoders)


def task_of(module: Module, num_labels: int | None) -> Task:
    """What a module's network is for, by its card.

    Args:
        module: The module.
        num_labels: Outputs of the head in its checkpoint (C). Labels of another number are left out, with a warning.
    """
    from ..checkpoint.task import Task, usual_problem

    card = module.card
    labels = card.labels
    if labels and num_labels is not None and len(labels) != num_labels:
        warnings.warn(
            f"{module.uid}: the card names {len(labels)} labels, but the checkpoint has {num_labels}; "
            "they are numbered instead",
            stacklevel=2,
        )
        labels = ()
    return Task(card.task, labels, card.problem or usual_problem(num_labels))


def _read(module: Module, checkpoint: str | Path | None, refetch: bool, fields: dict[str, Any]) -> Checkpoint:
    from ..checkpoint import parse_checkpoint, read_checkpoint

    if checkpoint is not None:
        return read_checkpoint(checkpoint, **fields)
    data = module.checkpoint_bytes(refetch=refetch)
    return parse_checkpoint(data, module.file_format, str(module.paths.asset), **fields)


def _untrained_labels(module: Module) -> int | None:
    if module.card.task == "encoder":
        return None
    return 2 if module.card.task == "question-answering" else len(module.card.labels) or 2
