"""The peer as a runtime, so that our task objects evaluate both sides with the same code."""

from __future__ import annotations

from typing import Any

from peer import Peer

from tinybert.runtime.base import EncoderOutputs, Inputs
from tinybert.runtime.mindspore import MindSporeRuntime


class PeerRuntime(MindSporeRuntime):
    """Returns the peer's outputs, in the same batches as ours.

    Args:
        peer: The peer.
        ours: Our network for the same task; only its configuration and task are used.
    """

    def __init__(self, peer: Peer, ours: Any) -> None:
        super().__init__(ours)
        self.peer = peer

    def encode(self, inputs: Inputs) -> EncoderOutputs:
        """Run an encoder like `Runtime.encode`, but without a pooled output, which mean pooling does not need."""
        return EncoderOutputs(self.peer.outputs(*inputs)[0], None)

    def logits(self, inputs: Inputs) -> Any:
        """Run a task network like `Runtime.logits`."""
        outputs = self.peer.outputs(*inputs)
        return outputs if len(outputs) > 1 else outputs[0]
