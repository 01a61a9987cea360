"""Heads of pre-training in a checkpoint: which of them can be used, and why another one is left aside.

Most files of pre-trained encoders have such a head, or what is left of one. Files that cannot be used as masked
language models are still encoders, so that a head that does not fit is no error.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..config import TinyBertConfig
from ..task import KINDS
from .heads import HEADS, Head, heads_among

PRETRAINING_HEAD = "the head of pre-training"
"""The reason for leaving aside a parameter of such a head; the details may follow."""

Copies = Mapping[str, tuple[str, np.ndarray]]
"""Arrays that must repeat a parameter, by their names in the file, with the parameter's name in the network."""


def unused_heads(tensors: Mapping[str, np.ndarray], config: TinyBertConfig, copies: Copies) -> dict[str, str]:
    """Return the parameters of pre-training heads that are no part of the network, with the reason.

    Args:
        tensors: Parameters by the network's own names.
        config: The configuration of the encoder.
        copies: The arrays that must repeat a parameter.
    """
    heads = heads_among(tensors)
    unused: dict[str, str] = {}
    for kind in KINDS.values():
        inside = heads.get(kind.head or "", [])
        if not kind.is_pretraining or not inside:
            continue
        others = "the model has another head" if len(heads) > 1 else None
        if reason := others or _misfit(HEADS[kind.name], tensors, config, copies):
            unused |= dict.fromkeys(inside, f"{PRETRAINING_HEAD}; {reason}")
    return unused


def _misfit(head: Head, tensors: Mapping[str, np.ndarray], config: TinyBertConfig, copies: Copies) -> str | None:
    """Return why a head does not fit the encoder; None if it does."""
    for name, shape in head.shapes(config, config.vocab_size).items():
        if name not in tensors:
            return f"{name} is missing"
        if tensors[name].shape != shape:
            return f"{name} has shape {tensors[name].shape}, not {shape}"
    for theirs, (own, array) in copies.items():
        if not np.array_equal(array, tensors[own]):
            return f"{theirs} is not tied to {own}: its values differ"
    return None
