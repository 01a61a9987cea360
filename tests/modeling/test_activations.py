"""The numerical constants of a configuration: activation, LayerNorm epsilon, compute type."""

from __future__ import annotations

import math

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor

from tinybert.config import HIDDEN_ACTS
from tinybert.modeling.layers import ACTIVATIONS, LayerNorm, exact_tanh

X = np.linspace(-10, 10, 40001)


def gelu(x):
    """GELU, tanh approximation of Hendrycks and Gimpel 2016."""
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def gelu_erf(x):
    return x * 0.5 * (1 + np.array([math.erf(value / math.sqrt(2)) for value in x]))


def relu(x):
    return np.maximum(x, 0)


FORMULAS = {"gelu": gelu, "gelu_erf": gelu_erf, "relu": relu}


@pytest.mark.parametrize("name", HIDDEN_ACTS)
def test_an_activation_is_its_formula(name, mode):
    computed = ACTIVATIONS[name]()(Tensor(X, ms.float32)).asnumpy()
    np.testing.assert_allclose(computed, FORMULAS[name](X.astype(np.float32).astype(np.float64)), rtol=0, atol=1e-6)


def test_the_three_activations_differ():
    values = [FORMULAS[name](X) for name in HIDDEN_ACTS]
    assert np.abs(values[0] - values[1]).max() > 1e-4
    assert np.abs(values[0] - values[2]).max() > 1e-1


def test_tanh_is_exact():
    computed = exact_tanh(Tensor(X, ms.float32)).asnumpy()
    np.testing.assert_allclose(computed, np.tanh(X), rtol=0, atol=2e-6)


@pytest.mark.parametrize("eps", [1e-7, 1e-12, 1e-3])
def test_layer_norm_adds_its_epsilon_to_the_variance(eps):
    x = np.random.RandomState(0).normal(0, 1e-3, (5, 24)).astype(np.float32)
    variance = x.astype(np.float64).var(axis=1, keepdims=True)
    expected = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(variance + eps)
    np.testing.assert_allclose(LayerNorm(24, eps)(Tensor(x)).asnumpy(), expected, rtol=1e-4, atol=1e-5)


def layer_by_hand(network, hidden, act):
    """Compute the second half of the first layer from the weights of a network, in float64."""

    def weights(cell):
        return [parameter.asnumpy().astype(np.float64) for parameter in cell.get_parameters()]

    layer = network.tinybert_encoder.layers[0]
    (up, up_bias), (down, down_bias, gamma, beta) = weights(layer.intermediate), weights(layer.output)
    x = act((hidden @ up.T + up_bias).ravel()).reshape(len(hidden), -1) @ down.T + down_bias + hidden
    x = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + 1e-7)
    return x * gamma + beta


@pytest.mark.parametrize("name", HIDDEN_ACTS)
def test_hidden_act_is_what_the_feed_forward_layer_uses(make_encoder, name):
    network = make_encoder(hidden_act=name)
    layer = network.tinybert_encoder.layers[0]
    hidden = np.random.RandomState(0).normal(0, 1, (6, 24)).astype(np.float32)
    computed = layer.output(layer.activation(layer.intermediate(Tensor(hidden))), Tensor(hidden)).asnumpy()
    np.testing.assert_allclose(computed, layer_by_hand(network, hidden, FORMULAS[name]), rtol=1e-4, atol=1e-5)


def test_layer_norm_eps_reaches_the_network(make_encoder, make_inputs, eagerly):
    outputs = {}
    for eps in (1e-7, 1e-12):
        network = make_encoder(layer_norm_eps=eps, num_hidden_layers=1, return_all_encoders=False)
        # All word vectors are equal up to 1e-4, so the variance in LayerNorm is tiny.
        for name, parameter in network.parameters_and_names():
            if "embedding" in name and "layernorm" not in name:
                parameter.set_data(Tensor(parameter.asnumpy() * 1e-4))
        outputs[eps] = eagerly(network, make_inputs())[0]
    assert np.abs(outputs[1e-7] - outputs[1e-12]).max() > 1e-3


def test_float16_inside_stays_close_and_comes_out_as_float32(make_encoder, make_inputs, eagerly):
    half = make_encoder(compute_type="float16")(*make_inputs())
    assert {output.dtype for output in (half[0], half[1], *half[3], *half[4])} == {ms.float32}
    exact = eagerly(make_encoder(compute_type="float32"), make_inputs())
    differences = [np.abs(a - b.asnumpy()).max() for a, b in zip(exact[3], half[3], strict=True)]
    assert max(differences) < 2e-2
    assert max(differences) > 1e-5  # it was float16
    np.testing.assert_allclose(half[1].asnumpy(), exact[1], rtol=0, atol=2e-2)


def test_float32_is_the_default_on_cpu(make_encoder):
    assert make_encoder().dense.compute_type == ms.float32
    assert make_encoder(compute_type="float16").dense.compute_type == ms.float16
