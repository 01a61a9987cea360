"""Publishing a checkpoint as a hub entry: the loaded model is the published one, and its card is valid."""

from __future__ import annotations

import pytest
from entries import CN_WIKI, assert_same_values, publish_as

from tinybert import TinyBertForQuestionAnswering, TinyBertForSequenceClassification, TinyBertForTokenClassification
from tinybert.checkpoint import read_checkpoint, save_checkpoint, save_huggingface
from tinybert.errors import CardError, CheckpointError, HubError, InputError, UnsafePathError
from tinybert.hub import check_card, find_module, load, publish
from tinybert.hub.cache import HubCache
from tinybert.hub.card import render_card
from tinybert.hub.integrity import sha256_of
from tinybert.text import BertTokenizer
from tinybert.weights import checkpoint_of

UID = "somebody/1.0/Mine"
HEADS = {"num_attention_heads": 4, "head_act": "relu"}
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b"]


@pytest.fixture
def save(tmp_path):
    """A function that saves a network as a file, and returns it."""
    return lambda network, name="source.ckpt", **options: save_checkpoint(
        checkpoint_of(network), tmp_path / name, **options
    )


def test_what_is_loaded_is_what_was_published(save, make_encoder, tmp_path):
    encoder = make_encoder(hidden_act="relu", layer_norm_eps=1e-5)
    settings = {**HEADS, "hidden_act": "relu", "layer_norm_eps": 1e-5}
    sources = [save(encoder), save(encoder, layout="later"), save(encoder, "source.safetensors")]
    for source in sources:
        module = publish_as(source, UID, config=settings, force=True)
        network = load(UID)
        assert_same_values(network, encoder)
        assert network.config == encoder.config.replace(hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1)
        assert read_checkpoint(module.paths.asset, **HEADS).layout == "v1.0"
    publish(save_huggingface(checkpoint_of(encoder), tmp_path / "hf"), UID, force=True)
    assert load(UID).config == encoder.config.replace(head_act="none")
    assert_same_values(load(UID), encoder)


def test_the_card_says_what_there_is(save, make_encoder):
    facts = {"license": "MIT", "author": "Some Body", "train_dataset": "their diary", "summary": "a small one"}
    source = save(make_encoder())
    module = publish_as(source, UID, link="https://example.com/files/", config=HEADS, facts=facts)
    assert module == find_module(UID)
    card, paths = module.card, module.paths
    assert check_card(paths.card.read_text(encoding="utf-8")) == []
    assert paths.card.read_text(encoding="utf-8") == render_card(card)
    assert (card.license, card.author, card.train_dataset, card.summary) == tuple(facts.values())
    assert card.asset.link == f"https://example.com/files/somebody/1.0/{paths.asset.name}"
    assert card.asset.sha256 == sha256_of(paths.asset)
    assert (card.model_name, card.task, card.labels) == ("mine", "encoder", ())
    assert card.input_shape == ((1, 16),) * 3
    assert card.network_config["num_attention_heads"] == "4"
    assert f'load("{UID}"' in card.body
    assert (paths.card.name, paths.code.name) == ("Mine.md", "tinybert")
    assert paths.asset.name == f"Mine.{card.asset.sha256[:12]}.ckpt"
    assert (paths.code / "mindspore_hub_conf.py").is_file()


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        (None, TinyBertForSequenceClassification),
        ("sequence-classification", TinyBertForSequenceClassification),
        ("token-classification", TinyBertForTokenClassification),
    ],
)
def test_a_head_is_published_with_its_task_and_labels(save, make_encoder, task, kind):
    head = kind(make_encoder(), 3)
    publish_as(save(head), UID, task=task, labels=["x", "y", "z"], config=HEADS)
    network = load(UID)
    assert type(network) is kind
    assert network.labels == ("x", "y", "z")
    assert_same_values(network, head)


def test_a_hugging_face_head_for_questions_is_one_for_questions(make_encoder, tmp_path):
    head = TinyBertForQuestionAnswering(make_encoder())
    folder = save_huggingface(checkpoint_of(head), tmp_path / "hf")
    for source, config in ((folder, {}), (folder / "model.safetensors", HEADS)):
        module = publish_as(source, UID, config=config, force=True)
        assert module.card.task == "question-answering"
        assert type(load(UID)) is TinyBertForQuestionAnswering
        assert_same_values(load(UID), head)


def test_labels_stay_where_the_caller_knows_the_task_better(make_encoder, tmp_path):
    head = TinyBertForSequenceClassification(make_encoder(head_act="none"), 3, labels=("x", "y", "z"))
    card = publish_as(save_huggingface(checkpoint_of(head), tmp_path / "hf"), UID, task="token-classification").card
    assert (card.task, card.labels) == ("token-classification", ("x", "y", "z"))


@pytest.mark.parametrize(
    ("outputs", "arguments", "problem"),
    [
        (3, {}, None),
        (3, {"problem": "multi-label"}, "multi-label"),
        (1, {}, "regression"),
        (1, {"task": "token-classification"}, None),
    ],
)
def test_the_card_tells_the_problem_unless_it_is_the_usual_one(save, make_encoder, outputs, arguments, problem):
    head = TinyBertForSequenceClassification(make_encoder(), outputs)
    assert publish_as(save(head), UID, config=HEADS, **arguments).card.problem == problem


