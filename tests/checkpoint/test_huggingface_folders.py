"""Hugging Face folders, written and read back; tests/parity/ does the same with `transformers` itself."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from safetensors.numpy import load_file

from tinybert import TinyBertForQuestionAnswering, TinyBertForSequenceClassification, TinyBertModel
from tinybert.checkpoint import bind, read_checkpoint, save_huggingface
from tinybert.checkpoint.models import read_model
from tinybert.checkpoint.restore import add_head, restore
from tinybert.checkpoint.task import Task
from tinybert.errors import CheckpointError

LABELS = ("LABEL_0", "LABEL_1", "LABEL_2")


def arrays(network):
    return {name: parameter.asnumpy().copy() for name, parameter in network.parameters_and_names()}


@pytest.fixture
def folder(tmp_path, make_encoder):
    """An encoder as a Hugging Face folder."""
    return save_huggingface(make_encoder(seed=1), tmp_path / "bert")


def edit(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("act", ["gelu", "gelu_erf", "relu"])
def test_an_encoder_comes_back_with_its_configuration(tmp_path, make_encoder, act):
    network = make_encoder(hidden_act=act, head_act="none", layer_norm_eps=1e-5, initializer_range=0.1)
    checkpoint = read_checkpoint(save_huggingface(network, tmp_path / "bert"))
    assert checkpoint.layout == "huggingface"
    assert checkpoint.config == network.config
    other = TinyBertModel(checkpoint.config)
    bind(other, checkpoint)
    values = arrays(network)
    assert all(np.array_equal(value, values[name]) for name, value in arrays(other).items())


def test_a_network_for_questions_comes_back_with_its_head(tmp_path, make_encoder, fill):
    network = fill(TinyBertForQuestionAnswering(make_encoder()))
    folder = save_huggingface(network, tmp_path / "reader")
    assert {"qa_outputs.weight", "bert.pooler.dense.bias"} < set(load_file(folder / "model.safetensors"))
    checkpoint = read_checkpoint(folder)
    other = TinyBertForQuestionAnswering(TinyBertModel(checkpoint.config))
    bind(other, checkpoint)
    values = arrays(network)
    assert all(np.array_equal(value, values[name]) for name, value in arrays(other).items())


def test_a_classifier_is_refused_since_hugging_faces_would_answer_differently(tmp_path, make_encoder):
    network = TinyBertForSequenceClassification(make_encoder(), 3)
    with pytest.raises(CheckpointError, match=r"TinyBertForSequenceClassification has a ReLU .* Face's has none"):
        save_huggingface(network, tmp_path / "bert")
    assert save_huggingface(network.bert, tmp_path / "bert").is_dir()  # what the message proposes


@pytest.mark.parametrize("failing", ["safetensors.numpy.save_file", "pathlib.Path.write_text"])
def test_a_disk_that_fills_up_leaves_the_folder_as_it_was(folder, tmp_path, make_encoder, monkeypatch, failing):
    def fail(*_, **__):
        raise OSError("No space left on device")

    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr(failing, fail)
    for target in (folder, tmp_path / "new"):
        with pytest.raises(OSError, match="No space left"):
            save_huggingface(make_encoder(seed=2), target)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not list((tmp_path / "new").iterdir())


def test_a_kill_between_the_files_leaves_no_folder_that_loads(folder, make_encoder, monkeypatch):
    replace = os.replace

    def killed(source, target):
        replace(source, target)
        raise SystemExit

    monkeypatch.setattr("os.replace", killed)
    with pytest.raises(SystemExit):
        save_huggingface(make_encoder(seed=2, hidden_act="relu"), folder)
    with pytest.raises(CheckpointError, match=r"holds no model\.safetensors"):
        read_checkpoint(folder)


@pytest.mark.parametrize(
    ("task", "tokens"),
    [
        (Task("sequence-classification", ("bad", "fine", "good")), False),
        (Task("sequence-classification", ("早", "晚"), "multi-label"), False),
        (Task("sequence-classification", (), "regression"), False),
        (Task("token-classification", ("O", "B-PER", "I-PER")), True),
    ],
)
def test_a_classifier_without_a_relu_comes_back_with_its_head_and_labels(tmp_path, make_encoder, fill, task, tokens):
    network = fill(add_head(make_encoder(head_act="none"), task, len(task.labels) or 1))
    folder = save_huggingface(network, tmp_path / "bert", task=task)
    assert {"classifier.weight", "classifier.bias"} < set(load_file(folder / "model.safetensors"))
    checkpoint, told = read_model(folder)
    assert checkpoint.config == network.config
    assert told == task
    other = restore(checkpoint, task)
    values = arrays(network)
    assert all(np.array_equal(value, values[name]) for name, value in arrays(other).items())


@pytest.fixture
def classifier_folder(tmp_path, make_encoder, fill):
    """A Hugging Face classifier of three labels."""
    network = fill(TinyBertForSequenceClassification(make_encoder(head_act="none"), 3))
    return save_huggingface(network, tmp_path / "classifier")


@pytest.mark.parametrize(
    ("changes", "task"),
    [
        ({"id2label": {"0": "a", "1": "b", "2": "c"}}, Task("sequence-classification", ("a", "b", "c"))),
        ({"architectures": ["BertForTokenClassification"]}, Task("token-classification", LABELS)),
        ({"problem_type": "multi_label_classification"}, Task("sequence-classification", LABELS, "multi-label")),
        ({"problem_type": None, "architectures": None, "id2label": None}, Task("sequence-classification", LABELS)),
        ({"problem_type": ["regression"], "architectures": 1}, Task("sequence-classification", LABELS)),
    ],
)
def test_the_configuration_tells_what_a_classifier_is_for(classifier_folder, changes, task):
    edit(classifier_folder, **changes)
    assert read_model(classifier_folder)[1] == task


@pytest.mark.parametrize("labels", [{"0": "a", "1": "b"}, {"a": "b"}, ["a", "b", "c"], {"0": "a", "1": "b", "3": "c"}])
def test_labels_that_are_not_those_of_the_outputs_are_an_error(classifier_folder, labels):
    edit(classifier_folder, id2label=labels)
    with pytest.raises(CheckpointError, match="id2label must name the head's 3 outputs, 0 to 2"):
        read_model(classifier_folder)


def test_who_knows_better_says_so(classifier_folder):
    assert read_checkpoint(classifier_folder).config.head_act == "none"
    assert read_checkpoint(classifier_folder / "model.safetensors").config.head_act == "none"
    assert read_checkpoint(classifier_folder, head_act="relu").config.head_act == "relu"


def test_absent_values_are_those_of_transformers(folder):
    path = folder / "config.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    for name in ("layer_norm_eps", "hidden_act", "position_embedding_type"):
        del values[name]
    path.write_text(json.dumps(values), encoding="utf-8")
    config = read_checkpoint(folder).config
    assert (config.layer_norm_eps, config.hidden_act) == (1e-12, "gelu_erf")


def test_the_caller_takes_precedence_over_the_file(folder):
    config = read_checkpoint(folder, hidden_act="relu", num_attention_heads=2).config
    assert (config.hidden_act, config.num_attention_heads) == ("relu", 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "roberta"}, "model_type is 'roberta'; only bert can be loaded"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type must be absolute"),
        ({"hidden_act": "silu"}, "hidden_act is 'silu'; known are gelu, gelu_new, gelu_pytorch_tanh, relu"),
        ({"hidden_act": ["gelu"]}, r"hidden_act is \['gelu'\]; known are"),
        ({"vocab_size": 30522}, "vocab_size is 50 by its shapes, but 30522 was declared"),
        ({"num_attention_heads": 0}, "num_attention_heads is 0: it must be an integer of at least 1"),
        ({"layer_norm_eps": None}, "layer_norm_eps is None: it must be a number above 0"),
    ],
)
def test_a_configuration_that_does_not_fit_is_an_error(folder, changes, message):
    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(edit(folder, **changes))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"bert"', "\0"])
def test_a_config_json_that_is_none_is_an_error(folder, text):
    (folder / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"config\.json"):
        read_checkpoint(folder)


def test_missing_files_are_named(folder, tmp_path):
    (folder / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"config.json is missing: it tells heads, activation"):
        read_checkpoint(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CheckpointError, match=r"empty holds no model.safetensors$"):
        read_checkpoint(tmp_path / "empty")


def test_a_pickle_is_never_read(folder):
    weights = folder / "model.safetensors"
    weights.rename(folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"pytorch_model.bin is a pickle, which runs code: save it as safe"):
        read_checkpoint(folder)
