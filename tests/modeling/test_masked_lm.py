"""The masked language model, against its definition in NumPy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tinybert import TinyBertForMaskedLM
from tinybert.errors import InputError

ACTS = {
    "gelu": lambda x: x * 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "gelu_erf": np.vectorize(lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2)))),
    "relu": lambda x: np.maximum(x, 0),
}


def expected(network, hidden):
    """Logits of rows of the sequence output: the output layer is the word embeddings."""
    value = {name: parameter.asnumpy().astype(np.float64) for name, parameter in network.parameters_and_names()}
    x = ACTS[network.config.hidden_act](hidden @ value["cls1.dense.weight"].T + value["cls1.dense.bias"])
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + network.config.layer_norm_eps)
    x = x * value["cls1.layernorm.gamma"] + value["cls1.layernorm.beta"]
    return x @ value["bert.tinybert_embedding_lookup.embedding_table"].T + value["cls1.output_bias"]


@pytest.fixture(scope="module", params=ACTS)
def network(request, make_encoder, fill, kept):
    network = fill(TinyBertForMaskedLM(make_encoder(num_hidden_layers=1, hidden_act=request.param)), seed=3)
    kept.append(network)
    return network.set_train(False)


def test_logits_are_the_head_over_each_position(network, make_inputs):
    inputs = make_inputs()
    hidden = network.bert(*inputs)[0].asnumpy()
    logits = network(*inputs).asnumpy()
    assert (logits.shape, logits.dtype) == ((3, 8, 50), np.float32)
    np.testing.assert_allclose(logits, expected(network, hidden), atol=1e-4)


def test_the_logits_of_a_few_positions_are_those_of_the_whole(network, make_inputs):
    inputs = make_inputs()
    hidden, logits = network.bert(*inputs)[0].asnumpy(), network(*inputs).asnumpy()
    for rows in ([0], [2, 0, 1]):
        found = network.predict(hidden[rows, 1]).asnumpy()
        np.testing.assert_allclose(found, logits[rows, 1], atol=1e-5)


@pytest.mark.parametrize("shape", [(0, 24), (3, 23), (24,), (1, 1, 24)])
def test_rows_of_another_shape_are_refused(network, shape):
    with pytest.raises(InputError, match=r"must be \(N, 24\), with N of at least 1"):
        network.predict(np.zeros(shape, np.float32))


def test_weights_that_change_later_count(make_encoder, fill, kept):
    network = fill(TinyBertForMaskedLM(make_encoder(num_hidden_layers=1)), seed=3).set_train(False)
    kept.append(network)
    rows = np.random.RandomState(0).normal(size=(2, 24)).astype(np.float32)
    network.predict(rows)
    fill(network, seed=4)
    np.testing.assert_allclose(network.predict(rows).asnumpy(), expected(network, rows), atol=1e-4)
