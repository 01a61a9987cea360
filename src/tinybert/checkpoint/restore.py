"""Builds the network that a checkpoint belongs to, and binds its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..config import TinyBertConfig
from .reading import Checkpoint
from .task import Task, usual_problem

if TYPE_CHECKING:
    from mindspore import nn

    from ..modeling import TinyBertModel


def build_network(
    config: TinyBertConfig,
    task: Task,
    num_labels: int | None,
    *,
    is_training: bool = False,
    return_all_encoders: bool = True,
    pooler: bool = True,
) -> nn.Cell:
    """A fresh network: `TinyBertModel`, or a task network where there are labels.

    Args:
        config: The encoder's configuration.
        task: Which head, and what its outputs are called.
        num_labels: Outputs of the head (C); None for an encoder alone.
        is_training: Starts in training mode, with dropout.
        return_all_encoders: Whether an encoder returns hidden states and attention scores too.
        pooler: Whether there is a pooler even where the task does not use it.
    """
    from ..modeling import TinyBertModel

    # Of a task network, only the last hidden state is used.
    all_encoders = return_all_encoders and num_labels is None
    pooler = pooler or num_labels is None or _head_of(task, num_labels).uses_pooler
    encoder = TinyBertModel(config, is_training, return_all_encoders=all_encoders, pooler=pooler)
    return encoder if num_labels is None else add_head(encoder, task, num_labels)


def add_head(encoder: TinyBertModel, task: Task, num_labels: int) -> nn.Cell:
    """A task network on top of an encoder, with a fresh head.

    Args:
        encoder: The encoder. It is used, not copied.
        task: Which head, and what its outputs are called.
        num_labels: Its outputs (C).
    """
    from ..modeling import TinyBertForQuestionAnswering

    head = _head_of(task, num_labels)
    if head is TinyBertForQuestionAnswering:
        return head(encoder)
    return head(encoder, num_labels, labels=task.labels)


def _head_of(task: Task, num_labels: int) -> Any:
    """The class of the task network."""
    from .. import modeling

    if task.kind == "question-answering" and num_labels == 2:
        return modeling.TinyBertForQuestionAnswering
    kinds = {"token-classification": modeling.TinyBertForTokenClassification}
    # A head is a head, whatever its task is called: the file tells, a name can lie.
    return kinds.get(task.kind, modeling.TinyBertForSequenceClassification)


def task_of_network(network: nn.Cell) -> Task:
    """What a network is for, as far as the network itself tells."""
    from .. import modeling

    labels, num_labels = getattr(network, "labels", ()), getattr(network, "num_labels", None)
    if isinstance(network, modeling.TinyBertForSequenceClassification):
        return Task("sequence-classification", labels, usual_problem(num_labels))
    if isinstance(network, modeling.TinyBertForTokenClassification):
        return Task("token-classification", labels)
    return Task("question-answering" if isinstance(network, modeling.TinyBertForQuestionAnswering) else "encoder")


def restore(
    checkpoint: Checkpoint, task: Task, *, is_training: bool = False, return_all_encoders: bool = True
) -> nn.Cell:
    """The network that a checkpoint holds, with its weights; without a pooler where neither file nor task has one.

    Args:
        checkpoint: What `read_checkpoint` returned.
        task: Which head it has, if it has one.
        is_training: Starts in training mode, with dropout.
        return_all_encoders: Whether an encoder returns hidden states and attention scores too.
    """
    from mindspore.nn.utils import no_init_parameters

    from .binding import bind

    # Drawing 19 million random numbers takes longer than reading the weights that replace them.
    with no_init_parameters():
        network = build_network(
            checkpoint.config,
            task,
            checkpoint.num_labels,
            is_training=is_training,
            return_all_encoders=return_all_encoders,
            pooler=checkpoint.has_pooler,
        )
    bind(network, checkpoint)
    return network
