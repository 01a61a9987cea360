"""A checkpoint from a network: its current parameters, configuration and task."""

from __future__ import annotations

import numpy as np
import pytest
from mindspore import Tensor, nn

from tinybert.errors import CheckpointError
from tinybert.task import KINDS, Task
from tinybert.weights import bind, build_network, checkpoint_of, restore


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_becomes_the_checkpoint_that_it_was_made_of(make_checkpoint, kind):
    checkpoint = make_checkpoint(seed=2, task=Task(kind), num_labels=3)
    network = restore(checkpoint)
    found = checkpoint_of(network)
    assert (found.task, found.config, found.num_labels) == (checkpoint.task, checkpoint.config, checkpoint.num_labels)
    assert (found.source, found.layout, found.left_aside) == (type(network).__name__, "v1.0", {})
    assert list(found.tensors) == list(checkpoint.tensors)
    assert found.names == checkpoint.names
    assert all(array.tobytes() == found.tensors[name].tobytes() for name, array in checkpoint.tensors.items())
    assert list(found.whole()) == list(checkpoint.tensors)


def test_it_is_called_what_one_wants(make_encoder):
    assert checkpoint_of(make_encoder(), "the teacher").source == "the teacher"


def test_what_is_trained_afterwards_does_not_change_it(tiny_config, make_checkpoint):
    network = build_network(tiny_config, Task())
    before = checkpoint_of(network)
    copies = {name: array.copy() for name, array in before.tensors.items()}
    bind(network, make_checkpoint(seed=5))
    assert all(np.array_equal(array, copies[name]) for name, array in before.tensors.items())
    network.dense.bias.set_data(Tensor(np.full(24, 7, np.float32)))
    assert (checkpoint_of(network).tensors["dense.bias"] == 7).all()


def test_inside_somebodys_cell_it_has_its_own_names(make_encoder):
    encoder = make_encoder()
    nn.CellList([encoder])  # the cell adds its prefix to the parameters
    found = checkpoint_of(encoder)
    assert found.names["dense.bias"] == "0.dense.bias"
    assert list(found.tensors) == list(checkpoint_of(make_encoder()).tensors)


@pytest.mark.parametrize("cell", [nn.Dense(2, 2), nn.CellList([])], ids=["a dense layer", "a list"])
def test_another_cell_is_an_error(cell):
    with pytest.raises(CheckpointError, match=rf"{type(cell).__name__} is not a network of this package: give the one"):
        checkpoint_of(cell)
