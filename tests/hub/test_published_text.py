"""A module published from a folder gives the same ids and vectors for a text as the folder."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from tinybert.checkpoint import read_checkpoint, save_folder, save_huggingface, save_sentence_transformer
from tinybert.checkpoint.sentence import Dense, SentenceSettings
from tinybert.errors import CardError, IntegrityError
from tinybert.hub import publish
from tinybert.hub.lookup import find_stored
from tinybert.text import BertTokenizer, Vocabulary
from tinybert.text.vocabulary import AddedToken

UID = "me/1.0/mine"
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "rain", "falls", "schön", "schon", "雨", "雨雪", "Rain")
TEXT = "Schön rain falls [E1] 雨雪 " * 3


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MSHUB_CACHE", str(tmp_path / "hub"))


@pytest.fixture
def checkpoint(make_checkpoint):
    return make_checkpoint(vocab_size=len(WORDS) + 1, head_act="none")


@pytest.mark.parametrize("save", [save_folder, save_sentence_transformer])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"strip_accents": False},
        {"do_lower_case": False},
        {"tokenize_chinese_chars": False},
        {"model_max_length": 7},
        {"added": (AddedToken("[E1]", len(WORDS), special=True, normalized=False),)},
        {"added": (AddedToken("rain", 5, single_word=True),), "do_lower_case": False},
    ],
)
def test_the_tokenizer_is_whole(tmp_path, checkpoint, save, settings):
    tokenizer = BertTokenizer(Vocabulary(WORDS, **{"model_max_length": 16, **settings}))
    publish(save(checkpoint, tmp_path / "model", tokenizer=tokenizer), UID)
    found = find_stored(UID).tokenizer()
    assert dataclasses.replace(found.vocabulary, source="") == dataclasses.replace(tokenizer.vocabulary, source="")
    np.testing.assert_array_equal(found(TEXT, max_length=None).input_ids, tokenizer(TEXT, max_length=None).input_ids)
    again = publish(UID, "me/1.0/copy")
    assert again.tokenizer().vocabulary.added == tokenizer.vocabulary.added


def test_a_folder_of_hugging_face_keeps_what_its_settings_say(tmp_path, checkpoint):
    folder = save_huggingface(checkpoint, tmp_path / "model")
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    (folder / "added_tokens.json").write_text(json.dumps({"[E1]": len(WORDS)}), encoding="utf-8")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 9}', encoding="utf-8")
    publish(folder, UID)
    stored = find_stored(UID)
    ids = BertTokenizer.from_file(folder)(TEXT).input_ids
    np.testing.assert_array_equal(stored.tokenizer()(TEXT).input_ids, ids)
    assert stored.read().config.seq_length == 9


@pytest.mark.parametrize(
    "sentence",
    [
        SentenceSettings(),
        SentenceSettings(("first",), normalize=True),
        SentenceSettings(("max", "mean"), prompts={"query": "rain: "}, default_prompt="query"),
    ],
)
def test_pooling_and_prompts_are_kept(checkpoint, sentence):
    module = publish(dataclasses.replace(checkpoint, sentence=sentence), UID)
    assert find_stored(UID).read().sentence == sentence
    assert (module.card.sentence_file is None) == (sentence == SentenceSettings())


def test_dense_layers_are_refused(checkpoint):
    dense = Dense(np.ones((3, 24), np.float32))
    with pytest.raises(CardError, match="dense layers, which a module cannot hold: share it as a folder"):
        publish(dataclasses.replace(checkpoint, sentence=SentenceSettings(dense=(dense,))), UID)


@pytest.mark.parametrize("part", ["tokenizer", "sentence", "vocab"])
def test_the_bytes_that_are_hashed_are_the_bytes_that_are_used(checkpoint, monkeypatch, part):
    """A file replaced after its check is not used, since files are read only once."""
    from tinybert.hub import modules

    sentence = SentenceSettings(("first",))
    tokenizer = BertTokenizer(Vocabulary(WORDS))
    module = publish(dataclasses.replace(checkpoint, sentence=sentence), UID, tokenizer=tokenizer)
    path = getattr(module.paths, part)
    verified = modules.verified_bytes

    def exchanged_after(file, *given, **options):
        content = verified(file, *given, **options)
        if file == path:
            path.write_bytes(b"exchanged")
        return content

    monkeypatch.setattr(modules, "verified_bytes", exchanged_after)
    if part == "sentence":
        assert module.checkpoint().sentence == sentence
    else:
        paths = dataclasses.replace(module.paths, tokenizer=None) if part == "vocab" else module.paths
        assert dataclasses.replace(module, paths=paths).tokenizer().vocabulary.tokens == WORDS
    monkeypatch.setattr(modules, "verified_bytes", verified)
    with pytest.raises(IntegrityError):
        module.file_bytes(path)


def test_what_is_published_twice_is_the_same(checkpoint):
    tokenizer = BertTokenizer(Vocabulary(WORDS, strip_accents=False))
    first = publish(checkpoint, UID, tokenizer=tokenizer)
    assert publish(UID, UID).card == first.card
    assert read_checkpoint(first.paths.asset, num_attention_heads=4).tensors.keys() == checkpoint.tensors.keys()
