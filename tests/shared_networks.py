"""Loaded models of the same shape share a compiled network: each uses its own weights, only the first compiles.

A compilation takes a second, and tests load the same few shapes a hundred times.
"""

from __future__ import annotations

import threading

import numpy as np

from tinybert.runtime.mindspore import MindSporeRuntime

LOADING = "tinybert.tasks.loading.MindSporeRuntime"
"""What to patch with `SharedRuntime`."""


class SharedRuntime(MindSporeRuntime):
    """A runtime that copies its weights into the shared network of its shape before it computes."""

    _networks: dict = {}  # noqa: RUF012 -- one for all
    _owners: dict = {}  # noqa: RUF012
    _lock = threading.Lock()

    @classmethod
    def of_checkpoint(cls, checkpoint):
        runtime = super().of_checkpoint(checkpoint)
        own = runtime.network
        runtime.checkpoint, runtime.own_config, runtime.own_task = checkpoint, own.config, own.task
        config = own.config.replace(seq_length=3, initializer_range=0.02)  # these do not change the graph
        runtime.shape = (config, own.task.kind, checkpoint.num_labels, checkpoint.has_pooler)
        runtime.network = cls._networks.setdefault(runtime.shape, own)
        return runtime

    @property
    def config(self):
        return self.own_config

    @property
    def task(self):
        return self.own_task

    def encode(self, inputs):
        with self._lock:
            self._bind()
            return super().encode(inputs)

    def logits(self, inputs):
        with self._lock:
            self._bind()
            return super().logits(inputs)

    def token_logits(self, rows):
        with self._lock:
            self._bind()
            return super().token_logits(rows)

    def _bind(self):
        from tinybert.weights import bind

        if self._owners.get(self.shape) is not self:
            bind(self.network, self.checkpoint)
            self._owners[self.shape] = self


def weights_of(model):
    """Return a runtime's arrays by name; if it shares a network, the weights that it copies into it."""
    from tinybert.weights import checkpoint_of

    shares = isinstance(model.runtime, SharedRuntime)
    return (model.runtime.checkpoint if shares else checkpoint_of(model.runtime.network)).tensors


def same_weights(model, other):
    mine, theirs = weights_of(model), weights_of(other)
    assert mine.keys() == theirs.keys()
    for name, array in mine.items():
        np.testing.assert_array_equal(array, theirs[name])
    assert not model.runtime.network.training
