"""The network that a checkpoint belongs to: built, with its weights or fresh."""

from __future__ import annotations

from typing import Any

from mindspore.nn.utils import no_init_parameters

from ..checkpoint import Checkpoint
from ..config import TinyBertConfig
from ..modeling import TinyBertModel
from ..modeling.heads import NETWORKS
from ..modeling.network import Network
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
    """A fresh network: `TinyBertModel`, or a task network.

    Args:
        config: The encoder's configuration.
        task: What it is for; determines the head.
        num_labels: Outputs of the head (C); by default those that the task determines, else 2.
        is_training: Starts in training mode, with dropout.
        return_all_encoders: Whether an encoder returns hidden states and attention scores too.
        pooler: Whether there is a pooler even where the task does not use it.
    """
    # Of a task network, only the last hidden state is used.
    all_encoders = return_all_encoders and not task.facts.has_head
    pooler = pooler or task.facts.uses_pooler
    encoder = TinyBertModel(config, is_training, return_all_encoders=all_encoders, pooler=pooler)
    return add_head(encoder, task, num_labels)


def add_head(encoder: TinyBertModel, task: Task, num_labels: int | None = None) -> Network:
    """A task network on top of an encoder, with a fresh head; the encoder itself where the task has none.

    Args:
        encoder: The encoder. It is used, not copied.
        task: What the network is for; determines the head.
        num_labels: Outputs of the head (C); by default those that the task determines, else 2.
    """
    head = NETWORKS[task.kind]
    return encoder if head is None else head.for_task(encoder, task, num_labels or task.num_outputs or 2)


def restore(checkpoint: Checkpoint, *, is_training: bool = False, return_all_encoders: bool = True) -> Any:
    """The network that a checkpoint holds, with its weights; without a pooler where neither file nor task has one.

    Args:
        checkpoint: What `read_checkpoint` returned.
        is_training: Starts in training mode, with dropout.
        return_all_encoders: Whether an encoder returns hidden states and attention scores too.
    """
    # Drawing 19 million random numbers takes longer than reading the weights that replace them.
    with no_init_parameters():
        network = build_network(
            checkpoint.config,
            checkpoint.task.fitted(checkpoint.num_labels),
            num_labels=checkpoint.num_labels,
            is_training=is_training,
            return_all_encoders=return_all_encoders,
            pooler=checkpoint.has_pooler,
        )
    bind(network, checkpoint)
    return network
