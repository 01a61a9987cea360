"""File formats: what MindSpore wrote is read back, and anything else raises CheckpointError and no other error."""

from __future__ import annotations

import contextlib
import json
import struct

import mindspore as ms
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mindspore import Tensor
from mindspore.train import serialization
from mindspore.train.checkpoint_pb2 import Checkpoint as CheckpointMessage

from tinybert.checkpoint.formats import FORMATS, parse
from tinybert.errors import CheckpointError

ARRAYS = {
    "float32": np.arange(12, dtype=np.float32).reshape(3, 4) / 7,
    "float16": np.arange(6, dtype=np.float16).reshape(2, 3) / 7,
    "float64": np.array([0.1, -0.2]),
    "int64": np.array([[2**40, -1]]),
    "int32": np.array([1, 2, 3], np.int32),
    "int8": np.array([-7, 7], np.int8),
    "uint8": np.array([0, 255], np.uint8),
    "bool": np.array([True, False]),
}


def save(path, arrays, **options):
    entries = [{"name": name, "data": Tensor(array)} for name, array in arrays.items()]
    ms.save_checkpoint(entries, str(path), format=path.suffix[1:], **options)
    return path.read_bytes()


def message(*values):
    """A `.ckpt` file of (name, type, dims, content)."""
    checkpoint = CheckpointMessage()
    for name, kind, dims, content in values:
        value = checkpoint.value.add()
        value.tag, value.tensor.tensor_type, value.tensor.tensor_content = name, kind, content
        value.tensor.dims.extend(dims)
    return checkpoint.SerializeToString()


def safetensors(header, content=b""):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return {kind: save(folder / f"file.{kind}", ARRAYS) for kind in FORMATS}


@pytest.mark.parametrize("kind", FORMATS)
def test_what_mindspore_saved_comes_back_bit_for_bit(files, kind):
    arrays = parse(files[kind], kind, "the file")
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert arrays[name].tobytes() == array.tobytes()


def test_a_scalar_comes_back_without_axes(tmp_path):
    today = save(tmp_path / "scalar.ckpt", {"global_step": np.float32(3)})
    first = message(("global_step", "Float32", [0], np.float32(3).tobytes()))  # as MindSpore 1 wrote it
    for data in (today, first):
        step = parse(data, "ckpt", "the file")["global_step"]
        assert step.shape == ()
        assert step == 3


def test_a_parameter_that_mindspore_split_is_joined(tmp_path, monkeypatch):
    monkeypatch.setattr(serialization, "SLICE_SIZE", 1)  # kilobytes; really 512 MB
    array = np.random.RandomState(0).normal(size=(50, 40)).astype(np.float32)
    data = save(tmp_path / "split.ckpt", {"table": array, "bias": array[0]})
    parsed = CheckpointMessage()
    parsed.ParseFromString(data)
    assert [value.tag for value in parsed.value].count("table") > 1
    np.testing.assert_array_equal(parse(data, "ckpt", "the file")["table"], array)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_cut_anywhere_is_an_error_or_lacks_whole_parameters(files, kind):
    data = files[kind]
    whole = parse(data, kind, "the file")
    for end in range(len(data)):
        try:
            arrays = parse(data[:end], kind, "the file")
        except CheckpointError:
            continue
        # A .ckpt cut between two parameters cannot be detected here, only when it is bound.
        assert kind == "ckpt"
        assert 0 < len(arrays) < len(whole)
        assert all(arrays[name].tobytes() == whole[name].tobytes() for name in arrays)


def test_every_flipped_bit_is_found_where_the_file_has_a_checksum(tmp_path):
    data = save(tmp_path / "checked.ckpt", {"a": ARRAYS["float32"], "b": ARRAYS["int32"]}, crc_check=True)
    arrays = parse(data, "ckpt", "the file")
    np.testing.assert_array_equal(arrays["a"], ARRAYS["float32"])
    for position in range(len(data)):
        broken = bytearray(data)
        broken[position] ^= 1 << position % 8
        with pytest.raises(CheckpointError):
            parse(bytes(broken), "ckpt", "the file")
    broken = bytearray(data)
    broken[20] ^= 1
    with pytest.raises(CheckpointError, match=r"the file is corrupt: its checksum does not match its content"):
        parse(bytes(broken), "ckpt", "the file")


