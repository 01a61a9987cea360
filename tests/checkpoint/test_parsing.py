"""Reading of files in any layout: what is read, what is left aside, and what is rejected."""

from __future__ import annotations

import numpy as np
import pytest

from tinybert.checkpoint import parse_checkpoint
from tinybert.checkpoint.ckpt import render_ckpt
from tinybert.checkpoint.layouts import LAYOUTS, name_in
from tinybert.checkpoint.parsing import from_tensors
from tinybert.errors import CheckpointError
from tinybert.task import KINDS, Task

HEADS = {"num_attention_heads": 4}


@pytest.fixture(scope="module")
def tensors(make_checkpoint):
    """The arrays of an encoder."""
    return make_checkpoint().tensors


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_is_read_into_the_networks_own_names(make_checkpoint, layout, kind):
    checkpoint = make_checkpoint(task=Task(kind), num_labels=3)
    names = {own: name_in(layout, own, checkpoint.task.facts) for own in checkpoint.tensors}
    found = from_tensors({names[own]: array for own, array in checkpoint.tensors.items()}, "some.ckpt", HEADS)
    assert (found.layout, found.source, found.names) == (layout, "some.ckpt", names)
    assert found.left_aside == {}
    assert found.num_labels == checkpoint.num_labels
    assert found.config.head_act == ("none" if layout == "huggingface" else "relu")
    for own, array in checkpoint.tensors.items():
        assert found.tensors[own] is array


def test_what_is_left_aside_is_there_with_its_reason(tensors):
    file = {f"network.{name}": array for name, array in tensors.items()}
    file |= {"adam_m.dense.bias": tensors["dense.bias"], "global_step": np.array(7)}
    found = from_tensors(file, "some.ckpt", HEADS)
    assert set(found.tensors) == set(tensors)
    assert found.left_aside == {"adam_m.dense.bias": "optimizer state", "global_step": "training state"}


def test_bytes_are_parsed_with_what_is_declared(tensors):
    data = b"".join(render_ckpt(tensors))
    found = parse_checkpoint(data, "ckpt", "the bytes", **HEADS, hidden_act="relu", head_act="none")
    assert (found.source, found.config.hidden_act, found.config.head_act) == ("the bytes", "relu", "none")


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_float_types_are_kept_as_they_are(tensors, dtype):
    found = from_tensors({name: array.astype(dtype) for name, array in tensors.items()}, "some.ckpt", HEADS)
    assert {array.dtype for array in found.tensors.values()} == {np.dtype(dtype)}


def test_integers_are_no_weights(tensors):
    quantized = {**tensors, "dense.weight": tensors["dense.weight"].astype(np.int8)}
    with pytest.raises(CheckpointError, match=r"some.ckpt: dense.weight is of int8: weights must be float16, float32"):
        from_tensors(quantized, "some.ckpt", HEADS)


def test_two_names_for_one_parameter_are_refused(tensors):
    twice = {**tensors, "pooler.dense.bias": tensors["dense.bias"]}
    with pytest.raises(CheckpointError, match=r"dense.bias and pooler.dense.bias are the same parameter"):
        from_tensors(twice, "some.ckpt", HEADS)


def test_unknown_names_are_listed(tensors):
    unknown = {f"resnet.{i}.weight": tensors["dense.bias"] for i in range(7)}
    with pytest.raises(CheckpointError, match=r"7 of its 46 names are not known, resnet.0.weight, .* and 2 more"):
        from_tensors({**tensors, **unknown}, "some.ckpt", HEADS)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_refused(tensors, value):
    broken = {**tensors, "dense.weight": tensors["dense.weight"].copy()}
    broken["dense.weight"][1, 2] = value
    with pytest.raises(
        CheckpointError, match=r"some.ckpt holds NaN or infinity in dense.weight: the training .* diver"
    ):
        from_tensors(broken, "some.ckpt", HEADS)


def test_one_of_several_networks_is_read(tensors):
    file = {f"{prefix}{name}": array for prefix in ("teacher.", "bert.") for name, array in tensors.items()}
    assert from_tensors(file, "some.ckpt", HEADS).names["dense.bias"] == "bert.dense.bias"
    assert from_tensors(file, "some.ckpt", HEADS, "teacher.").names["dense.bias"] == "teacher.dense.bias"


@pytest.mark.parametrize("shape", [(), (8,), (0, 8), (2, 8, 1)])
def test_a_head_of_no_heads_shape_is_named(tensors, shape):
    file = {**tensors, "dense_1.weight": np.zeros(shape, np.float32), "dense_1.bias": np.zeros(2, np.float32)}
    with pytest.raises(CheckpointError, match=r"some.ckpt: dense_1.weight has shape \(.*\), but a head's is"):
        from_tensors(file, "some.ckpt", HEADS)
