"""The network computes what the published code computed; tests/golden/README.md says where the numbers come from."""

from __future__ import annotations

import mindspore as ms
import numpy as np
import pytest

from tinybert import TinyBertForSequenceClassification, TinyBertForTokenClassification, TinyBertModel
from tinybert.checkpoint.parsing import from_tensors
from tinybert.weights import bind

pytestmark = pytest.mark.usefixtures("mode")


def close(tensor, expected):
    # Masked scores are near -10000, where the step of float32 itself is 1e-3: hence the relative tolerance.
    np.testing.assert_allclose(tensor.asnumpy(), expected, rtol=1e-5, atol=1e-5)


def load(golden, name, make=lambda encoder, labels: encoder, **options):
    """The network of a golden file, and its data."""
    file = golden(name)
    checkpoint = from_tensors(file["param"], name, {})
    network = make(TinyBertModel(checkpoint.config, **options), checkpoint.num_labels)
    bind(network, checkpoint)
    data = file["data"]
    data["inputs"] = [data["input_ids"], data["input_mask"], data["token_type_ids"]]
    return network, data


@pytest.fixture(scope="module")
def encoder(golden):
    return load(golden, "encoder_small")


def expected_outputs(data):
    hidden_states = [data[f"hidden_{i}"] for i in range(3)]
    attention_scores = [data[f"attention_scores_{i}"] for i in range(2)]
    return data["sequence_output"], data["pooled_output"], hidden_states, attention_scores


def check_outputs(outputs, data):
    sequence_output, pooled_output, hidden_states, attention_scores = expected_outputs(data)
    close(outputs[0], sequence_output)
    close(outputs[1], pooled_output)
    for group, expected in ((outputs[3], hidden_states), (outputs[4], attention_scores)):
        assert isinstance(group, tuple)
        assert len(group) == len(expected)
        for tensor, values in zip(group, expected, strict=True):
            assert tensor.dtype == ms.float32
            close(tensor, values)


def test_the_five_outputs_in_their_order(encoder):
    network, data = encoder
    outputs = network(*data["inputs"])
    assert len(outputs) == 5
    assert {output.dtype for output in outputs[:3]} == {ms.float32}
    check_outputs(outputs, data)


def test_the_third_output_is_the_word_embedding_table_itself(encoder):
    network, data = encoder
    table = network(*data["inputs"])[2]
    assert table is network.embedding_table
    assert table.shape == (120, 48)
    assert table.name == "tinybert_embedding_lookup.embedding_table"


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@pytest.mark.parametrize("kind", ["tensor", "array"])
def test_int32_and_int64_tensors_and_arrays(encoder, dtype, kind):
    network, data = encoder
    arrays = [array.astype(dtype) for array in data["inputs"]]
    inputs = [ms.Tensor(array) for array in arrays] if kind == "tensor" else arrays
    check_outputs(network(*inputs), data)


def test_mask_and_segments_in_either_order(encoder):
    network, data = encoder
    input_ids, input_mask, segment_ids = data["inputs"]
    check_outputs(network(input_ids, segment_ids, input_mask), data)
    padded_on_the_left = input_ids[:1, :4], np.array([[0, 0, 1, 1]]), np.array([[0, 0, 0, 1]])
    outputs = [network(*padded_on_the_left), network(*(padded_on_the_left[index] for index in (0, 2, 1)))]
    np.testing.assert_array_equal(outputs[0][0].asnumpy(), outputs[1][0].asnumpy())


def test_inputs_by_name(encoder):
    network, data = encoder
    input_ids, input_mask, segment_ids = data["inputs"]
    check_outputs(network(segment_ids=segment_ids, input_mask=input_mask, input_ids=input_ids), data)


def test_without_all_encoders_three_outputs_remain(golden):
    network, data = load(golden, "encoder_small", return_all_encoders=False)
    outputs = network(*data["inputs"])
    assert len(outputs) == 3
    close(outputs[0], data["sequence_output"])
    close(outputs[1], data["pooled_output"])
    assert outputs[2] is network.embedding_table


def test_classifier(golden):
    network, data = load(golden, "classifier_small", TinyBertForSequenceClassification)
    logits = network(*data["inputs"])
    assert logits.dtype == ms.float32
    assert logits.shape == (3, 3)
    close(logits, data["logits"])


def test_tagger(golden):
    network, data = load(golden, "tagger_small", TinyBertForTokenClassification)
    logits = network(*data["inputs"])
    assert logits.dtype == ms.float32
    assert logits.shape == (3, 16, 5)
    close(logits.reshape((-1, 5)), data["logits"])
