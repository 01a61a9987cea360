"""Hugging Face's networks for answers and tokens have no pooler: only uses that need one are rejected."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from mindspore import Tensor
from safetensors.numpy import load_file, save_file

from tinybert import TinyBertForSequenceClassification, TinyBertModel
from tinybert.checkpoint import read_checkpoint, save_checkpoint, save_huggingface
from tinybert.checkpoint.layouts import POOLER_NAMES
from tinybert.errors import BindingError, CheckpointError, ConfigError, InputError
from tinybert.task import Task
from tinybert.weights import bind, checkpoint_of, restore

ANSWERS, LABELS = Task("question-answering"), Task("sequence-classification")


@pytest.fixture
def reader(heads):
    """A network for questions, with a pooler that it does not use."""
    return heads["question-answering"]


@pytest.fixture
def folder(reader, tmp_path):
    """The same in Hugging Face's form."""
    folder = save_huggingface(checkpoint_of(reader), tmp_path / "reader")
    tensors = load_file(folder / "model.safetensors")
    save_file({name: tensors[name] for name in tensors if "pooler" not in name}, folder / "model.safetensors")
    return folder


@pytest.mark.usefixtures("mode")
def test_answers_need_no_pooler(reader, folder, make_inputs, eagerly):
    network = restore(read_checkpoint(folder))
    assert network.task == ANSWERS
    assert {name for name, _ in network.parameters_and_names() if ".dense." in name and "encoder" not in name} == set()
    inputs = make_inputs(3, 16)
    for found, expected in zip(network(*inputs), eagerly(reader, inputs), strict=True):
        np.testing.assert_allclose(found.asnumpy(), expected, rtol=1e-6, atol=1e-6)


def test_tags_need_no_pooler(tmp_path, heads, make_inputs, eagerly):
    tagger = heads["token-classification"]
    path = save_checkpoint(checkpoint_of(tagger), tmp_path / "tagger.safetensors")
    tensors = load_file(path)
    save_file({name: tensors[name] for name in tensors if name.removeprefix("bert.") not in POOLER_NAMES}, path)
    checkpoint = read_checkpoint(path, num_attention_heads=4, head_act="relu")
    network = restore(checkpoint)
    assert not network.bert.has_pooler
    inputs = make_inputs(3, 16)
    np.testing.assert_allclose(network(*inputs).asnumpy(), eagerly(tagger, inputs), rtol=1e-6, atol=1e-6)
    with pytest.raises(BindingError, match="has no pooler") as error:
        restore(dataclasses.replace(checkpoint, task=LABELS))
    assert error.value.missing == POOLER_NAMES


def test_what_was_read_without_a_pooler_is_written_without_one(folder, tmp_path):
    checkpoint = checkpoint_of(restore(read_checkpoint(folder)))
    again = save_huggingface(checkpoint, tmp_path / "again")
    assert set(load_file(again / "model.safetensors")) == set(load_file(folder / "model.safetensors"))
    file = save_checkpoint(checkpoint, tmp_path / "reader.ckpt")
    known = ("num_attention_heads", "hidden_act", "layer_norm_eps", "head_act", "seq_length")
    config = {name: getattr(checkpoint.config, name) for name in known}
    for back in (read_checkpoint(again), read_checkpoint(file, **config)):
        assert set(back.tensors) == set(checkpoint.tensors)
        assert all(np.array_equal(array, back.tensors[name]) for name, array in checkpoint.tensors.items())
        assert not restore(dataclasses.replace(back, task=ANSWERS)).bert.has_pooler
    assert read_checkpoint(again).config == checkpoint.config


def test_an_encoder_has_a_pooler(folder, tmp_path):
    checkpoint = read_checkpoint(folder).encoder()
    with pytest.raises(BindingError, match=r"The file has no pooler, like those of Hugging Face's networks") as error:
        restore(checkpoint)
    assert error.value.missing == POOLER_NAMES
    bind(TinyBertModel(checkpoint.config, pooler=False), checkpoint)  # what the message proposes
    with pytest.raises(CheckpointError, match=r"is not a complete model:\n  missing: dense\.weight"):
        save_checkpoint(checkpoint, tmp_path / "encoder.ckpt")


def test_half_a_pooler_is_none(folder):
    tensors = load_file(folder / "model.safetensors")
    half = {"bert.pooler.dense.weight": np.ones((24, 24), np.float32)}
    save_file({**tensors, **half}, folder / "model.safetensors")
    with pytest.raises(BindingError, match=r"missing in the file: dense\.bias") as error:
        restore(read_checkpoint(folder))
    assert error.value.missing == ("dense.bias",)


def test_what_the_pooler_would_give_is_an_error(folder, make_inputs):
    encoder = restore(read_checkpoint(folder)).bert
    with pytest.raises(InputError, match="this encoder has no pooler"):
        encoder(*map(Tensor, make_inputs(3, 16)))
    with pytest.raises(ConfigError, match="the encoder has no pooler"):
        TinyBertForSequenceClassification(encoder, 2)
