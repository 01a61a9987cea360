"""Model folders: they load as saved, their files are replaced all or none, and other files are left alone."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tinybert.checkpoint import read_checkpoint, save_folder, save_huggingface
from tinybert.checkpoint.folder import is_model_folder, read_folder
from tinybert.errors import CheckpointError
from tinybert.task import Task
from tinybert.text import BertTokenizer, Vocabulary

TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
NAMES = {"config.json", "tinybert.ckpt", "tokenizer.json", "tokenizer_config.json", "vocab.txt"}
TASKS = [
    Task(),
    Task("sequence-classification", ("bad", "fine", "good")),
    Task("sequence-classification", ("早", "晚"), "multi-label"),
    Task("sequence-classification", problem="regression"),
    Task("token-classification", ("O", "B-PER", "I-PER")),
    Task("token-classification"),
    Task("question-answering"),
]


def save(checkpoint, folder, *tokens):
    return save_folder(checkpoint, folder, tokenizer=BertTokenizer(Vocabulary((*TOKENS, *tokens))))


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def edit(folder, **changes):
    path = folder / "config.json"
    values = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    kept = {name: value for name, value in values.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path, make_checkpoint):
    """A training's folder with a model and unrelated files."""
    folder = save(make_checkpoint(seed=1), tmp_path / "model")
    for name in ("log.jsonl", "resume.safetensors", "training.json"):
        (folder / name).write_text(name)
    return folder


def test_a_model_takes_the_place_of_another_and_other_files_stay(folder, make_checkpoint):
    other = make_checkpoint(seed=2)
    save(other, folder, "new")
    assert set(contents(folder)) == NAMES | {"log.jsonl", "resume.safetensors", "training.json"}
    assert (folder / "log.jsonl").read_text() == "log.jsonl"
    checkpoint = read_folder(folder)
    assert (checkpoint.task, checkpoint.config) == (Task(), other.config)
    values = {name: array.tobytes() for name, array in other.tensors.items()}
    assert {name: array.tobytes() for name, array in checkpoint.tensors.items()} == values
    assert BertTokenizer.from_file(folder).vocabulary.tokens == (*TOKENS, "new")


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_each_task_comes_back_with_its_configuration(tmp_path, make_checkpoint, task):
    checkpoint = make_checkpoint(task=task, head_act="none", hidden_act="relu", layer_norm_eps=1e-5)
    back = read_checkpoint(save(checkpoint, tmp_path / "model"))
    assert (back.task, back.config, back.num_labels) == (task, checkpoint.config, checkpoint.num_labels)
    assert all(np.array_equal(array, back.tensors[name]) for name, array in checkpoint.tensors.items())


def test_the_caller_takes_precedence_over_the_folder(folder):
    assert read_checkpoint(folder, hidden_act="relu", num_attention_heads=2).config.hidden_act == "relu"


def test_a_folder_of_ours_is_known_by_its_checkpoint(folder, tmp_path, make_checkpoint):
    assert is_model_folder(folder)
    assert not is_model_folder(tmp_path)
    assert not is_model_folder(save_huggingface(make_checkpoint(), tmp_path / "bert"))


@pytest.mark.parametrize("failing", ["tinybert.checkpoint.saving.write_tensors", "pathlib.Path.write_text"])
def test_a_disk_that_fills_up_leaves_the_folder_as_it_was(folder, tmp_path, make_checkpoint, monkeypatch, failing):
    def fail(*_, **__):
        raise OSError("No space left on device")

    before = contents(folder)
    monkeypatch.setattr(failing, fail)
    for target in (folder, tmp_path / "new"):
        with pytest.raises(OSError, match="No space left"):
            save(make_checkpoint(seed=2), target)
    assert contents(folder) == before
    assert not contents(tmp_path / "new")


def test_permissions_are_those_of_any_new_file(tmp_path, make_checkpoint):
    save(make_checkpoint(), tmp_path)
    save_huggingface(make_checkpoint(), tmp_path)
    (tmp_path / "other").touch()
    assert {file.name for file in tmp_path.iterdir()} == NAMES | {"model.safetensors", "other"}
    assert len({file.stat().st_mode for file in tmp_path.iterdir()}) == 1
    assert json.loads((tmp_path / "config.json").read_text())["model_type"] == "bert"


def test_what_is_not_a_whole_model_is_refused_before_anything_changes(folder, make_checkpoint):
    before = contents(folder)
    missing = make_checkpoint(seed=2)
    del missing.tensors["dense.bias"]
    with pytest.raises(CheckpointError, match=r"the test's is not a complete model:\n  missing: dense.bias \(24,\)"):
        save(missing, folder)
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "bert"}, "config.json: model_type must be 'tinybert'"),
        ({"model_type": None}, "config.json: model_type must be 'tinybert'"),
        ({"task": None}, "config.json: the whole: object missing required field task"),
        ({"labels": "abc"}, "config.json: labels: expected array, got str"),  # and not 'a', 'b' and 'c'
        ({"task": "masking"}, "config.json: task is 'masking': it must be one of encoder, sequence-classification"),
        ({"labels": ["a", "b"]}, "config.json names 2 labels, but the checkpoint has 3 outputs"),
        ({"problem": "ranking"}, "config.json: problem is 'ranking': it must be one of single-label, multi-label"),
        ({"hidden_size": 48}, "tinybert.ckpt: hidden_size is 24 by its shapes, but 48 was declared"),
        ({"hiden_size": 48}, "config.json: unknown configuration field 'hiden_size'; known are vocab_size"),
        ({"layer_norm_eps": "small"}, "config.json: layer_norm_eps is 'small': it must be a number above 0"),
    ],
)
def test_a_configuration_that_does_not_fit_names_its_file(tmp_path, make_checkpoint, changes, message):
    task = Task("sequence-classification", ("bad", "fine", "good"))
    folder = edit(save(make_checkpoint(task=task), tmp_path / "model"), **changes)
    with pytest.raises(CheckpointError, match=message) as error:
        read_checkpoint(folder)
    assert str(error.value).startswith(str(folder))
    assert str(error.value).count(str(folder)) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"bert"'])
def test_a_config_json_that_is_none_is_an_error(folder, text):
    (folder / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"config\.json.*(not JSON|expected object)"):
        read_checkpoint(folder)


def test_a_missing_config_json_is_an_error(folder):
    (folder / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"config.json is missing: it says what the network is for"):
        read_checkpoint(folder)
