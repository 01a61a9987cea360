"""Real weights (all-MiniLM-L6-v2) give PyTorch's results, as recorded by tests/golden/make_minilm_golden.py."""

from __future__ import annotations

import numpy as np
import pytest
from mindspore.nn.utils import no_init_parameters

from tinybert import TinyBertConfig, TinyBertModel
from tinybert.checkpoint import read_checkpoint, save_checkpoint
from tinybert.weights import bind, checkpoint_of

pytestmark = pytest.mark.slow  # the weights have to be fetched


@pytest.fixture(scope="module")
def expected(golden):
    return golden("minilm_l6")


@pytest.fixture(scope="module")
def network(minilm):
    checkpoint = read_checkpoint(minilm)
    with no_init_parameters():
        network = TinyBertModel(checkpoint.config)
    report = bind(network, checkpoint)
    assert len(report.bound) == 103
    assert set(report.left_aside.values()) <= {"the numbers 0 to T-1"}
    return network


@pytest.fixture(scope="module")
def outputs(network, expected):
    return network(expected["input_ids"], expected["input_mask"], expected["segment_ids"])


def test_its_configuration_is_read(network):
    assert network.config.replace(seq_length=128) == TinyBertConfig.preset("minilm-6l-384")


def test_hidden_states_of_real_sentences(outputs, expected):
    rows = np.arange(len(expected["texts"]))[:, None]
    for hidden, values in zip(outputs[3], expected["hidden"], strict=True):
        found = hidden.asnumpy()[rows, expected["positions"], :16]
        np.testing.assert_allclose(found, values, rtol=0, atol=1e-4)


def test_pooled_output_and_sentence_embeddings(outputs, expected):
    np.testing.assert_allclose(outputs[1].asnumpy()[:, :32], expected["pooled"], rtol=0, atol=1e-4)
    mask = expected["input_mask"][..., None]
    mean = (outputs[0].asnumpy() * mask).sum(axis=1) / mask.sum(axis=1)
    embedding = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    np.testing.assert_allclose(embedding[:, :32], expected["embedding"], rtol=0, atol=1e-4)


def test_it_comes_back_from_a_checkpoint_in_published_names(network, tmp_path):
    path = save_checkpoint(checkpoint_of(network), tmp_path / "minilm.ckpt")
    known = {"hidden_act": "gelu_erf", "head_act": "none", "layer_norm_eps": 1e-12, "seq_length": 256}
    checkpoint = read_checkpoint(path, **known)
    assert checkpoint.config == network.config
    for name, parameter in network.parameters_and_names():
        np.testing.assert_array_equal(parameter.asnumpy(), checkpoint.tensors[name])
