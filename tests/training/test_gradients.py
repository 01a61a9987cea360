"""If a network computes in float16, its loss is scaled up, and an update that overflows is skipped."""

import mindspore as ms
import numpy as np
import pytest
from linear import WEIGHTS, Descent, Linear, batch, gradients, rows, steps, values
from mindspore import Tensor, ops

from tinybert import TinyBertModel
from tinybert.compat import graph_mode
from tinybert.modeling import model
from tinybert.training import TrainingSettings
from tinybert.training import gradients as gradients_module
from tinybert.training.embedding import TextVectors
from tinybert.training.optimizer import AdamW
from tinybert.training.state import state_parameters

WINDOW = 3
"""Updates without overflow after which the scale doubles; 1000 in production."""


class Training:
    """Updates of a float16 network, each on one batch or on several with accumulated gradients."""

    def __init__(self, accumulation):
        # Steps are so small that gradients do not change.
        settings = TrainingSettings(learning_rate=1e-6, accumulation_steps=accumulation)
        self.network = Linear(ms.float16)
        self.optimizer = AdamW(self.network.trainable_params(), settings)
        self.steps = steps(self.network, self.optimizer, settings)
        self.parameters = {**state_parameters(self.network, self.optimizer), **self.steps.parameters}
        self.beginning = {name: parameter.asnumpy().copy() for name, parameter in self.parameters.items()}

    def restart(self):
        """Reset to the initial state; the graphs stay compiled."""
        for name, parameter in self.parameters.items():
            ops.assign(parameter, Tensor(self.beginning[name]))  # in place: two graphs share the sums
        return self

    @graph_mode()
    def update(self, *batches):
        for number, arrays in enumerate(batches, 1):
            self.steps.run(batch(*arrays), number == len(batches))

    @property
    def scale(self):
        return self.steps.parameters["scaler.value"].asnumpy()

    def state(self):
        """Return copies of everything that an update changes except the scale: weights, moments, sums."""
        return {name: value.asnumpy().copy() for name, value in self.parameters.items() if "scaler" not in name}


@pytest.fixture(scope="module")
def trainings():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gradients_module, "_SCALE_WINDOW", WINDOW)
        yield {accumulation: Training(accumulation) for accumulation in (1, 2)}


@pytest.fixture(params=[1, 2])
def accumulation(request):
    return request.param


@pytest.fixture
def training(trainings, accumulation):
    return trainings[accumulation].restart()


def off_by(error):
    """Return rows on which the network has a given error: when scaled, 0.01 fits into float16, 1000 does not."""
    ids = rows(4)[0]
    right = (ids @ WEIGHTS["layer.weight"])[:, 0] * WEIGHTS["norm.gamma"] + WEIGHTS["layer.bias"]
    return ids, (right + error).astype(np.float32)


@pytest.mark.parametrize("error", [1000, np.nan])
def test_an_overflow_changes_nothing_but_halves_the_scale(training, accumulation, error):
    """The overflow may be in any batch of the update."""
    good = [off_by(0.01)] * accumulation
    training.update(*good)
    assert training.scale == 2**16
    before = training.state()
    for times, bad in enumerate(([off_by(error), *good[1:]], [*good[1:], off_by(error)]), 1):
        training.update(*bad)
        assert training.scale == 2**16 / 2**times
    after = training.state()
    for name, array in before.items():
        np.testing.assert_array_equal(after[name], array, err_msg=name)
    training.update(*good)
    assert training.scale == 2**14
    after = training.state()
    assert {name for name, array in after.items() if name[:7] == "weight." and (array != before[name]).any()} == {
        f"weight.{name}" for name in WEIGHTS
    }


def test_the_scale_doubles_after_many_updates_without_an_overflow(training, accumulation):
    good, bad = [off_by(0.01)] * accumulation, [off_by(1000)] * accumulation
    found, overflowed = [], []
    for batches in (bad, good, good, bad, good, good, good, good):
        training.update(*batches)
        found.append(training.scale / 2**16)
        overflowed.append(training.steps.overflowed)
    assert found == [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.5, 0.5]
    assert overflowed == [True, False, False, True, False, False, False, False]


def test_an_overflow_is_seen_at_the_least_scale_too(training, accumulation):
    """When the scale cannot be halved further; and only after an update."""
    good, bad = off_by(0.01), off_by(1e7)
    for _ in range(20):
        training.update(*[bad] * accumulation)
        assert training.steps.overflowed is True
    assert training.scale == 1
    training.update(*[good] * accumulation)
    assert training.steps.overflowed is False
    with graph_mode():
        training.steps.run(batch(*bad), False)
    assert training.steps.overflowed is (None if accumulation > 1 else True)


@graph_mode()
def test_gradients_too_small_for_float16_arrive():
    """An error of 1e-8: float16 ends at 6e-8."""
    network = Linear(ms.float16)
    for parameter in (network.weight, network.bias):
        parameter.set_data(Tensor(np.zeros(parameter.shape, np.float32)))
    before = values(network)
    ids, targets = rows(4)[0], np.full(4, 1e-8, np.float32)
    steps(network, Descent(network), TrainingSettings()).run(batch(ids, targets))
    expected = gradients(before, ids, targets)["layer.weight"]
    assert 0 < np.abs(expected).max() < 1e-6
    np.testing.assert_allclose(values(network)["layer.weight"], -expected, rtol=1e-2)


@pytest.mark.parametrize("wrap", [TextVectors, lambda encoder: encoder], ids=["pooled", "bare"])
@pytest.mark.parametrize(
    ("device", "compute_type", "scaled"),
    [
        ("CPU", None, False),
        ("CPU", "float16", True),
        ("GPU", None, True),
        ("Ascend", None, True),
        ("Ascend", "float32", False),
    ],
)
def test_it_is_float16_that_is_scaled(device, compute_type, scaled, wrap, tiny_config, monkeypatch):
    monkeypatch.setattr(model, "device_target", lambda: device)
    network = wrap(TinyBertModel(tiny_config.replace(compute_type=compute_type)))
    # These values are part of a saved state too.
    found = steps(network, Descent(network), TrainingSettings()).parameters
    assert set(found) == ({"scaler.value", "scaler.counter"} if scaled else set())