@pytest.mark.parametrize("dims", [[2**40, 2**20], [2**62, 2**62], [-1, -4], [0, 4], [4, 0], [2], [4, 4, 4]])
def test_a_small_file_that_declares_another_shape_is_refused_before_anything_is_allocated(dims):
    with pytest.raises(CheckpointError, match=r"the file: table declares shape .*but 16 bytes are present"):
        parse(message(("table", "Float32", dims, b"\0" * 16)), "ckpt", "the file")


@pytest.mark.parametrize("shape", [[2**40, 2**20], [2**63, 2**63], [-1], [3]])
def test_so_is_a_small_safetensors_file(shape):
    data = safetensors({"table": {"dtype": "F32", "shape": shape, "data_offsets": [0, 16]}}, b"\0" * 16)
    with pytest.raises(CheckpointError, match="the file is not a safetensors file that can be read"):
        parse(data, "safetensors", "the file")


def test_a_type_that_numpy_lacks_is_refused():
    with pytest.raises(CheckpointError, match="table is of type 'Float8', which is not supported"):
        parse(message(("table", "Float8", [2], b"\0" * 4)), "ckpt", "the file")
    data = safetensors({"table": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}}, b"\0" * 4)
    with pytest.raises(CheckpointError, match="the file: table is of type F8_E4M3, which is not supported"):
        parse(data, "safetensors", "the file")


def test_two_entries_of_one_name_and_different_shapes_are_refused():
    twice = message(("table", "Float32", [2], b"\0" * 8), ("table", "Float32", [1, 2], b"\0" * 8))
    with pytest.raises(CheckpointError, match="table appears twice, with different types or shapes"):
        parse(twice, "ckpt", "the file")


def test_a_name_that_is_not_utf8_is_refused():
    data = message(("table", "Float32", [1], b"\0" * 4)).replace(b"table", b"tab\xffe")
    with pytest.raises(CheckpointError, match="is not a MindSpore checkpoint"):
        parse(data, "ckpt", "the file")


def test_an_encrypted_file_is_refused(tmp_path):
    data = save(tmp_path / "secret.ckpt", ARRAYS, enc_key=b"0123456789abcdef")
    with pytest.raises(
        CheckpointError, match="the file is not a MindSpore checkpoint, or it is truncated or encrypted"
    ):
        parse(data, "ckpt", "the file")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 a zip", b"\x80\x04\x95 a pickle", b"<html></html>", b"\0" * 100])
def test_other_files_are_refused(kind, data):
    with pytest.raises(CheckpointError, match="the file"):
        parse(data, kind, "the file")


def test_other_formats_are_refused():
    with pytest.raises(CheckpointError, match="format 'bin' cannot be loaded; known are ckpt, safetensors"):
        parse(b"", "bin", "the file")


@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.binary(max_size=200))
def test_random_bytes_raise_nothing_else(kind, data):
    with contextlib.suppress(CheckpointError):
        parse(data, kind, "the file")


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=300)
@given(position=st.integers(0, 100_000), inserted=st.binary(max_size=8), removed=st.integers(0, 8))
def test_a_damaged_file_raises_nothing_else(files, kind, position, inserted, removed):
    data = files[kind]
    position %= len(data)
    with contextlib.suppress(CheckpointError):
        parse(data[:position] + inserted + data[position + removed :], kind, "the file")


@pytest.mark.parametrize("file_format", ["ckpt", "safetensors"])
def test_bfloat16_is_widened(file_format):
    values = np.array([[1.0, -2.5], [3e38, 1e-38]], np.float32)
    bits = (values.view(np.uint32) >> 16).astype(np.uint16)
    expected = (bits.astype(np.uint32) << 16).view(np.float32)
    if file_format == "ckpt":
        data = message(("some.weight", "BFloat16", [2, 2], bits.tobytes()))
    else:
        header = {"some.weight": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}
        data = safetensors(header, bits.tobytes())
    (array,) = parse(data, file_format, "some file").values()
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a pointer of Git LFS .*git lfs pull"),
        (b"\x1f\x8b\x08\x00rest", "compressed by gzip: unpack it"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"\n <!DOCTYPE html><html>", "a web page"),
        (b"<HTML><body>404", "a web page"),
    ],
)
@pytest.mark.parametrize("file_format", ["ckpt", "safetensors"])
def test_what_is_another_kind_of_file_is_named(file_format, data, what):
    with pytest.raises(CheckpointError, match=f"some file is {what}"):
        parse(data, file_format, "some file")
