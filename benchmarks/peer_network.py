"""The peer's network where our task objects expect one of ours, so that both are judged by the same code."""

from __future__ import annotations

from typing import Any

import numpy as np
from mindspore import Tensor
from peer import Peer

from tinybert.checkpoint.task import Task
from tinybert.tasks import TaskModel
from tinybert.text import BertTokenizer


def peer_model(peer: Peer, ours: Any, tokenizer: BertTokenizer, task: Task) -> TaskModel:
    """A model that answers with the peer's outputs.

    Args:
        peer: The peer.
        ours: Our network for the same task; nothing but its class, configuration and labels counts.
        tokenizer: The tokenizer of both.
        task: The task.
    """

    class PeerNetwork(type(ours)):  # type: ignore[misc] -- the class is known when the program runs
        def __call__(self, *inputs: np.ndarray) -> Any:
            outputs = tuple(map(Tensor, peer.outputs(*inputs)))
            return outputs if peer.kind in ("encoder", "question-answering") else outputs[0]

    # The same object as another class: a second network would need a second encoder.
    ours.__class__ = PeerNetwork
    return TaskModel(ours, tokenizer, task, "the peer")
