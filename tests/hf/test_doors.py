"""Wherever a model can be given, a name on Hugging Face is equivalent to its downloaded folder."""

from __future__ import annotations

import json
import pickle
import shutil

import numpy as np
import pytest
from tiny import command, save_model, write_reviews

from tinybert import BertTokenizer, Embedder, finetune, load
from tinybert.checkpoint import read_checkpoint
from tinybert.data import Table
from tinybert.errors import CheckpointError, InputError, UnknownModuleError
from tinybert.hub.lookup import find_stored
from tinybert.hub.publishing import publish
from tinybert.training import FineTuning
from tinybert.training import launch as launching

NAME = "hf:me/encoder"
TEXTS = ["It snows.", "A joy from start to finish, they said."]


@pytest.fixture
def changed(hub, folder, tmp_path):
    """A function that puts a model with files removed or added on the hub and returns its name."""

    def changed(*missing, config=None, **files):
        copy = tmp_path / "changed"
        shutil.copytree(folder, copy)
        for name in missing:
            (copy / name).unlink()
        for name, content in files.items():
            (copy / name).write_text(content)
        if config:
            values = json.loads((copy / "config.json").read_text())
            (copy / "config.json").write_text(json.dumps({**values, **config}))
        return f"hf:me/changed@{hub.push('me/changed', copy, 7)}"

    return changed


def test_vectors_and_ids_are_those_of_the_folder(folder, commit):
    ours, theirs = Embedder.from_pretrained(NAME), Embedder.from_pretrained(folder)
    assert np.array_equal(ours(TEXTS), theirs(TEXTS))
    ids = [one.model.tokenizer(TEXTS).input_ids for one in (ours, theirs)]
    assert np.array_equal(*ids)
    assert repr(ours) == f"Embedder('{NAME}@{commit}')"


def test_who_loads_it_again_gets_the_same_commit(hub, folder, commit):
    loaded = load(NAME, vocabulary=NAME)
    hub.push("me/encoder", folder, number=2)
    assert loaded.model.description.source == f"{NAME}@{commit}"
    assert loaded.model.description.options["vocabulary"] == f"{NAME}@{commit}"
    assert pickle.loads(pickle.dumps(loaded)).model.source == f"{NAME}@{commit}"


def test_a_checkpoint_and_a_tokenizer_by_themselves(folder, commit):
    ours, theirs = read_checkpoint(NAME), read_checkpoint(folder)
    assert ours.source == f"{NAME}@{commit}"
    assert (ours.config, ours.task, ours.sentence) == (theirs.config, theirs.task, theirs.sentence)
    assert all(np.array_equal(ours.tensors[name], theirs.tensors[name]) for name in theirs.tensors)
    assert BertTokenizer.from_file(NAME).vocab == BertTokenizer.from_file(folder).vocab


def test_a_tokenizer_alone_needs_no_weights(hub, commit):
    BertTokenizer.from_file(NAME)
    assert "model.safetensors" not in hub.downloaded


def test_what_is_in_the_cache_is_not_sent_again(hub, commit):
    read_checkpoint(NAME)
    hub.requests.clear()
    read_checkpoint(NAME)
    assert hub.downloaded == set()


def test_another_kind_of_model_is_refused_before_its_weights_are_fetched(hub, changed):
    name = changed(config={"model_type": "roberta"})
    with pytest.raises(CheckpointError, match=f"^{name}/config.json: model_type is 'roberta'; only bert can be loaded"):
        find_stored(name)
    assert "model.safetensors" not in hub.downloaded


def test_what_the_folder_reader_refuses_is_refused_by_name(changed):
    name = changed(**{"tokenizer_config.json": '{"do_basic_tokenize": false}'})
    for refused in (lambda: find_stored(name).open(), lambda: BertTokenizer.from_file(name)):
        with pytest.raises(InputError, match=f"^{name}/tokenizer_config.json: do_basic_tokenize"):
            refused()
    with pytest.raises(CheckpointError, match=f"^{name}/model.safetensors: "):
        read_checkpoint(name, hidden_size=8)


def test_what_is_not_computed_is_named_with_the_model(changed):
    name = changed(**{"1_Pooling/config.json": '{"pooling_mode": "odd"}'})
    assert read_checkpoint(name).sentence.refused == f"{name}: pooling by odd"


def test_pickles_are_not_fetched(hub, changed):
    name = changed("model.safetensors")
    with pytest.raises(CheckpointError, match=rf"^{name} has no model.safetensors.*pickle.*hf:me/changed@refs/pr/1"):
        read_checkpoint(name)
    assert "pytorch_model.bin" not in hub.downloaded


def test_shards_are_named(changed):
    name = changed("model.safetensors", **{"model.safetensors.index.json": "{}"})
    with pytest.raises(CheckpointError, match=f"^{name} holds no model.safetensors but several shards"):
        read_checkpoint(name)


def test_what_is_no_model_of_transformers(changed):
    name = changed("config.json")
    with pytest.raises(CheckpointError, match=f"^{name} has no config.json"):
        read_checkpoint(name)


def test_a_folder_of_fine_tuning(hub, tmp_path):
    folder = save_model(tmp_path / "mine")
    hub.push("me/mine", folder)
    assert np.array_equal(
        Embedder.from_pretrained("hf:me/mine")("It snows."), Embedder.from_pretrained(folder)("It snows.")
    )


