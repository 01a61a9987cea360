"""The peer as a runtime, so that our task objects judge both sides by the same code."""

from __future__ import annotations

from typing import Any

from peer import Peer

from tinybert.runtime.base import EncoderOutputs, Inputs
from tinybert.runtime.mindspore import MindSporeRuntime


class PeerRuntime(MindSporeRuntime):
    """Answers with the peer's outputs, in batches as ours.

    Args:
        peer: The peer.
        ours: Our network for the same task; only its configuration and task count.
    """

    def __init__(self, peer: Peer, ours: Any) -> None:
        super().__init__(ours)
        self.peer = peer

    def encode(self, inputs: Inputs) -> EncoderOutputs:
        """As `Runtime.encode`, of an encoder; without a pooled output, which the mean over tokens does not need."""
        return EncoderOutputs(self.peer.outputs(*inputs)[0], None)

    def logits(self, inputs: Inputs) -> Any:
        """As `Runtime.logits`."""
        outputs = self.peer.outputs(*inputs)
        return outputs if len(outputs) > 1 else outputs[0]
