"""Networks that several tests only call: each is compiled once in each mode."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def heads(make_encoder, fill):
    """The three task networks with five labels over one encoder of a single layer, by the kind of task."""
    from tinybert.task import KINDS, Task
    from tinybert.weights import add_head

    encoder = make_encoder(num_hidden_layers=1)
    kinds = [kind for kind in KINDS.values() if kind.has_head]
    networks = {kind.name: fill(add_head(encoder, Task(kind.name), kind.outputs or 5), seed=3) for kind in kinds}
    return {name: network.set_train(False) for name, network in networks.items()}