@pytest.mark.parametrize(
    ("labels", "arguments", "message"),
    [
        (None, {"labels": ["x"]}, "the outputs for encoder have no names"),
        (None, {"task": "question-answering"}, "it has no head for question-answering"),
        (3, {"labels": ["x", "y"]}, "has 3 outputs, but 2 labels are given"),
        (3, {"task": "encoder"}, "has a head; its task cannot be encoder"),
        (3, {"task": "question-answering"}, "has 3 outputs; a head for question-answering has 2"),
        (
            3,
            {"task": "token-classification", "problem": "multi-label"},
            "the problem is multi-label, which only sequence-classification has",
        ),
        (3, {"problem": "ranking"}, "problem is 'ranking': it must be one of single-label, multi-label, regression"),
    ],
)
def test_task_and_labels_must_fit_the_file(save, make_encoder, labels, arguments, message):
    encoder = make_encoder()
    source = save(encoder if labels is None else TinyBertForSequenceClassification(encoder, labels))
    with pytest.raises(CheckpointError, match=message):
        publish_as(source, UID, config=HEADS, **arguments)
    assert not HubCache().root.exists()


@pytest.mark.parametrize(
    ("uid", "message"),
    [
        (CN_WIKI, "is a published module"),
        ("mine", "must have 3 or 4 parts"),
        ("../1.0/mine", "refers to another folder"),
    ],
)
def test_uids_that_cannot_be_had(save, make_encoder, uid, message):
    with pytest.raises(UnsafePathError, match=message):
        publish_as(save(make_encoder()), uid, config=HEADS)
    assert not HubCache().root.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"facts": {"license": ""}}, "license"),
        ({"facts": {"summary": "one: two"}}, "colon"),
        ({"link": "http://example.com"}, "https"),
        ({"task": "translation"}, "translation"),
    ],
)
def test_what_no_card_may_say_leaves_nothing_behind(save, make_encoder, arguments, message):
    head = TinyBertForSequenceClassification(make_encoder(), 2)
    with pytest.raises((CardError, CheckpointError), match=message):
        publish_as(save(head), UID, config=HEADS, **arguments)
    assert not HubCache().root.exists()


def test_publishing_another_model_again_replaces_all_if_that_is_meant(save, make_encoder):
    publish_as(save(make_encoder()), UID, config=HEADS)
    with pytest.raises(HubError, match=r"another model, or the same with other settings.*force=True"):
        publish_as(save(make_encoder(seed=5)), UID, config=HEADS)
    assert_same_values(load(UID), make_encoder())
    publish_as(save(make_encoder(seed=5)), UID, config=HEADS, force=True)
    assert_same_values(load(UID), make_encoder(seed=5))


def test_what_is_published_loads_without_a_network_from_another_cache(save, make_encoder, tmp_path, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    other = tmp_path / "other"
    assert publish_as(save(make_encoder()), UID, config=HEADS, cache=HubCache(other)).paths.folder.is_relative_to(other)
    monkeypatch.setenv("MSHUB_CACHE", str(other))
    assert_same_values(load(UID), make_encoder())


def test_the_vocabulary_comes_along(save, make_encoder, tmp_path):
    folder = save_huggingface(checkpoint_of(make_encoder()), tmp_path / "hf")
    assert publish(folder, UID).vocabulary_path() is None
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    module = publish(folder, UID, force=True)
    assert module.vocabulary_path().read_text().split() == WORDS
    assert module.card.do_lower_case is True
    tokenizer = BertTokenizer.from_file(folder / "vocab.txt", do_lower_case=False)
    module = publish_as(save(make_encoder()), UID, config=HEADS, tokenizer=tokenizer, force=True)
    assert (module.vocabulary_path().name, module.card.do_lower_case) == (
        f"Mine.{module.card.vocab_sha256[:12]}.vocab.txt",
        False,
    )


def test_a_source_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.ckpt does not exist"):
        publish(tmp_path / "gone.ckpt", UID)
    (tmp_path / "text.ckpt").write_text("no checkpoint")
    with pytest.raises(CheckpointError, match=r"text\.ckpt is not a MindSpore checkpoint"):
        publish(tmp_path / "text.ckpt", UID)


@pytest.mark.parametrize(
    "settings",
    [{"strip_accents": False}, {"tokenize_chinese_chars": False}, {"model_max_length": 8}, {"do_lower_case": False}],
)
def test_a_tokenizer_is_published_whole(settings):
    from small_modules import small_model

    from tinybert.hub.lookup import find_stored
    from tinybert.text import AddedToken, Vocabulary

    tokens = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "sch\u00f6n", "schon", "\u96e8", "\u96e8\u96ea")
    vocabulary = Vocabulary(tokens, added=(AddedToken("[E1]", len(tokens), special=True),), **settings)
    source, text = BertTokenizer(vocabulary), "[E1] Sch\u00f6n sch\u00f6n schon \u96e8\u96ea " * 4
    publish(small_model()["source"], UID, tokenizer=source)
    ours = find_stored(UID).tokenizer()
    assert ours(text, max_length=None).input_ids.tolist() == source(text, max_length=None).input_ids.tolist()
    assert ours.vocabulary.model_max_length == source.vocabulary.model_max_length
