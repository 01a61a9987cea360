"""Any batch size and length: no recompilation, and a row's result does not depend on the other rows or padding."""

from __future__ import annotations

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn, ops

from tinybert.modeling.embeddings import AttentionBias

compilations = []


@ops.constexpr
def note_compilation():
    compilations.append(1)
    return 1


class CountedBias(nn.Cell):
    """Cell that records each compilation of a network that contains it."""

    def __init__(self, config):
        super().__init__()
        self.bias = AttentionBias(config)

    def construct(self, input_mask):
        return self.bias(input_mask) * note_compilation()


@pytest.fixture(scope="module")
def network(heads):
    return heads["token-classification"].bert


@pytest.fixture(scope="module")
def two_layers(make_encoder):
    return make_encoder()


@pytest.mark.parametrize("shape", [(1, 1), (1, 16), (5, 1), (2, 7), (7, 16), (1, 3), (3, 2)])
def test_outputs_have_the_shapes_of_any_input(two_layers, make_inputs, mode, shape):
    batch_size, length = shape
    sequence, pooled, table, hidden_states, scores = two_layers(*make_inputs(batch_size, length))
    assert sequence.shape == (batch_size, length, 24)
    assert pooled.shape == (batch_size, 24)
    assert table.shape == (50, 24)
    assert [state.shape for state in hidden_states] == [(batch_size, length, 24)] * 3
    assert [score.shape for score in scores] == [(batch_size, 4, length, length)] * 2
    assert all(np.isfinite(state.asnumpy()).all() for state in hidden_states)


def test_one_compilation_serves_every_shape(make_encoder, make_inputs, tiny_config, mode):
    network = make_encoder(num_hidden_layers=1, return_all_encoders=False)
    network.attention_bias = CountedBias(tiny_config)
    compilations.clear()
    network(*make_inputs(2, 5))
    first = len(compilations)
    assert first > 0
    for batch_size in (1, 3, 8):
        for length in (1, 6, 16):
            network(*make_inputs(batch_size, length))
    assert len(compilations) == first


def test_a_row_alone_is_the_same_row_in_a_padded_batch(network, make_inputs, mode):
    input_ids, input_mask, segment_ids = make_inputs(batch_size=4, length=16)
    batch = network(input_ids, input_mask, segment_ids)
    for row, length in enumerate(input_mask.sum(axis=1)):
        part = np.s_[row : row + 1, :length]
        alone = network(input_ids[part], input_mask[part], segment_ids[part])
        np.testing.assert_allclose(batch[1].asnumpy()[row], alone[1].asnumpy()[0], rtol=1e-5, atol=1e-5)
        for padded, bare in zip(batch[3], alone[3], strict=True):
            np.testing.assert_allclose(padded.asnumpy()[row, :length], bare.asnumpy()[0], rtol=1e-5, atol=1e-5)


def test_padding_ids_do_not_matter(network, make_inputs, mode):
    input_ids, input_mask, segment_ids = make_inputs()
    other = np.where(input_mask == 1, input_ids, 49 - input_ids)
    first, second = (network(ids, input_mask, segment_ids) for ids in (input_ids, other))
    np.testing.assert_allclose(first[1].asnumpy(), second[1].asnumpy(), rtol=1e-5, atol=1e-5)


def test_mask_and_segments_default_to_one_text_without_padding(network, make_inputs, mode):
    input_ids = make_inputs()[0]
    short = network(input_ids)
    long = network(input_ids, np.ones_like(input_ids), np.zeros_like(input_ids))
    np.testing.assert_array_equal(short[0].asnumpy(), long[0].asnumpy())


def test_an_empty_row_that_fills_up_a_batch_changes_nothing_else(network, make_inputs, mode):
    inputs = make_inputs(batch_size=2)
    filled = [np.concatenate([array, np.zeros_like(array[:1])]) for array in inputs]
    expected = network(*inputs)[1].asnumpy()
    pooled = network(*filled)[1].asnumpy()
    np.testing.assert_allclose(pooled[:2], expected, rtol=1e-5, atol=1e-5)
    assert np.isfinite(pooled).all()


def test_heads_over_tokens_take_any_shape(heads, make_inputs):
    tagger, reader = heads["token-classification"], heads["question-answering"]
    for batch_size, length in ((1, 1), (3, 16), (2, 4)):
        inputs = make_inputs(batch_size, length)
        assert tagger(*inputs).shape == (batch_size, length, 5)
        start, end = reader(*inputs)
        assert start.shape == end.shape == (batch_size, length)
        assert start.dtype == end.dtype == ms.float32
