"""What a head computes from what its encoder does: with a ReLU as published, or without as at Hugging Face."""

import numpy as np
import pytest

from tinybert import TinyBertForSequenceClassification, TinyBertForTokenClassification


@pytest.mark.parametrize("act", ["relu", "none"])
@pytest.mark.parametrize("make", [TinyBertForSequenceClassification, TinyBertForTokenClassification])
def test_the_head_is_a_dense_layer_over_the_output(make, act, make_encoder, make_inputs, fill):
    network = fill(make(make_encoder(head_act=act), 3)).set_train(False)
    inputs = make_inputs()
    sequence_output, pooled_output = (output.asnumpy() for output in network.bert(*inputs)[:2])
    x = pooled_output if make.uses_pooler else sequence_output
    assert (x < 0).any()
    weight, bias = (parameter.asnumpy() for parameter in (network.dense_1.weight, network.dense_1.bias))
    expected = (np.maximum(x, 0) if act == "relu" else x) @ weight.T + bias
    np.testing.assert_allclose(network(*inputs).asnumpy(), expected, atol=1e-5)
