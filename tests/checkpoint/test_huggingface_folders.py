"""Hugging Face folders, written and read back; tests/parity/ does the same with `transformers` itself."""

from __future__ import annotations

import contextlib
import json
import os

import numpy as np
import pytest
from safetensors.numpy import load_file

from tinybert.checkpoint import read_checkpoint, save_huggingface
from tinybert.errors import CheckpointError
from tinybert.task import Task
from tinybert.text import BertTokenizer, Vocabulary

LABELS = ("LABEL_0", "LABEL_1", "LABEL_2")


def check_same(checkpoint, other):
    """The same parameters, to the last bit."""
    assert set(other.tensors) == set(checkpoint.tensors)
    assert all(array.tobytes() == other.tensors[name].tobytes() for name, array in checkpoint.tensors.items())


@pytest.fixture
def folder(tmp_path, make_checkpoint):
    """An encoder as a Hugging Face folder."""
    return save_huggingface(make_checkpoint(seed=1), tmp_path / "bert")


def edit(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("act", ["gelu", "gelu_erf", "relu"])
def test_an_encoder_comes_back_with_its_configuration(tmp_path, make_checkpoint, act):
    checkpoint = make_checkpoint(hidden_act=act, head_act="none", layer_norm_eps=1e-5, initializer_range=0.1)
    back = read_checkpoint(save_huggingface(checkpoint, tmp_path / "bert"))
    assert back.layout == "huggingface"
    assert (back.config, back.task) == (checkpoint.config, Task())
    check_same(checkpoint, back)


def test_a_network_for_questions_comes_back_with_its_head(tmp_path, make_checkpoint):
    checkpoint = make_checkpoint(task=Task("question-answering"))
    folder = save_huggingface(checkpoint, tmp_path / "reader")
    assert {"qa_outputs.weight", "bert.pooler.dense.bias"} < set(load_file(folder / "model.safetensors"))
    check_same(checkpoint, read_checkpoint(folder))


@pytest.mark.parametrize("kind", ["sequence-classification", "token-classification"])
def test_a_classifier_is_refused_since_hugging_faces_would_answer_differently(tmp_path, make_checkpoint, kind):
    checkpoint = make_checkpoint(task=Task(kind), num_labels=3)
    message = f"the test's has a ReLU before its head for {kind}, .* Face's heads have none. Leave the head out"
    with pytest.raises(CheckpointError, match=message):
        save_huggingface(checkpoint, tmp_path / "bert")
    assert not (tmp_path / "bert").exists()
    assert save_huggingface(checkpoint.encoder(), tmp_path / "bert").is_dir()  # what the message proposes


@pytest.mark.parametrize("failing", ["tinybert.checkpoint.huggingface.write_tensors", "pathlib.Path.write_text"])
def test_a_disk_that_fills_up_leaves_the_folder_as_it_was(folder, tmp_path, make_checkpoint, monkeypatch, failing):
    def fail(*_, **__):
        raise OSError("No space left on device")

    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr(failing, fail)
    for target in (folder, tmp_path / "new"):
        with pytest.raises(OSError, match="No space left"):
            save_huggingface(make_checkpoint(seed=2), target)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not list((tmp_path / "new").iterdir())


@pytest.mark.parametrize("function", ["replace", "rename"])
@pytest.mark.parametrize("call", range(10))
def test_a_kill_at_any_moment_leaves_the_old_model_or_the_new(folder, make_checkpoint, monkeypatch, function, call):
    tokenizer = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]")))
    old, new = make_checkpoint(seed=1), make_checkpoint(seed=2, hidden_act="relu")
    save_huggingface(old, folder, tokenizer=tokenizer)
    real, calls = getattr(os, function), []

    def killed(*args):
        calls.append(args)
        if len(calls) > call:
            raise SystemExit
        return real(*args)

    with monkeypatch.context() as patched, contextlib.suppress(SystemExit):
        patched.setattr(os, function, killed)
        patched.setattr("shutil.rmtree", lambda *_, **__: None)
        save_huggingface(new, folder, tokenizer=tokenizer)
    found = read_checkpoint(folder)
    expected = new if found.config.hidden_act == "relu" else old
    assert all(np.array_equal(found.tensors[name], array) for name, array in expected.tensors.items())


@pytest.mark.parametrize(
    "task",
    [
        Task("sequence-classification", ("bad", "fine", "good")),
        Task("sequence-classification", ("早", "晚"), "multi-label"),
        Task("sequence-classification", (), "regression"),
        Task("token-classification", ("O", "B-PER", "I-PER")),
    ],
)
def test_a_classifier_without_a_relu_comes_back_with_its_head_and_labels(tmp_path, make_checkpoint, task):
    checkpoint = make_checkpoint(task=task, head_act="none")
    folder = save_huggingface(checkpoint, tmp_path / "bert")
    assert {"classifier.weight", "classifier.bias"} < set(load_file(folder / "model.safetensors"))
    back = read_checkpoint(folder)
    assert (back.config, back.task) == (checkpoint.config, task)
    check_same(checkpoint, back)


@pytest.fixture
def classifier_folder(tmp_path, make_checkpoint):
    """A Hugging Face classifier of three labels."""
    checkpoint = make_checkpoint(task=Task("sequence-classification"), num_labels=3, head_act="none")
    return save_huggingface(checkpoint, tmp_path / "classifier")


