"""Hugging Face's networks for answers and for tokens have no pooler: what does not use it needs none, all else does."""

from __future__ import annotations

import numpy as np
import pytest
from mindspore import Tensor
from safetensors.numpy import load_file, save_file

from tinybert import (
    TinyBertForQuestionAnswering,
    TinyBertForSequenceClassification,
    TinyBertForTokenClassification,
    TinyBertModel,
)
from tinybert.checkpoint import bind, read_checkpoint, save_checkpoint, save_huggingface
from tinybert.checkpoint.layouts import POOLER_NAMES
from tinybert.checkpoint.restore import restore
from tinybert.checkpoint.task import Task
from tinybert.errors import BindingError, ConfigError, InputError

ANSWERS, TAGS, LABELS = Task("question-answering"), Task("token-classification"), Task("sequence-classification")


@pytest.fixture
def reader(make_encoder, fill):
    """A network for questions, with a pooler that it does not use."""
    return fill(TinyBertForQuestionAnswering(make_encoder(return_all_encoders=False)))


@pytest.fixture
def folder(reader, tmp_path):
    """The same as Hugging Face has it."""
    folder = save_huggingface(reader, tmp_path / "reader")
    tensors = load_file(folder / "model.safetensors")
    save_file({name: tensors[name] for name in tensors if "pooler" not in name}, folder / "model.safetensors")
    return folder


def tagger_file(path, make_encoder, fill):
    """The checkpoint of a network for tokens, without its pooler."""
    network = fill(TinyBertForTokenClassification(make_encoder(return_all_encoders=False), 3))
    save_checkpoint(network, path)
    tensors = load_file(path)
    save_file({name: tensors[name] for name in tensors if name.removeprefix("bert.") not in POOLER_NAMES}, path)
    return network


def check_same(network, other, inputs):
    ours, theirs = (found(*map(Tensor, inputs)) for found in (network, other))
    pairs = zip(ours, theirs, strict=True) if isinstance(ours, tuple) else [(ours, theirs)]
    for mine, expected in pairs:
        np.testing.assert_array_equal(mine.asnumpy(), expected.asnumpy())


@pytest.mark.usefixtures("mode")
def test_answers_need_no_pooler(reader, folder, make_inputs):
    network = restore(read_checkpoint(folder), ANSWERS)
    assert {name for name, _ in network.parameters_and_names() if ".dense." in name and "encoder" not in name} == set()
    check_same(network, reader, make_inputs(3, 16))


def test_tags_need_no_pooler(tmp_path, make_encoder, fill, make_inputs):
    path = tmp_path / "tagger.safetensors"
    tagger = tagger_file(path, make_encoder, fill)
    checkpoint = read_checkpoint(path, num_attention_heads=4)
    check_same(restore(checkpoint, TAGS), tagger, make_inputs(3, 16))
    with pytest.raises(BindingError, match="has no pooler") as error:
        restore(checkpoint, LABELS)
    assert error.value.missing == POOLER_NAMES


def test_what_was_read_without_a_pooler_is_written_without_one(folder, tmp_path, make_inputs):
    network = restore(read_checkpoint(folder), ANSWERS)
    again = save_huggingface(network, tmp_path / "again")
    assert set(load_file(again / "model.safetensors")) == set(load_file(folder / "model.safetensors"))
    save_checkpoint(network, tmp_path / "reader.ckpt")
    config = {name: getattr(network.config, name) for name in ("num_attention_heads", "hidden_act", "layer_norm_eps")}
    for source, known in ((again, {}), (tmp_path / "reader.ckpt", config)):
        check_same(restore(read_checkpoint(source, **known), ANSWERS), network, make_inputs(3, 16))


def test_an_encoder_has_a_pooler(folder):
    checkpoint = read_checkpoint(folder).encoder()
    with pytest.raises(BindingError, match=r"The file has no pooler, like those of Hugging Face's networks") as error:
        restore(checkpoint, Task())
    assert error.value.missing == POOLER_NAMES
    bind(TinyBertModel(checkpoint.config, pooler=False), checkpoint)  # what the message proposes


def test_half_a_pooler_is_none(folder):
    tensors = load_file(folder / "model.safetensors")
    half = {"bert.pooler.dense.weight": np.ones((24, 24), np.float32)}
    save_file({**tensors, **half}, folder / "model.safetensors")
    with pytest.raises(BindingError, match=r"missing in the file: dense\.bias") as error:
        restore(read_checkpoint(folder), ANSWERS)
    assert error.value.missing == ("dense.bias",)


def test_what_the_pooler_would_give_is_an_error(folder, make_inputs):
    encoder = restore(read_checkpoint(folder), ANSWERS).bert
    with pytest.raises(InputError, match="this encoder has no pooler"):
        encoder(*map(Tensor, make_inputs(3, 16)))
    with pytest.raises(ConfigError, match="the encoder has no pooler"):
        TinyBertForSequenceClassification(encoder, 2)
