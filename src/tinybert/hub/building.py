"""Build a module's network, with or without its weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..checkpoint import stored_at
from ..compat import require_mindspore
from ..config import TinyBertConfig
from ..errors import ConfigError
from .modules import Module

if TYPE_CHECKING:
    from ..modeling.base import Network

MODULE_ALIASES = ("tinybert", "tinybertmodel")
"""Names by which `create_network` knows the module itself: the one on the published card, and the class name."""
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
) -> Network:
    """Build a module's network: `TinyBertModel`, or a task network if the checkpoint has a head.

    Args:
        module: The module.
        is_training: Whether the network starts in training mode, with dropout.
        pretrained: Whether to load the weights. False gives an untrained network and needs no file.
        checkpoint: A checkpoint file or Hugging Face folder to use instead of the module's own.
        refetch: Whether to fetch a damaged cached file again at once.
        return_all_encoders: Whether an encoder also returns hidden states and attention scores.
        seq_length: Length that the data is padded to.
        compute_type: `float32`, `float16`, or MindSpore's type of that name.
        **config: Further fields of `TinyBertConfig`. Sizes must agree with the weights, if these are loaded.

    Raises:
        ConfigError: A keyword is unknown, or a value is not allowed.
        TinyBertError: The weights cannot be obtained, fail verification, or do not fit; the message says which.
    """
    # Report everything that can be checked in advance before fetching anything.
    require_mindspore()
    _check_keywords(config)
    if not isinstance(is_training, bool) or not isinstance(pretrained, bool):
        raise ConfigError(f"is_training and pretrained must be True or False, not {is_training!r} and {pretrained!r}")
    fields = dict(config)
    if seq_length is not None:
        fields["seq_length"] = seq_length
    if compute_type is not None:
        fields["compute_type"] = str(compute_type).lower()
    from ..weights import build_network, restore

    options = {"is_training": is_training, "return_all_encoders": return_all_encoders}
    if not pretrained and checkpoint is None:
        return build_network(TinyBertConfig.from_dict({**module.config, **fields}), module.task, **options)
    if checkpoint is None:
        read = module.checkpoint(refetch=refetch, **fields)
    else:
        stored = stored_at(checkpoint)
        read = stored.read(**{**module.config, **fields})
        if not stored.knows_task or read.task.facts.is_pretraining:  # most encoders come with a head of pre-training
            read = read.fitted(module.task_for(read.num_labels))
    return restore(read, **options)


def _check_keywords(config: Mapping[str, Any]) -> None:
    fields = [field.name for field in dataclasses.fields(TinyBertConfig)]
    unknown = [name for name in config if name not in fields]
    if unknown:
        known = ", ".join([*_KEYWORDS, *(name for name in fields if name not in _KEYWORDS)])
        raise ConfigError(f"unknown keyword {', '.join(map(repr, unknown))}; known are {known}")
