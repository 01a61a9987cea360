"""The optimizer is AdamW, compared with NumPy; and the choice of parameters that decay."""

import math

import mindspore as ms
import numpy as np
import pytest
from linear import WEIGHTS, Linear, features, gradients, rows, values
from mindspore import Tensor

from tinybert import TinyBertModel
from tinybert.compat import graph_mode
from tinybert.task import Task
from tinybert.training import Trainer, TrainingSettings
from tinybert.training.losses import SquaredError
from tinybert.training.optimizer import AdamW, bias_correction
from tinybert.training.state import state_parameters
from tinybert.weights import add_head

SETTINGS = TrainingSettings(
    epochs=2, batch_size=4, learning_rate=0.05, warmup_ratio=0.2, weight_decay=0.1, max_grad_norm=0
)
RATES = (0, 0.025, 0.05, 0.0375, 0.025, 0.0125)
HEADS = (
    Task("sequence-classification", ("bad", "good")),
    Task("token-classification", ("O", "B-X")),
    Task("question-answering"),
)


def adamw(batches):
    """Loshchilov and Hutter 2017, algorithm 2, in float64."""
    weights = {name: value.astype(np.float64) for name, value in WEIGHTS.items()}
    first, second = (dict.fromkeys(WEIGHTS, 0.0) for _ in range(2))
    for step, ((ids, targets), rate) in enumerate(zip(batches, RATES, strict=True), 1):
        for name, gradient in gradients(weights, ids, targets).items():
            first[name] = 0.9 * first[name] + 0.1 * gradient
            second[name] = 0.999 * second[name] + 0.001 * gradient**2
            mean, square = first[name] / (1 - 0.9**step), second[name] / (1 - 0.999**step)
            decay = 0.1 * weights[name] if name == "layer.weight" else 0.0
            weights[name] = weights[name] - rate * (mean / (np.sqrt(square) + 1e-8) + decay)
    return weights


def test_a_training_ends_where_numpy_does(tmp_path):
    ids, targets = rows(12)
    network = Linear()
    trainer = Trainer(network, SquaredError(), features(ids, targets), SETTINGS, tmp_path)
    trainer.train()
    batches = [(ids[chosen], targets[chosen]) for epoch in range(2) for chosen in trainer.batches.epoch(epoch)]
    found = values(network)
    for name, expected in adamw(batches).items():
        assert np.abs(expected - WEIGHTS[name]).max() > 0.01
        np.testing.assert_allclose(found[name], expected, atol=1e-5, err_msg=name)


class Updates:
    """Apply the first updates of a network with given gradients, by parameter name."""

    def __init__(self, network, rate=0.5, **settings):
        self.network, self.rate = network, rate
        self.optimizer = AdamW(network.trainable_params(), TrainingSettings(learning_rate=rate, **settings))
        self.parameters = state_parameters(network, self.optimizer)
        self.beginning = {name: parameter.asnumpy().copy() for name, parameter in self.parameters.items()}

    @graph_mode()
    def first(self, grads):
        """Return the network's parameters after the update."""
        for name, parameter in self.parameters.items():
            parameter.set_data(Tensor(self.beginning[name]))
        self.optimizer.set_rate(self.rate, 0)
        self.optimizer(tuple(Tensor(grads[parameter.name], ms.float32) for parameter in self.optimizer.parameters))
        return values(self.network)


def test_without_a_gradient_weights_shrink_by_rate_times_decay_and_nothing_else_changes():
    updates = Updates(Linear(), weight_decay=0.25)
    found = updates.first({name: np.zeros_like(value) for name, value in WEIGHTS.items()})
    np.testing.assert_allclose(found["layer.weight"], WEIGHTS["layer.weight"] * (1 - 0.5 * 0.25), rtol=1e-6)
    for name in ("layer.bias", "norm.gamma"):
        np.testing.assert_array_equal(found[name], WEIGHTS[name], err_msg=name)


def test_the_correction_is_that_of_adam_and_vanishes():
    corrections = [math.sqrt(1 - 0.999**count) / (1 - 0.9**count) for count in range(1, 9)]
    assert [bias_correction(update) for update in range(8)] == pytest.approx(corrections)
    assert bias_correction(0) == pytest.approx(0.31622776)
    assert bias_correction(10_000) == pytest.approx(1, abs=1e-4)


@pytest.fixture(scope="module")
def without_decay():
    return Updates(Linear(), rate=0.01, weight_decay=0)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_first_step_is_as_long_as_the_rate_whatever_the_gradient(scale, without_decay):
    found = without_decay.first({name: scale * (1 + np.abs(value)) for name, value in WEIGHTS.items()})
    for name, value in WEIGHTS.items():
        np.testing.assert_allclose(value - found[name], 0.01, rtol=1e-3, err_msg=name)


@pytest.mark.parametrize("task", HEADS, ids=lambda task: task.kind)
def test_of_a_model_only_matrices_decay(task, tiny_config):
    """Every matrix is a weight or an embedding table; every vector is a bias or a LayerNorm parameter."""
    network = add_head(TinyBertModel(tiny_config), task, 2)
    optimizer = AdamW(network.trainable_params(), TrainingSettings(weight_decay=0.1))
    assert {parameter.name for parameter in optimizer.parameters} == {
        parameter.name for parameter in network.trainable_params()
    }
    decays = {
        parameter.name: float(decay.asnumpy())
        for parameter, decay in zip(optimizer.parameters, optimizer.get_weight_decay(), strict=True)
    }
    expected = {parameter.name: 0.1 if parameter.ndim == 2 else 0.0 for parameter in network.trainable_params()}
    assert decays == pytest.approx(expected)


def test_frozen_parameters_are_left_alone():
    network = Linear()
    network.weight.requires_grad = False  # the remaining parameters include no weight that decays
    found = Updates(network).first({name: np.ones_like(value) for name, value in WEIGHTS.items()})
    np.testing.assert_array_equal(found["layer.weight"], WEIGHTS["layer.weight"])
    assert found["layer.bias"] != WEIGHTS["layer.bias"]
