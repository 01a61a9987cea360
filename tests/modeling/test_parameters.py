"""Parameter names are those of the published v1.0 checkpoint, whatever is done with the network: clients rely on it."""

from __future__ import annotations

import copy

import pytest
from mindspore import nn

from tinybert import (
    TinyBertConfig,
    TinyBertForQuestionAnswering,
    TinyBertForSequenceClassification,
    TinyBertForTokenClassification,
    TinyBertModel,
)

LAYER = {
    "attention.attention.query_layer.weight",
    "attention.attention.query_layer.bias",
    "attention.attention.key_layer.weight",
    "attention.attention.key_layer.bias",
    "attention.attention.value_layer.weight",
    "attention.attention.value_layer.bias",
    "attention.output.dense.weight",
    "attention.output.dense.bias",
    "attention.output.layernorm.gamma",
    "attention.output.layernorm.beta",
    "intermediate.weight",
    "intermediate.bias",
    "output.dense.weight",
    "output.dense.bias",
    "output.layernorm.gamma",
    "output.layernorm.beta",
}
PUBLISHED = {
    "tinybert_embedding_lookup.embedding_table",
    "tinybert_embedding_postprocessor.embedding_table",
    "tinybert_embedding_postprocessor.full_position_embeddings",
    "tinybert_embedding_postprocessor.layernorm.gamma",
    "tinybert_embedding_postprocessor.layernorm.beta",
    "dense.weight",
    "dense.bias",
    *(f"tinybert_encoder.layers.{i}.{name}" for i in range(2) for name in LAYER),
}
WITH_HEAD = {*(f"bert.{name}" for name in PUBLISHED), "dense_1.weight", "dense_1.bias"}


class Notebook(nn.Cell):
    def __init__(self, backbone):
        super().__init__()
        self.backbone = backbone
        self.classify = nn.Dense(24, 2)

    def construct(self, input_ids, input_mask, segment_ids):
        return self.classify(self.backbone(input_ids, input_mask, segment_ids)[1])


def names(network):
    return [parameter.name for parameter in network.get_parameters()]


def test_an_encoder_has_the_published_names_before_and_after_calls(make_encoder, make_inputs, mode):
    network = make_encoder()
    before = names(network)
    assert set(before) == PUBLISHED
    assert len(before) == len(PUBLISHED) == 39
    network(*make_inputs())
    network.set_train(True)
    network(*make_inputs())
    assert names(network) == before
    assert [name for name, _ in network.parameters_and_names()] == before
    assert names(copy.deepcopy(network)) == before


@pytest.mark.parametrize(
    "head",
    [
        lambda encoder: TinyBertForSequenceClassification(encoder, 3),
        lambda encoder: TinyBertForTokenClassification(encoder, 3),
        TinyBertForQuestionAnswering,
    ],
)
def test_a_head_adds_one_dense_layer(make_encoder, make_inputs, head):
    network = head(make_encoder())
    assert set(names(network)) == WITH_HEAD
    network(*make_inputs())
    assert set(names(network)) == WITH_HEAD


def test_inside_somebodys_cell_the_names_get_its_prefix(make_encoder, make_inputs):
    encoder = make_encoder()
    encoder(*make_inputs())
    network = Notebook(encoder)
    expected = {*(f"backbone.{name}" for name in PUBLISHED), "classify.weight", "classify.bias"}
    assert set(names(network)) == expected
    encoder(*make_inputs())
    assert set(names(network)) == expected


def test_all_parameters_are_trainable(make_encoder):
    network = TinyBertForSequenceClassification(make_encoder(), 3)
    assert {parameter.name for parameter in network.trainable_params()} == WITH_HEAD


def test_the_published_network_has_its_published_size():
    network = TinyBertModel(TinyBertConfig())
    assert sum(parameter.size for parameter in network.get_parameters()) == 19_164_288
