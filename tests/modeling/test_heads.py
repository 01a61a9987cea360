"""Outputs of heads computed from the encoder's outputs, and access to the hidden states below a head."""

from __future__ import annotations

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor, nn

from tinybert import (
    Task,
    TinyBertForQuestionAnswering,
    TinyBertForSequenceClassification,
    TinyBertForTokenClassification,
)
from tinybert.errors import CheckpointError, ConfigError
from tinybert.modeling.heads import NETWORKS

TEXTS, WORDS, ANSWERS = "sequence-classification", "token-classification", "question-answering"


@pytest.fixture(scope="module")
def encoded(heads, make_inputs):
    """Inputs, and the encoder's sequence output and pooled output for them."""
    inputs = make_inputs()
    return inputs, [output.asnumpy() for output in heads[TEXTS].bert(*inputs)[:2]]


@pytest.mark.parametrize("act", ["relu", "none"])
@pytest.mark.parametrize("make", [TinyBertForSequenceClassification, TinyBertForTokenClassification])
def test_the_head_is_a_dense_layer_over_the_output(make, act, make_encoder, fill, encoded):
    # The encoder gets the same values as that of `heads`.
    network = fill(make(make_encoder(head_act=act, num_hidden_layers=1), 3), seed=3).set_train(False)
    inputs, (sequence_output, pooled_output) = encoded
    x = pooled_output if make is TinyBertForSequenceClassification else sequence_output
    assert (x < 0).any()
    weight, bias = (parameter.asnumpy() for parameter in (network.dense_1.weight, network.dense_1.bias))
    expected = (np.maximum(x, 0) if act == "relu" else x) @ weight.T + bias
    np.testing.assert_allclose(network(*inputs).asnumpy(), expected, atol=1e-5)


def test_the_head_for_answers_has_no_activation(heads, encoded):
    inputs, (sequence_output, _) = encoded
    network = heads[ANSWERS]
    expected = sequence_output @ network.dense_1.weight.asnumpy().T + network.dense_1.bias.asnumpy()
    for index, logits in enumerate(network(*inputs)):
        np.testing.assert_allclose(logits.asnumpy(), expected[..., index], atol=1e-5)


class Distilled(nn.Cell):
    """Cell that returns a task network's logits with the hidden states and attention scores, as for distillation."""

    def __init__(self, network):
        super().__init__(auto_prefix=False)
        self.network = network

    def construct(self, input_ids, input_mask, segment_ids):
        sequence_output, pooled_output, hidden, scores = self.network.bert.encode(
            input_ids, input_mask, segment_ids, True
        )
        return self.network.logits(sequence_output, pooled_output), hidden, scores


def flat(outputs):
    """All tensors in what a network returns, as arrays."""
    if isinstance(outputs, tuple):
        return [array for output in outputs for array in flat(output)]
    return [outputs.asnumpy()]


@pytest.fixture(scope="module")
def expected(heads, encoded):
    """By kind: the network's own logits, and hidden states and attention scores of its encoder."""
    inputs, _ = encoded
    return {kind: [flat(network(*inputs)), *map(flat, network.bert(*inputs)[3:])] for kind, network in heads.items()}


@pytest.mark.parametrize("kind", [TEXTS, WORDS, ANSWERS])
def test_hidden_states_and_scores_are_reached_behind_a_head(heads, encoded, expected, kept, mode, kind):
    inputs, _ = encoded
    distilled = Distilled(heads[kind]).set_train(False)
    kept.append(distilled)
    logits, hidden, scores = distilled(*map(Tensor, inputs))
    assert [len(part) for part in expected[kind]] == [2 if kind == ANSWERS else 1, 2, 1]
    for found, values in zip(map(flat, (logits, hidden, scores)), expected[kind], strict=True):
        for ours, theirs in zip(found, values, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_a_gradient_goes_through_hidden_states_behind_a_head(heads, make_inputs):
    distilled = Distilled(heads[TEXTS]).set_train(False)

    def loss(*inputs):
        logits, hidden, scores = distilled(*inputs)
        return logits.sum() + (hidden[0] ** 2).sum() + scores[0][:, :, 0, 0].sum()

    encoder = heads[TEXTS].bert
    parameters = [encoder.tinybert_embedding_lookup.embedding_table, heads[TEXTS].dense_1.weight]
    for gradient in ms.grad(loss, None, parameters)(*map(Tensor, make_inputs())):
        assert np.abs(gradient.asnumpy()).max() > 1e-3


def test_each_class_has_its_task(make_encoder):
    encoder = make_encoder()
    labels = ("a", "b", "c")
    assert encoder.task == Task()
    assert TinyBertForSequenceClassification(encoder, 3).task == Task(TEXTS)
    assert TinyBertForSequenceClassification(encoder, 3, labels=labels).task == Task(TEXTS, labels)
    assert TinyBertForSequenceClassification(encoder, 1).task == Task(TEXTS, problem="regression")
    assert TinyBertForSequenceClassification(encoder, 1, problem="multi-label").task == Task(TEXTS, (), "multi-label")
    assert TinyBertForTokenClassification(encoder, 3, labels=list(labels)).task == Task(WORDS, labels)
    assert TinyBertForQuestionAnswering(encoder).task == Task(ANSWERS)
    assert TinyBertForTokenClassification(encoder, 3, labels=labels).labels == labels


@pytest.mark.parametrize("kind", [TEXTS, WORDS])
def test_outputs_and_labels_must_fit(make_encoder, kind):
    for count in (0, -1, 2.0, "2", True, None):
        with pytest.raises(ConfigError, match=f"num_labels is {count!r}: it must be an integer of at least 1"):
            NETWORKS[kind](make_encoder(), count)
    with pytest.raises(ConfigError, match="labels are a, b: there must be as many as num_labels, 3"):
        NETWORKS[kind](make_encoder(), 3, labels=("a", "b"))


def test_a_problem_that_there_is_not_is_an_error(make_encoder):
    with pytest.raises(CheckpointError, match="problem is 'ranking': it must be one of single-label, multi-label, reg"):
        TinyBertForSequenceClassification(make_encoder(), 3, problem="ranking")
