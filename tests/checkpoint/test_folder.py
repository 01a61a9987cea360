"""A model's folder: its files are replaced together or not at all, and nobody else's are touched."""

import json

import pytest

from tinybert import TinyBertModel
from tinybert.checkpoint import bind, save_huggingface
from tinybert.checkpoint.folder import read_folder, save_folder
from tinybert.checkpoint.task import Task
from tinybert.errors import InputError
from tinybert.text import BertTokenizer, Vocabulary

TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
NAMES = {"config.json", "tinybert.ckpt", "tokenizer_config.json", "vocab.txt"}


def save(network, folder, *tokens):
    return save_folder(network, folder, task=Task(), tokenizer=BertTokenizer(Vocabulary((*TOKENS, *tokens))))


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def folder(tmp_path, make_encoder):
    """The folder of a training: a model, and files of others."""
    folder = save(make_encoder(seed=1), tmp_path / "model")
    for name in ("log.jsonl", "resume.safetensors", "training.json"):
        (folder / name).write_text(name)
    return folder


def test_a_model_takes_the_place_of_another_and_other_files_stay(folder, make_encoder):
    other = make_encoder(seed=2)
    save(other, folder, "new")
    assert set(contents(folder)) == NAMES | {"log.jsonl", "resume.safetensors", "training.json"}
    assert (folder / "log.jsonl").read_text() == "log.jsonl"
    checkpoint, task = read_folder(folder)
    assert task == Task()
    network = TinyBertModel(checkpoint.config)
    bind(network, checkpoint)
    values = {name: parameter.asnumpy().tobytes() for name, parameter in other.parameters_and_names()}
    assert {name: parameter.asnumpy().tobytes() for name, parameter in network.parameters_and_names()} == values
    assert BertTokenizer.from_file(folder).vocabulary.tokens == (*TOKENS, "new")


@pytest.mark.parametrize("failing", ["mindspore.save_checkpoint", "pathlib.Path.write_text"])
def test_a_disk_that_fills_up_leaves_the_folder_as_it_was(folder, tmp_path, make_encoder, monkeypatch, failing):
    def fail(*_, **__):
        raise OSError("No space left on device")

    before = contents(folder)
    monkeypatch.setattr(failing, fail)
    for target in (folder, tmp_path / "new"):
        with pytest.raises(OSError, match="No space left"):
            save(make_encoder(seed=2), target)
    assert contents(folder) == before
    assert not contents(tmp_path / "new")


def test_a_tokenizer_that_would_be_read_instead_is_refused_before_anything_changes(folder, make_encoder):
    (folder / "tokenizer.json").write_text("{}")
    before = contents(folder)
    with pytest.raises(InputError, match=r"holds a tokenizer.json"):
        save(make_encoder(seed=2), folder)
    assert contents(folder) == before


def test_permissions_are_those_of_any_new_file(tmp_path, make_encoder):
    save(make_encoder(), tmp_path)
    save_huggingface(make_encoder(), tmp_path)
    (tmp_path / "other").touch()
    assert {file.name for file in tmp_path.iterdir()} == NAMES | {"model.safetensors", "other"}
    assert len({file.stat().st_mode for file in tmp_path.iterdir()}) == 1
    assert json.loads((tmp_path / "config.json").read_text())["model_type"] == "bert"