@pytest.mark.parametrize(
    ("changes", "task"),
    [
        ({"id2label": {"0": "a", "1": "b", "2": "c"}}, Task("sequence-classification", ("a", "b", "c"))),
        ({"architectures": ["BertForTokenClassification"]}, Task("token-classification", LABELS)),
        ({"problem_type": "multi_label_classification"}, Task("sequence-classification", LABELS, "multi-label")),
        ({"problem_type": None, "architectures": None, "id2label": None}, Task("sequence-classification", LABELS)),
        ({"problem_type": ["regression"], "architectures": 1}, Task("sequence-classification", LABELS)),
        ({"architectures": [["BertModel"], "BertForTokenClassification"]}, Task("token-classification", LABELS)),
        ({"architectures": ["BertForQuestionAnswering"]}, Task("sequence-classification", LABELS)),
    ],
)
def test_the_configuration_tells_what_a_classifier_is_for(classifier_folder, changes, task):
    edit(classifier_folder, **changes)
    assert read_checkpoint(classifier_folder).task == task


@pytest.mark.parametrize(
    "labels",
    [
        {"0": "a", "1": "b"},
        {"a": "b"},
        ["a", "b", "c"],
        {"0": "a", "1": "b", "3": "c"},
        {"0": "a", "1": "b", "2": "a"},
        {"0": "a", "1": "b", "2": None},
        {"0": "a", "1": "b", "2": " "},
        "abc",
    ],
)
def test_labels_that_are_not_those_of_the_outputs_are_left_out(classifier_folder, labels):
    """The model can still be loaded as an encoder, or with the user's own labels."""
    edit(classifier_folder, id2label=labels)
    with pytest.warns(
        UserWarning, match="id2label does not give each of the head's 3 outputs \\(0 to 2\\) a name of its"
    ):
        assert read_checkpoint(classifier_folder).task == Task("sequence-classification")


@pytest.mark.parametrize(
    ("problem_type", "task"),
    [
        (None, Task("sequence-classification", ("LABEL_0",), "multi-label")),
        ("regression", Task("sequence-classification", (), "regression")),
        ("multi_label_classification", Task("sequence-classification", ("LABEL_0",), "multi-label")),
    ],
)
def test_of_a_single_output_the_sigmoid_is_taken_unless_it_is_a_regression(
    tmp_path, make_checkpoint, problem_type, task
):
    """As in the pipeline of transformers."""
    task_of_one = Task("sequence-classification", problem="regression")
    folder = save_huggingface(make_checkpoint(task=task_of_one, head_act="none"), tmp_path / "one")
    edit(folder, problem_type=problem_type)
    assert read_checkpoint(folder).task == task


def test_weights_in_shards_and_a_configuration_without_a_type_are_named(folder):
    edit(folder, model_type=None)
    (folder / "model.safetensors").rename(folder / "model.safetensors.index.json")
    with pytest.raises(CheckpointError, match=r"several shards .*max_shard_size"):
        read_checkpoint(folder)
    (folder / "model.safetensors.index.json").rename(folder / "model.safetensors")
    with pytest.raises(CheckpointError, match='has no model_type: if the model is a BERT, add "model_type": "bert"'):
        read_checkpoint(folder)


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
    ("values", "length"),
    [(None, 16), ({"max_seq_length": 7}, 7), ({"max_seq_length": 99}, 16), ({"max_seq_length": None}, 16), ({}, 16)],
)
def test_it_is_used_at_full_length_but_where_sentence_transformers_cuts_it(folder, values, length):
    if values is not None:
        (folder / "sentence_bert_config.json").write_text(json.dumps(values), encoding="utf-8")
    assert read_checkpoint(folder).config.seq_length == length
    assert read_checkpoint(folder, seq_length=5).config.seq_length == 5


def test_no_text_is_longer_than_512_tokens_unless_it_is_asked_for(tmp_path, make_checkpoint):
    folder = save_huggingface(make_checkpoint(max_position_embeddings=600), tmp_path / "long")
    assert read_checkpoint(folder).config.seq_length == 512
    assert read_checkpoint(folder, seq_length=600).config.seq_length == 600


@pytest.mark.parametrize("text", ["", "[]", "null", "[" * 100_000])
def test_a_sentence_bert_config_json_that_is_none_is_an_error(folder, text):
    (folder / "sentence_bert_config.json").write_text(text, encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"sentence_bert_config.json.*(not JSON|expected object)"):
        read_checkpoint(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "roberta"}, "model_type is 'roberta'; only bert can be loaded"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type must be absolute"),
        (
            {"hidden_act": "silu"},
            "hidden_act is 'silu'; known are gelu, gelu_python, gelu_new, gelu_fast, gelu_pytorch_tanh, relu",
        ),
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
    with pytest.raises(CheckpointError, match=r"config.json is missing: it gives heads, activation"):
        read_checkpoint(folder)
    (folder / "model.safetensors").rename(tmp_path / "moved")
    (folder / "config.json").write_text("{}")
    with pytest.raises(CheckpointError, match=r"bert holds no model.safetensors$"):
        read_checkpoint(folder)


def test_a_pickle_is_never_read(folder):
    weights = folder / "model.safetensors"
    weights.rename(folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"pytorch_model.bin is a pickle, which runs code: save it as safe"):
        read_checkpoint(folder)


@pytest.mark.parametrize(
    ("theirs", "act"),
    [("gelu_python", "gelu_erf"), ("gelu_new", "gelu"), ("gelu_fast", "gelu"), ("gelu_pytorch_tanh", "gelu")],
)
def test_both_forms_of_gelu_have_several_names(folder, theirs, act):
    edit(folder, hidden_act=theirs)
    assert read_checkpoint(folder).config.hidden_act == act


def test_a_decoder_is_refused(folder):
    edit(folder, is_decoder=True)
    with pytest.raises(CheckpointError, match=r"config.json: is_decoder is set"):
        read_checkpoint(folder)
