"""Checkpoint files as people have them: what lies beside the encoder, how it is stored, and what is no checkpoint."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import struct

import numpy as np
import pytest

from tinybert.checkpoint import read_checkpoint, save_folder, save_huggingface
from tinybert.checkpoint.formats import FORMATS
from tinybert.checkpoint.layouts import LAYOUTS, name_in
from tinybert.errors import CheckpointError
from tinybert.task import Task
from tinybert.text import BertTokenizer, Vocabulary


def ones(*shape):
    return np.ones(shape, np.float32)


def copies(names, *prefixes):
    return {f"{prefix}{name}": 2 * array for prefix in prefixes for name, array in names.items()}


BESIDE = {
    "a distillation": lambda names: {"fit_dense.weight": ones(3, 24), "fit_dense.bias": ones(3)},
    "a wrapped distillation": lambda names: {"bert.fit_dense.weight": ones(3, 24)},
    "one of every layer": lambda names: {f"fit_denses.{layer}.weight": ones(3, 24) for layer in range(5)},
    "pre-training": lambda names: {"cls1.output_bias": ones(9), "cls2.dense.weight": ones(2, 24), "cls.x": ones(1)},
    "Adam": lambda names: {**copies(names, "adam_m.", "adam_v."), "beta1_power": ones(), "global_step": ones(1)},
    "Adam without names": lambda names: copies(names, "moment1.", "moment2."),
    "AdamW": lambda names: copies(names, "exp_avg.", "exp_avg_sq."),
    "Adam that overflowed": lambda names: {f"adam_v.{name}": np.inf * array for name, array in names.items()},
    "a teacher": lambda names: copies(names, "teacher."),
    "a wrapped teacher": lambda names: copies(names, "network.teacher.bert."),
    "averages": lambda names: copies(names, "ema.", "swa.model."),
    "steps": lambda names: {name: ones(1) for name in ("epoch_num", "step_num", "learning_rate", "lr", "momentum")},
    "scales": lambda names: {name: ones() for name in ("loss_scale", "scale_sense", "current_iterator_step")},
}


@pytest.fixture(scope="module")
def own(make_checkpoint):
    return make_checkpoint(seed=4).tensors


@pytest.fixture(scope="module", params=LAYOUTS)
def names(request, own):
    """An encoder in each layout."""
    return {name_in(request.param, name, Task().facts): array for name, array in own.items()}


@pytest.fixture
def read(tmp_path):
    """A function that writes arrays to a file and reads them as a checkpoint."""

    def read(arrays, ending="ckpt", **options):
        path = tmp_path / f"some.{ending}"
        path.write_bytes(b"".join(FORMATS[ending].render(arrays)))
        return read_checkpoint(path, num_attention_heads=4, **options)

    return read


def assert_same(checkpoint, own):
    assert set(checkpoint.tensors) == set(own)
    assert all(np.array_equal(checkpoint.tensors[name], array) for name, array in own.items())


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("what", BESIDE)
def test_what_lies_beside_the_encoder_is_left_aside(read, names, own, what, ending):
    beside = BESIDE[what](names)
    checkpoint = read({**beside, **names}, ending)
    assert_same(checkpoint, own)
    assert set(checkpoint.left_aside) == set(beside)


@pytest.mark.parametrize("wrapper", ["backbone.", "bert.", "model.module.bert."])
def test_a_head_beside_a_wrapped_encoder(read, names, own, wrapper):
    heads = {"head.weight": ones(3, 24), "head.bias": ones(3), "crf.transitions": ones(3, 3)}
    wrapped = {f"{wrapper}{name}": array for name, array in names.items()}
    assert_same(read({**heads, **wrapped}), own)


@pytest.mark.parametrize("student", ["student.", "network.student.", "student", "a b/"])
def test_one_of_two_is_chosen_by_its_prefix(read, names, own, student):
    both = {**copies(names, "teacher."), **{f"{student}{name}": array for name, array in names.items()}}
    assert_same(read(both, prefix=student), own)
    with pytest.raises(CheckpointError, match=r"no network under the prefix 'nobody\.'"):
        read(both, prefix="nobody.")


def test_a_folder_of_ours_holds_one_network(tmp_path, make_checkpoint):
    words = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *(f"word{number}" for number in range(46)))
    folder = save_folder(make_checkpoint(), tmp_path / "ours", tokenizer=BertTokenizer(Vocabulary(words)))
    with pytest.raises(CheckpointError, match="holds one network, whose names have no prefix") as caught:
        read_checkpoint(folder, prefix="student.")
    assert caught.value.argument == "prefix"
    assert read_checkpoint(folder, prefix="").tensors


STORED = {
    "BF16": (lambda array: (array.view(np.uint32) >> 16).astype("<u2"), 0.01),
    "F16": (lambda array: array.astype("<f2"), 0.001),
    "F64": (lambda array: array.astype("<f8"), 0),
    "F8_E4M3": (lambda array: array.astype("<i1"), None),
    "I8": (lambda array: array.astype("<i1"), None),
    "U16": (lambda array: array.astype("<u2"), None),
    "BOOL": (lambda array: array.astype("?"), None),
}


@pytest.mark.parametrize("dtype", STORED)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # negative numbers as unsigned ones
def test_how_weights_are_stored(tmp_path, names, own, dtype):
    convert, off = STORED[dtype]
    header, content = {"__metadata__": {"note": "x" * 10_000}}, b""
    for name, array in names.items():
        data = convert(array).tobytes()
        header[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": (len(content), len(content) + len(data))}
        content += data
    head = json.dumps(header).encode()
    path = tmp_path / "some.safetensors"
    path.write_bytes(struct.pack("<Q", len(head)) + head + content)
    if off is None:
        with pytest.raises(CheckpointError, match=r"is of (type F8_E4M3|int8|uint16|bool)"):
            read_checkpoint(path, num_attention_heads=4)
    else:
        read = read_checkpoint(path, num_attention_heads=4).tensors
        assert max(np.abs(read[name] - array).max() for name, array in own.items()) <= off


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
NONE = {
    "gzip": (gzip.compress, "compressed by gzip"),
    "bzip2": (bz2.compress, ""),
    "xz": (lzma.compress, ""),
    "LFS": (lambda data: POINTER, "run git lfs pull"),
    "a login": (lambda data: b"\xef\xbb\xbf\r\n<!doctype HTML>", "a web page"),
    "an answer": (lambda data: b'{"message": "Not found"}', ""),
    "XML": (lambda data: b'<?xml version="1.0"?><Error>', ""),
    "a pickle": (lambda data: b"\x80\x02}q\x00.", ""),
    "PyTorch": (lambda data: b"PK\x03\x04" + bytes(100), "a zip archive"),
    "zeros": (lambda data: bytes(10_000), ""),
    "the end cut": (lambda data: data[:-5], ""),
    "the start cut": (lambda data: data[5:], ""),
    "more behind": (lambda data: data + b"\0", ""),
    "twice": (lambda data: data + data, ""),
    "line ends": (lambda data: b"\n" + data.replace(b"\n", b"\r\n"), ""),
    "UTF-8": (lambda data: data.decode("latin-1").encode(), ""),
}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("what", NONE)
def test_what_is_no_checkpoint(tmp_path, own, what, ending):
    spoil, message = NONE[what]
    path = tmp_path / f"some.{ending}"
    path.write_bytes(spoil(b"".join(FORMATS[ending].render(own))))
    with pytest.raises(CheckpointError, match=rf"some\.{ending}.*{message}") as caught:
        read_checkpoint(path, num_attention_heads=4)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("beside", ["model.safetensors.index.json", "pytorch_model.bin", "tf_model.h5", ""])
def test_a_folder_whose_weights_are_elsewhere(tmp_path, make_checkpoint, beside):
    folder = save_huggingface(make_checkpoint(), tmp_path / "bert")
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    (folder / (beside or "x")).write_bytes(b"{}")
    with pytest.raises(CheckpointError, match=r"holds no model\.safetensors"):
        read_checkpoint(folder)
