"""Parameter names are those of the published v1.0 checkpoint in any use of the network, since clients rely on it."""

from __future__ import annotations

import copy

import pytest
from mindspore import nn
from mindspore.nn.utils import no_init_parameters

from tinybert import Task, TinyBertConfig, TinyBertForSequenceClassification, TinyBertModel
from tinybert.weights import add_head

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
OTHERS = {
    "tinybert_embedding_lookup.embedding_table",
    "tinybert_embedding_postprocessor.embedding_table",
    "tinybert_embedding_postprocessor.full_position_embeddings",
    "tinybert_embedding_postprocessor.layernorm.gamma",
    "tinybert_embedding_postprocessor.layernorm.beta",
    "dense.weight",
    "dense.bias",
}
ONE_LAYER = OTHERS | {f"tinybert_encoder.layers.0.{name}" for name in LAYER}
TWO_LAYERS = ONE_LAYER | {f"tinybert_encoder.layers.1.{name}" for name in LAYER}
WITH_HEAD = {*(f"bert.{name}" for name in ONE_LAYER), "dense_1.weight", "dense_1.bias"}


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
    assert set(before) == TWO_LAYERS
    assert len(before) == len(TWO_LAYERS) == 39
    network(*make_inputs())
    network.set_train(True)
    network(*make_inputs())
    assert names(network) == before
    assert [name for name, _ in network.parameters_and_names()] == before
    assert names(copy.deepcopy(network)) == before


@pytest.mark.parametrize("kind", ["sequence-classification", "token-classification", "question-answering"])
def test_a_head_adds_one_dense_layer(heads, make_encoder, make_inputs, kind):
    fresh, called = add_head(make_encoder(num_hidden_layers=1), Task(kind), 2), heads[kind]
    called(*make_inputs())
    assert set(names(fresh)) == set(names(called)) == WITH_HEAD


def test_inside_somebodys_cell_the_names_get_its_prefix(make_encoder, make_inputs):
    encoder = make_encoder(num_hidden_layers=1)
    encoder(*make_inputs())
    network = Notebook(encoder)
    expected = {*(f"backbone.{name}" for name in ONE_LAYER), "classify.weight", "classify.bias"}
    assert set(names(network)) == expected
    encoder(*make_inputs())
    assert set(names(network)) == expected


def test_all_parameters_are_trainable(make_encoder):
    network = TinyBertForSequenceClassification(make_encoder(num_hidden_layers=1), 3)
    assert {parameter.name for parameter in network.trainable_params()} == WITH_HEAD


def test_the_published_network_has_its_published_size():
    with no_init_parameters():  # drawing 19 million numbers takes a second
        network = TinyBertModel(TinyBertConfig())
    assert sum(parameter.size for parameter in network.get_parameters()) == 19_164_288
