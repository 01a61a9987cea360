"""A checkpoint is bound completely or not at all; mismatches are listed, and the network is then unchanged."""

from __future__ import annotations

import mindspore as ms
import numpy as np
import pytest
from mindspore import Parameter, Tensor

from tinybert import Task, TinyBertForSequenceClassification, TinyBertForTokenClassification
from tinybert.checkpoint.parsing import from_tensors
from tinybert.errors import BindingError, CheckpointError, TinyBertError
from tinybert.weights import bind

LAYER_0 = "tinybert_encoder.layers.0."
LAYER_1 = "tinybert_encoder.layers.1."


def arrays(network):
    return {name: parameter.asnumpy().copy() for name, parameter in network.parameters_and_names()}


def checkpoint_of(values, **config):
    return from_tensors(values, "some.ckpt", {"num_attention_heads": 4, **config})


@pytest.fixture
def encoder(make_encoder):
    return make_encoder(seed=1)


@pytest.fixture(scope="module")
def other(make_encoder):
    """The weights of another network of the same size."""
    return arrays(make_encoder(seed=2))


@pytest.fixture(scope="module")
def task_weights(make_encoder, fill):
    return arrays(fill(TinyBertForSequenceClassification(make_encoder(), 3), seed=3))


def check_same_bits(network, values):
    for name, parameter in network.parameters_and_names():
        assert parameter.asnumpy().tobytes() == values[name].tobytes(), name


def check_refused(network, checkpoint):
    """Check that binding fails without changing the network; return the error."""
    before = arrays(network)
    with pytest.raises(BindingError) as caught:
        bind(network, checkpoint)
    check_same_bits(network, before)
    error = caught.value
    assert isinstance(error, CheckpointError)
    assert isinstance(error, ValueError)
    assert isinstance(error, TinyBertError)
    assert str(error).startswith("some.ckpt does not fit the network, which was left as it was.")
    return error


def test_every_parameter_gets_its_value(encoder, other):
    bind(encoder, checkpoint_of(other))
    check_same_bits(encoder, other)


def test_the_report_tells_each_parameter_and_what_was_left_aside(encoder, other):
    file = {f"network.{name}": value for name, value in other.items()}
    file |= {"adam_m.dense.bias": other["dense.bias"], "global_step": np.array(7)}
    report = bind(encoder, checkpoint_of(file))
    assert report.bound == {name: f"network.{name}" for name in other}
    assert report.left_aside == {"adam_m.dense.bias": "optimizer state", "global_step": "training state"}
    assert (report.source, report.layout) == ("some.ckpt", "v1.0")
    lines = str(report).splitlines()
    assert lines[0] == "some.ckpt: 39 parameters bound, layout v1.0"
    assert "  dense.bias <- network.dense.bias" in lines
    assert lines[-1] == "  left aside: global_step (training state)"


def test_missing_parameters_are_listed(encoder, other):
    gone = ["dense.bias", f"{LAYER_1}output.dense.weight"]
    error = check_refused(encoder, checkpoint_of({name: other[name] for name in other if name not in gone}))
    assert sorted(error.missing) == gone
    assert (error.unexpected, error.mismatched) == ((), {})
    assert "missing in the file: dense.bias (24,)" in str(error)
    assert f"missing in the file: {LAYER_1}output.dense.weight (24, 32)" in str(error)


def test_unexpected_parameters_are_listed_by_the_files_names(make_encoder, other):
    error = check_refused(make_encoder(num_hidden_layers=1), checkpoint_of({f"bert.{n}": v for n, v in other.items()}))
    assert set(error.unexpected) == {name for name in other if name.startswith(LAYER_1)}
    assert len(error.unexpected) == 16
    assert f"not in the network: bert.{LAYER_1}intermediate.bias (32,)" in str(error)


def test_misshapen_parameters_are_listed_with_both_shapes(encoder, make_encoder):
    wider = checkpoint_of(arrays(make_encoder(intermediate_size=40, vocab_size=51)))
    error = check_refused(encoder, wider)
    assert error.mismatched["tinybert_embedding_lookup.embedding_table"] == ((50, 24), (51, 24))
    assert error.mismatched[f"{LAYER_0}intermediate.bias"] == ((32,), (40,))
    assert len(error.mismatched) == 7
    assert f"{LAYER_0}intermediate.weight: (32, 24) in the network, (40, 24) in the file" in str(error)


def test_a_transposed_weight_is_refused(encoder, other):
    name = f"{LAYER_0}intermediate.weight"
    sizes = {"intermediate_size": 24}
    error = check_refused(encoder, checkpoint_of({**other, name: other[name].T}, **sizes))
    assert list(error.mismatched) == [name]


def test_the_last_parameter_alone_not_fitting_leaves_the_first_untouched(encoder, other):
    last = list(other)[-1]
    check_refused(encoder, checkpoint_of({**other, last: other[last][:-1]}))


def test_what_mindspore_would_bind_in_part_is_refused(make_encoder, other):
    part = {name: value for name, value in other.items() if not name.startswith(f"{LAYER_0}attention")}
    network = make_encoder(seed=1)
    entries = {name: Parameter(Tensor(value), name=name) for name, value in part.items()}
    missing, _ = ms.load_param_into_net(network, entries, strict_load=True)
    assert len(missing) == 10  # only warned of
    assert len(check_refused(make_encoder(seed=1), checkpoint_of(part)).missing) == 10


def test_an_encoder_into_a_head_says_so(make_encoder, other):
    network = TinyBertForSequenceClassification(make_encoder(), 3)
    error = check_refused(network, checkpoint_of(other))
    assert error.missing == ("dense_1.weight", "dense_1.bias")
    assert "The file is that of an encoder alone; the network has a head" in str(error)
    bind(network.bert, checkpoint_of(other))  # what the message proposes
    check_same_bits(network.bert, other)


def test_a_head_into_an_encoder_says_so(encoder, task_weights):
    checkpoint = checkpoint_of(task_weights)
    assert checkpoint.num_labels == 3
    error = check_refused(encoder, checkpoint)
    assert "The file is that of a task network, with a head; the network is an encoder alone" in str(error)
    report = bind(encoder, checkpoint.encoder())  # what the message proposes
    check_same_bits(encoder, {name.removeprefix("bert."): value for name, value in task_weights.items()})
    assert set(report.left_aside) == {"dense_1.weight", "dense_1.bias"}
    assert checkpoint.encoder().num_labels is None


def test_a_head_of_another_size_is_misshapen(make_encoder, task_weights):
    error = check_refused(TinyBertForTokenClassification(make_encoder(), 5), checkpoint_of(task_weights))
    assert error.mismatched == {"dense_1.weight": ((5, 24), (3, 24)), "dense_1.bias": ((5,), (3,))}


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_float_types_are_bound_as_float32(encoder, other, dtype):
    bind(encoder, checkpoint_of({name: value.astype(dtype) for name, value in other.items()}))
    assert {parameter.dtype for parameter in encoder.get_parameters()} == {ms.float32}
    check_same_bits(encoder, {name: value.astype(dtype).astype(np.float32) for name, value in other.items()})


def test_an_encoder_takes_no_head_of_pre_training(make_encoder, make_checkpoint):
    checkpoint = make_checkpoint(task=Task("masked-language-modeling"))
    network = make_encoder(seed=5)
    report = bind(network, checkpoint)
    assert report.left_aside["cls1.output_bias"] == "the head; only the encoder was asked for"
    np.testing.assert_array_equal(network.dense.weight.asnumpy(), checkpoint.tensors["dense.weight"])
