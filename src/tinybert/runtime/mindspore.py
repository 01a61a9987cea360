"""MindSpore runtime: the networks of `modeling` on CPU, GPU and Ascend."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..checkpoint import Checkpoint
from ..compat import device_target, require_mindspore
from ..config import TinyBertConfig
from ..errors import InputError
from ..task import Task
from .base import EncoderOutputs, Inputs

BATCH_TOKENS = 4096
"""Maximum tokens per batch, with padding. More are not faster on CPU, and memory grows with B * T * T."""
_WIDTH_STEP = 64
_ROW_STEP = 64


class MindSporeRuntime:
    """Runtime around a MindSpore network.

    Args:
        network: `TinyBertModel` or a task network, in inference mode.
    """

    def __init__(self, network: Any) -> None:
        self.network = network

    @classmethod
    def of_checkpoint(cls, checkpoint: Checkpoint) -> MindSporeRuntime:
        """Build a runtime with the network and weights of a checkpoint.

        Raises:
            DependencyError: MindSpore is not installed; the message says what to install.
        """
        require_mindspore()
        from ..weights import restore

        return cls(restore(checkpoint, return_all_encoders=False))

    @property
    def config(self) -> TinyBertConfig:
        """The configuration of the encoder."""
        return self.network.config

    @property
    def task(self) -> Task:
        """The task of the network."""
        return self.network.task

    @property
    def num_labels(self) -> int | None:
        """Number of outputs of the head (C); None for an encoder alone."""
        return getattr(self.network, "num_labels", None)

    def encode(self, inputs: Inputs) -> EncoderOutputs:
        """See `Runtime.encode`."""
        encoder = self.network if self.num_labels is None else self.network.bert
        sequence_output, pooled_output = self._run(encoder, inputs)[:2]
        return EncoderOutputs(sequence_output.asnumpy(), None if pooled_output is None else pooled_output.asnumpy())

    def logits(self, inputs: Inputs) -> Any:
        """See `Runtime.logits`."""
        outputs = self._run(self.network, inputs)
        if isinstance(outputs, tuple):
            return tuple(output.asnumpy() for output in outputs)
        return outputs.asnumpy()

    def token_logits(self, rows: np.ndarray) -> np.ndarray:
        """See `Runtime.token_logits`."""
        if not self.task.facts.is_pretraining:
            raise InputError(f"a model for {self.task.kind} predicts no tokens")
        self._check_mode(self.network)
        count = len(rows)
        if self.fixed_rows:  # another number of rows would be compiled anew
            rows = np.pad(rows, ((0, -count % _ROW_STEP), (0, 0)))
        logits: np.ndarray = self.network.predict(rows).asnumpy()[:count]
        return logits

    def widths(self, lengths: np.ndarray) -> np.ndarray:
        """See `Runtime.widths`. One graph serves all shapes on CPU; elsewhere compiling each takes seconds."""
        if not self.fixed_rows:
            return lengths
        return np.minimum(-(-lengths // _WIDTH_STEP) * _WIDTH_STEP, self.config.max_position_embeddings)

    def rows(self, width: int, most: int) -> int:
        """See `Runtime.rows`."""
        return max(1, min(most, BATCH_TOKENS // width))

    @property
    def fixed_rows(self) -> bool:
        """See `Runtime.fixed_rows`."""
        return device_target() != "CPU"

    @classmethod
    def _run(cls, network: Any, inputs: Inputs) -> Any:
        cls._check_mode(network)
        from ..modeling.base import Network

        # TinyBertModel.__call__ rejects an encoder without a pooler; here its pooled output is not required.
        return Network.__call__(network, *inputs)

    @staticmethod
    def _check_mode(network: Any) -> None:
        if network.training:
            raise InputError("the network is in training mode, with dropout: call network.set_train(False) first")
