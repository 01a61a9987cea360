"""MindSpore's own mixed precision works with the networks, with results close to float32."""

from __future__ import annotations

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor, amp, nn

from tinybert import TinyBertForSequenceClassification


def by_to_float(network):
    return network.to_float(ms.float16)


def by_amp_o2(network):
    return amp.auto_mixed_precision(network, "O2")


def by_amp_o3(network):
    return amp.auto_mixed_precision(network, "O3")


@pytest.mark.parametrize(
    "mixed", [by_to_float, *(pytest.param(way, marks=pytest.mark.slow) for way in (by_amp_o2, by_amp_o3))]
)
def test_outputs_come_close_to_float32(make_encoder, fill, make_inputs, eagerly, mode, mixed):
    inputs = [Tensor(array) for array in make_inputs()]
    expected = eagerly(fill(make_encoder(num_hidden_layers=1)), make_inputs())
    found = mixed(fill(make_encoder(num_hidden_layers=1)))(*inputs)
    for output, array in zip(found[:2], expected[:2], strict=True):
        assert output.dtype == ms.float32
        np.testing.assert_allclose(output.asnumpy(), array, atol=0.02)


class ClassifierLoss(nn.Cell):
    def __init__(self, network):
        super().__init__(auto_prefix=False)
        self.network = network
        self.loss = nn.CrossEntropyLoss()

    def construct(self, input_ids, input_mask, segment_ids, labels):
        return self.loss(self.network(input_ids, input_mask, segment_ids).astype(ms.float32), labels)


@pytest.mark.slow
def test_a_training_network_at_o3_learns(make_encoder, make_inputs, mode):
    classifier = TinyBertForSequenceClassification(make_encoder(num_hidden_layers=1), 2, dropout_prob=0.0)
    optimizer = nn.Adam(classifier.trainable_params(), learning_rate=0.003)
    step = amp.build_train_network(ClassifierLoss(classifier), optimizer, level="O3").set_train()
    batch = [*map(Tensor, make_inputs()), Tensor(np.array([0, 1, 1], np.int32))]
    losses = [float(step(*batch)) for _ in range(8)]
    assert losses[-1] < losses[0]
