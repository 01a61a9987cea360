"""Construction of the network for a checkpoint, with its weights or freshly initialized."""

from __future__ import annotations

from typing import Any

from mindspore.nn.utils import no_init_parameters

from ..checkpoint import Checkpoint
from ..config import TinyBertConfig
from ..modeling import TinyBertModel
from ..modeling.base import Network
from ..modeling.heads import NETWORKS
from ..task import Task
from .binding import bind


def build_network(
    config: TinyBertConfig,
    task: Task,
    *,
    num_labels: int | None = None,
    is_training: bool = False,
    return_all_encoders: bool = True,
    pooler: bool = True,
) -> Network:
    """Build a freshly initialized network: `TinyBertModel`, or a task network.

    Args:
        config: The encoder's configuration.
        task: The task of the network, which determines the head.
        num_labels: Number of outputs of the head (C); by default as the task determines, otherwise 2.
        is_training: Whether to start in training mode, with dropout.
        return_all_encoders: Whether an encoder (without head) returns hidden states and attention scores too.
        pooler: Whether to include a pooler even if the task does not use it.
    """
    # A task network uses only the last hidden state.
    all_encoders = return_all_encoders and not task.facts.has_head
    pooler = pooler or task.facts.uses_pooler
    encoder = TinyBertModel(config, is_training, return_all_encoders=all_encoders, pooler=pooler)
    return add_head(encoder, task, num_labels)


def add_head(encoder: TinyBertModel, task: Task, num_labels: int | None = None) -> Network:
    """Put a freshly initialized head on an encoder; return the encoder itself if the task has no head.

    Args:
        encoder: The encoder, used in place, not copied.
        task: The task of the network, which determines the head.
        num_labels: Number of outputs of the head (C); by default as the task determines, otherwise 2.
    """
    head = NETWORKS[task.kind]
    return encoder if head is None else head.for_task(encoder, task, num_labels or task.num_outputs or 2)


def restore(checkpoint: Checkpoint, *, is_training: bool = False, return_all_encoders: bool = True) -> Any:
    """Build the network of a checkpoint with its weights; a pooler is added only if the file or the task has one.

    Args:
        checkpoint: The checkpoint, as returned by `read_checkpoint`.
        is_training: Whether to start in training mode, with dropout.
        return_all_encoders: Whether an encoder (without head) returns hidden states and attention scores too.
    """
    checkpoint = checkpoint.fitted(checkpoint.task)
    # Skip initialization: drawing 19 million random numbers takes longer than reading the weights that replace them.
    with no_init_parameters():
        network = build_network(
            checkpoint.config,
            checkpoint.task,
            num_labels=checkpoint.num_labels,
            is_training=is_training,
            return_all_encoders=return_all_encoders,
            pooler=checkpoint.has_pooler,
        )
    bind(network, checkpoint)
    return network
