"""A runtime without a network."""

from __future__ import annotations

from tinybert.runtime.base import EncoderOutputs
from tinybert.task import Task


class FunctionRuntime:
    """A runtime that computes with a function of ids, mask and segments.

    Args:
        function: Returns the logits, or of an encoder (sequence output, pooled output), as arrays.
        most_tokens: Maximum tokens per batch.

    Attributes:
        seen: The ids of each call.
    """

    fixed_rows = False

    def __init__(self, function, config, task=None, num_labels=None, most_tokens=4096):
        self.function, self.config, self.task = function, config, task or Task()
        self.num_labels, self.most_tokens = num_labels, most_tokens
        self.seen = []

    def encode(self, inputs):
        return EncoderOutputs(*self.logits(inputs))

    def logits(self, inputs):
        self.seen.append(inputs[0])
        return self.function(*inputs)

    def token_logits(self, rows):
        raise NotImplementedError("a function of whole rows")

    @property
    def shapes(self):
        """The shape of each call."""
        return [ids.shape for ids in self.seen]

    def widths(self, lengths):
        return lengths

    def rows(self, width, most):
        return max(1, min(most, self.most_tokens // width))
