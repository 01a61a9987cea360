"""Stored models: the facts that a file or folder provides about its model, and those that it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors.numpy import load_file

from tinybert.checkpoint import read_checkpoint, save_checkpoint, save_folder, save_huggingface, stored_at
from tinybert.checkpoint.folder import check_vocabulary
from tinybert.errors import CheckpointError, InputError
from tinybert.task import Task
from tinybert.text import BertTokenizer, Vocabulary

HEADS = {"num_attention_heads": 4, "head_act": "relu"}
TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "Dog", "dog")


@pytest.fixture
def tokenizer():
    return BertTokenizer(Vocabulary(TOKENS, do_lower_case=False))


def test_an_encoder_in_a_file(tmp_path, make_checkpoint):
    checkpoint = read_checkpoint(save_checkpoint(make_checkpoint(), tmp_path / "a.ckpt"), **HEADS)
    assert (checkpoint.num_labels, checkpoint.config.num_attention_heads) == (None, 4)
    assert checkpoint.task == Task()


@pytest.mark.parametrize("kind", ["sequence-classification", "token-classification"])
def test_a_file_does_not_tell_a_head_with_a_pooler_from_another(tmp_path, make_checkpoint, kind):
    file = save_checkpoint(make_checkpoint(task=Task(kind), num_labels=3), tmp_path / "a.ckpt")
    assert read_checkpoint(file, **HEADS).task == Task("sequence-classification")


def test_one_output_is_a_number(tmp_path, make_checkpoint):
    file = save_checkpoint(make_checkpoint(task=Task("sequence-classification"), num_labels=1), tmp_path / "a.ckpt")
    assert read_checkpoint(file, **HEADS).task == Task("sequence-classification", problem="regression")


def test_a_head_without_a_pooler_is_one_for_tokens(tmp_path, make_checkpoint):
    checkpoint = make_checkpoint(task=Task("token-classification"), num_labels=3, pooler=False)
    path = save_checkpoint(checkpoint, tmp_path / "a.ckpt")
    assert read_checkpoint(path, **HEADS).task == Task("token-classification")


def test_hugging_face_s_head_for_questions_has_a_name_of_its_own(tmp_path, make_checkpoint):
    folder = save_huggingface(make_checkpoint(task=Task("question-answering")), tmp_path / "reader")
    assert "qa_outputs.weight" in load_file(folder / "model.safetensors")
    for source in (folder, folder / "model.safetensors"):
        assert read_checkpoint(source).task == Task("question-answering")


def test_a_file_knows_neither_vocabulary_nor_task(tmp_path, make_checkpoint, tokenizer):
    path = save_checkpoint(make_checkpoint(), tmp_path / "a.ckpt")
    stored = stored_at(path)
    assert (stored.name, stored.own_tokenizer, stored.knows_task) == (str(path), None, False)
    with pytest.raises(InputError, match=r"a.ckpt comes without a vocabulary: give the one .*trained with") as error:
        stored.tokenizer()
    assert (error.value.argument, error.value.example) == ("vocabulary", "vocab.txt")
    assert stored.tokenizer(tokenizer) is tokenizer
    vocabulary = tmp_path / "vocab.txt"
    vocabulary.write_text("\n".join(TOKENS) + "\n")
    assert stored.tokenizer(vocabulary).vocabulary.tokens == TOKENS
    assert stored.tokenizer(str(vocabulary), do_lower_case=False)(["Dog"]).input_ids[0, 1] == 4


@pytest.mark.parametrize("save", [save_folder, save_huggingface])
def test_a_folder_knows_vocabulary_case_and_task(tmp_path, make_checkpoint, tokenizer, save):
    task = Task("sequence-classification", ("bad", "good"))
    checkpoint, folder = make_checkpoint(task=task, head_act="none"), tmp_path / "model"
    if save is save_folder:
        save_folder(checkpoint, folder, tokenizer=tokenizer)
    else:
        tokenizer.save(save_huggingface(checkpoint, folder))
    stored = stored_at(folder)
    assert (stored.knows_task, stored.read().task) == (True, task)
    assert stored.tokenizer().vocabulary.tokens == tokenizer.vocabulary.tokens
    found = stored.tokenizer()
    assert (found.vocabulary.tokens, found(["Dog"]).input_ids[0, 1]) == (TOKENS, 4)
    assert stored.tokenizer(do_lower_case=True)(["Dog"]).input_ids[0, 1] == 5


def test_a_hugging_face_folder_may_come_without_a_vocabulary(tmp_path, make_checkpoint):
    assert stored_at(save_huggingface(make_checkpoint(), tmp_path / "bert")).own_tokenizer is None


def test_weights_are_read_when_they_are_asked_for(tmp_path, make_checkpoint, tokenizer):
    folder = save_folder(make_checkpoint(), tmp_path / "model", tokenizer=tokenizer)
    stored = stored_at(folder)
    (folder / "tinybert.ckpt").write_bytes(b"")
    assert stored.tokenizer().vocabulary.tokens == TOKENS
    with pytest.raises(CheckpointError, match=r"tinybert.ckpt holds no parameters"):
        stored.read()


def test_home_is_found(tmp_path, monkeypatch, make_checkpoint):
    monkeypatch.setenv("HOME", str(tmp_path))
    save_checkpoint(make_checkpoint(), tmp_path / "a.ckpt")
    assert stored_at("~/a.ckpt").name == str(tmp_path / "a.ckpt")
    assert read_checkpoint(Path("~/a.ckpt"), **HEADS).source == str(tmp_path / "a.ckpt")


def test_a_folder_without_a_model_says_what_it_lacks(tmp_path):
    with pytest.raises(CheckpointError, match=r"holds no model: neither a tinybert.ckpt, .* nor the config.json and"):
        stored_at(tmp_path)


def test_a_path_that_is_not_there_says_so(tmp_path):
    with pytest.raises(CheckpointError, match=r"nowhere.ckpt does not exist"):
        read_checkpoint(tmp_path / "nowhere.ckpt")


def test_a_vocabulary_of_another_size_is_another_models(make_checkpoint, tokenizer):
    rounded_up = make_checkpoint(vocab_size=len(TOKENS) + 128).config
    check_vocabulary(tokenizer, rounded_up, "a.ckpt", given=True)
    with pytest.raises(InputError, match=r"has 6 tokens, but the embedding table of a.ckpt has 135 rows") as error:
        check_vocabulary(tokenizer, make_checkpoint(vocab_size=len(TOKENS) + 129).config, "a.ckpt", given=True)
    assert error.value.argument == "vocabulary"


def test_a_model_is_opened_with_its_vocabulary_or_not_at_all(tmp_path, make_checkpoint, tokenizer):
    folder = save_folder(make_checkpoint(vocab_size=len(TOKENS)), tmp_path / "model", tokenizer=tokenizer)
    checkpoint, own = stored_at(folder).open(**HEADS)
    assert (checkpoint.config.num_attention_heads, own.vocab) == (4, tokenizer.vocab)
    larger = BertTokenizer(Vocabulary((*TOKENS, "cat"), do_lower_case=False))
    with pytest.raises(
        InputError,
        match=r"has 7 tokens, but the embedding table of .*model has 6 rows: the vocabulary belongs to another",
    ):
        stored_at(folder).open(larger)


def test_another_models_vocabulary_is_not_saved_with_a_model(tmp_path, make_checkpoint, tokenizer):
    with pytest.raises(InputError, match=r"has 6 tokens, but the embedding table of .* has 5 rows"):
        save_folder(make_checkpoint(vocab_size=5), tmp_path / "model", tokenizer=tokenizer)
    assert not (tmp_path / "model").exists()