@pytest.mark.parametrize("source", ["sentence-transformers/all-MiniLM-L6-v2", "https://huggingface.co/me/encoder"])
def test_who_forgets_the_prefix_is_told(hub, source):
    meant = "hf:" + "/".join(source.split("/")[-2:])
    with pytest.raises(
        InputError, match=f"^{source} is neither a folder nor .* a module's uid: did you mean {meant}\\?$"
    ):
        find_stored(source)
    assert hub.requests == []


def test_a_folder_of_that_name_comes_first_and_a_uid_is_asked_of_the_hub_of_modules(tmp_path, folder, monkeypatch):
    shutil.copytree(folder, tmp_path / "me" / "encoder")
    monkeypatch.chdir(tmp_path)
    assert find_stored("me/encoder").name == "me/encoder"
    with pytest.raises(UnknownModuleError):
        find_stored("me/1.0/encoder")


def test_a_published_card_says_where_the_weights_are_from(commit, little_code):
    module = publish(NAME, "me/1.0/published")
    assert f"`{NAME}@{commit}`" in module.paths.card.read_text()
    assert np.array_equal(load("me/1.0/published")("It snows."), load(NAME)("It snows."))


class TestCommands:
    def test_embed(self, commit, tmp_path, folder):
        text = "\n".join(TEXTS).encode()
        ours, theirs = (command("embed", model, "--vocabulary", model, stdin=text) for model in (NAME, folder))
        assert (ours.code, ours.err) == (0, "")
        assert ours.out == theirs.out

    def test_convert(self, commit, tmp_path):
        done = command("convert", NAME, tmp_path / "encoder.ckpt")
        assert done.code == 0
        assert f"{NAME}@{commit}: " in done.out

    def test_publish(self, commit, little_code):
        done = command("hub", "publish", NAME, "me/1.0/encoder", "--vocabulary", NAME)
        assert (done.code, done.err) == (0, "")

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("hf:x", "'hf:x' is not the name of a model on Hugging Face: give hf:OWNER/NAME"),
            ("hf:me/nothing", "127.0.0.1 has no model me/nothing"),
            ("me/encoder", "did you mean hf:me/encoder?"),
        ],
    )
    @pytest.mark.parametrize("arguments", [["embed"], ["classify"], ["tag"], ["answer"], ["hub", "publish"]])
    def test_an_error_is_one_line(self, commit, name, message, arguments):
        more = ["me/1.0/new"] if arguments[0] == "hub" else []
        done = command(*arguments, name, *more)
        assert done.code == 1
        assert done.out == ""
        assert done.err.startswith("tinybert: ")
        assert message in done.err
        assert done.err.count("\n") == 1


@pytest.mark.parametrize("by_command", [False, True])
def test_a_fine_tuning_knows_what_it_started_from(commit, tmp_path, monkeypatch, by_command):
    started = []
    monkeypatch.setattr(FineTuning, "run", lambda training, world=None: started.append(training.source) or {})
    data, out = write_reviews(tmp_path / "train.csv", 8, 0), tmp_path / "out"
    if by_command:
        files = ("--train", data, "--output", out)
        done = command("finetune", "classify", "--model", NAME, *files, "--text", "opinion", "--label", "verdict")
        assert done.code == 0
    else:
        finetune(NAME, data, out, task="classify", table=Table("opinion", label="verdict"))
    assert started == [f"{NAME}@{commit}"]


def test_several_processes_train_one_commit_although_the_branch_may_move(commit, tmp_path, monkeypatch):
    launched = []
    monkeypatch.setattr(launching, "launch", lambda workers, argv, port=None: launched.append(argv) or [])
    data = write_reviews(tmp_path / "train.csv", 8, 0)
    given = ("finetune", "classify", "--model", NAME, "--train", data, "--output", tmp_path / "out", "--devices", "2")
    columns = ("--text", "opinion", "--label", "verdict")
    assert command(*given, *columns, "--vocabulary", NAME).code == 0
    pinned = f"{NAME}@{commit}"
    assert launched[0][-4:] == ["--model", pinned, "--vocabulary", pinned]
    again = launched[0][launched[0].index("finetune") :]
    assert command(*again).code == 0  # of an option given twice the last is taken


@pytest.mark.slow
def test_a_fine_tuned_model_says_what_it_started_from(commit, tmp_path):
    data, out = write_reviews(tmp_path / "train.csv", 8, 0), tmp_path / "out"
    settings = {"epochs": 1, "batch_size": 8, "max_length": 16}
    finetune(NAME, data, out, task="classify", table=Table("opinion", label="verdict"), **settings)
    assert json.loads((out / "training.json").read_text())["model"] == f"{NAME}@{commit}"


def test_evaluation_takes_a_name(hub, tmp_path):
    hub.push("me/mine", save_model(tmp_path / "mine", "sequence-classification", ("bad", "good")))
    data = write_reviews(tmp_path / "dev.csv", 4, 0)
    options = ("--text", "opinion", "--label", "verdict")
    ours, theirs = (command("evaluate", model, data, *options) for model in ("hf:me/mine", tmp_path / "mine"))
    assert ours == theirs
    assert ours.code == 0
