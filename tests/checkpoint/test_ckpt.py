"""Written `.ckpt` files are byte for byte those that MindSpore writes for the same parameters."""

from __future__ import annotations

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor
from mindspore.train import serialization

from tinybert.checkpoint import ckpt, save_checkpoint
from tinybert.checkpoint.ckpt import parse_ckpt, render_ckpt
from tinybert.task import KINDS, Task
from tinybert.weights import build_network, checkpoint_of

ARRAYS = {
    "float32": np.arange(12, dtype=np.float32).reshape(3, 4) / 7,
    "float16": np.arange(6, dtype=np.float16).reshape(2, 3) / 7,
    "float64": np.array([0.1, -0.2]),
    "int64": np.array([[2**40, -1]]),
    "int32": np.array([1, 2, 3], np.int32),
    "int16": np.array([-300, 300], np.int16),
    "int8": np.array([-7, 7], np.int8),
    "uint8": np.array([0, 255], np.uint8),
    "bool": np.array([True, False]),
    "scalar": np.float32(3),
    "名": np.ones(1, np.float32),
}


def saved(path, what):
    """Return the bytes that MindSpore writes for a network, or for arrays by name."""
    if isinstance(what, dict):
        what = [{"name": name, "data": Tensor(array)} for name, array in what.items()]
    ms.save_checkpoint(what, str(path))
    return path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_is_written_as_mindspore_writes_it(tmp_path, tiny_config, fill, kind):
    network = fill(build_network(tiny_config, Task(kind), num_labels=3))
    path = save_checkpoint(checkpoint_of(network), tmp_path / "ours.ckpt")
    assert path.read_bytes() == saved(tmp_path / "theirs.ckpt", network)
    parameters = ms.load_checkpoint(str(path))
    assert list(parameters) == [parameter.name for parameter in network.get_parameters()]
    for parameter in network.get_parameters():
        assert parameters[parameter.name].asnumpy().tobytes() == parameter.asnumpy().tobytes()


def test_every_type_is_written_as_mindspore_writes_it(tmp_path):
    assert b"".join(render_ckpt(ARRAYS)) == saved(tmp_path / "theirs.ckpt", ARRAYS)


def test_a_large_parameter_is_cut_where_mindspore_cuts_it(tmp_path, monkeypatch):
    monkeypatch.setattr(serialization, "SLICE_SIZE", 1)  # kilobytes; really 512 MB
    monkeypatch.setattr(ckpt, "_PART_BYTES", 1 << 10)
    arrays = {"table": np.random.RandomState(0).normal(size=(51, 40)).astype(np.float32), "bias": np.ones(40)}
    data = b"".join(render_ckpt(arrays))
    assert data == saved(tmp_path / "theirs.ckpt", arrays)
    parsed = parse_ckpt(data, "the file")
    for name, array in arrays.items():
        np.testing.assert_array_equal(parsed[name], array)
    np.testing.assert_array_equal(ms.load_checkpoint(str(tmp_path / "theirs.ckpt"))["table"].asnumpy(), arrays["table"])


def test_parts_are_as_large_as_mindspores():
    assert ckpt._PART_BYTES == serialization.SLICE_SIZE << 10


@pytest.mark.parametrize("order", ["F", "C"])
def test_the_order_in_memory_does_not_matter(order):
    array = np.asarray(np.arange(6, dtype=np.float32).reshape(2, 3), order=order)
    for each in (array, np.arange(12, dtype=np.float32).reshape(2, 6)[:, ::2] / 2):
        np.testing.assert_array_equal(parse_ckpt(b"".join(render_ckpt({"a": each})), "the file")["a"], each)
