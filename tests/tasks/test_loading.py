"""Loading of models from any source, and errors for those that do not fit."""

import json

import numpy as np
import pytest
from shared_networks import same_weights

from tinybert import Classifier, Embedder, QuestionAnswerer, Tagger, hub
from tinybert.checkpoint import read_checkpoint, save_checkpoint, save_folder, save_huggingface
from tinybert.errors import CheckpointError, ConfigError, InputError, TinyBertError, UnknownModuleError
from tinybert.task import Task
from tinybert.tasks import TASKS, TaskModel, load_model
from tinybert.weights import checkpoint_of

UID = "somebody/1.0/mine"
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
CN_WIKI = "mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"


@pytest.fixture
def vocabulary(tokenizer):
    return tokenizer.vocabulary.source


@pytest.fixture
def vocabulary_of(tmp_path):
    """A function that writes a vocabulary of so many tokens."""

    def vocabulary_of(size):
        path = tmp_path / f"{size}.txt"
        path.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *map(str, range(size - 4))]), encoding="utf-8")
        return path

    return vocabulary_of


def test_a_folder_that_a_fine_tuning_wrote(classifier, shared_networks, tmp_path):
    task = Task("sequence-classification", ("x", "y", "z"), "multi-label")
    checkpoint = classifier.runtime.checkpoint.with_task(task)
    folder = save_folder(checkpoint, tmp_path / "model", tokenizer=classifier.tokenizer)
    loaded = Classifier.from_pretrained(folder)
    same_weights(loaded.model, classifier)
    assert loaded.model.task == task
    assert loaded.model.config == classifier.config
    assert loaded.model.tokenizer.vocab == classifier.tokenizer.vocab
    assert repr(loaded) == f"Classifier({str(folder)!r})"
    changed = Classifier.from_pretrained(str(folder), labels=["a", "b", "c"], problem="single-label", seq_length=8)
    assert changed.labels == ("a", "b", "c")
    assert changed.model.task.problem == "single-label"
    assert changed.model.row_length(None) == 8
    result = changed("the cat")
    assert result.label in "abc"
    np.testing.assert_allclose(
        list(result.probabilities.values()), list(Classifier(classifier)("the cat").probabilities.values()), atol=1e-5
    )


def test_a_hugging_face_folder(encoder, tmp_path):
    folder = save_huggingface(encoder.runtime.checkpoint, tmp_path / "hf")
    encoder.tokenizer.save(folder)
    loaded = Embedder.from_pretrained(folder)
    same_weights(loaded.model, encoder)
    # The full length is used, unless sentence-transformers specifies another.
    assert loaded.model.row_length(None) == 64
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 12}), encoding="utf-8")
    assert load_model(folder).row_length(None) == 12
    assert load_model(folder, seq_length=20).row_length(None) == 20
    (folder / "sentence_bert_config.json").write_text("[]", encoding="utf-8")
    with pytest.raises(TinyBertError, match="sentence_bert_config"):
        load_model(folder)


def test_a_hugging_face_folder_for_questions(answerer, tmp_path):
    folder = save_huggingface(answerer.runtime.checkpoint, tmp_path / "hf")
    answerer.tokenizer.save(folder)
    same_weights(QuestionAnswerer.from_pretrained(folder).model, answerer)


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (Task("sequence-classification", ("bad", "fair", "good")), "the cat"),
        (Task("sequence-classification", ("bad", "fair", "good"), "multi-label"), ("the cat", "a dog")),
        (Task("sequence-classification", (), "regression"), "the cat"),
        (Task("token-classification", TAGS), "the cat of a dog"),
    ],
)
def test_a_hugging_face_folder_with_a_classifier(make_network, tokenizer, tmp_path, shared_networks, task, text):
    checkpoint = checkpoint_of(make_network(task, head_act="none"))
    folder = save_huggingface(checkpoint, tmp_path / "hf")
    tokenizer.save(folder)
    use = TASKS[task.kind]
    loaded = use.from_pretrained(folder)
    assert loaded.model.task == task
    assert loaded(text) == use(TaskModel(shared_networks.of_checkpoint(checkpoint), tokenizer))(text)
    module = hub.publish(folder, UID)
    assert (module.card.labels, module.config["head_act"]) == (task.labels, "none")
    assert use.from_pretrained(UID)(text) == loaded(text)


@pytest.mark.parametrize("name", ["model.ckpt", "model.safetensors"])
def test_a_file_with_its_vocabulary(tagger, vocabulary, tmp_path, name):
    path = save_checkpoint(tagger.runtime.checkpoint, tmp_path / name)
    loaded = Tagger.from_pretrained(path, vocabulary=vocabulary, labels=["O", "A", "B", "C", "D"], head_act="relu")
    same_weights(loaded.model, tagger)
    assert loaded.labels == ("O", "A", "B", "C", "D")
    # The same file for another task, and as an encoder.
    assert Classifier.from_pretrained(path, vocabulary=vocabulary, head_act="none").model.num_labels == 5
    assert Embedder.from_pretrained(path, vocabulary=tagger.tokenizer).model.tokenizer is tagger.tokenizer


def test_a_module_of_the_hub(classifier, tmp_path):
    path = save_checkpoint(classifier.runtime.checkpoint, tmp_path / "model.ckpt")
    checkpoint = read_checkpoint(path, head_act="relu")
    hub.publish(checkpoint, UID, tokenizer=classifier.tokenizer, task=Task(classifier.task.kind, ("x", "y", "z")))
    loaded = Classifier.from_pretrained(UID)
    same_weights(loaded.model, classifier)
    assert loaded.labels == ("x", "y", "z")
    assert loaded.model.source == UID
    assert loaded.model.tokenizer.vocab_size == 1500
    card = hub.find_module(UID).paths.card
    same_weights(Classifier.from_pretrained(card).model, classifier)


def test_a_path_that_exists_wins_over_a_uid(encoder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_folder(encoder.runtime.checkpoint, UID, tokenizer=encoder.tokenizer)
    assert load_model(UID).source == UID
    same_weights(load_model(UID), encoder)


def test_one_output_is_a_score(make_network, vocabulary, tmp_path):
    network = make_network(Task("sequence-classification"), 1)
    path = save_checkpoint(checkpoint_of(network), tmp_path / "model.ckpt")
    assert Classifier.from_pretrained(path, vocabulary=vocabulary, head_act="relu").model.task.problem == "regression"


@pytest.mark.parametrize("size", [1501, 700])
def test_another_models_vocabulary(encoder, vocabulary_of, tmp_path, size):
    path = save_checkpoint(encoder.runtime.checkpoint, tmp_path / "model.ckpt")
    with pytest.raises(InputError, match=f"{size} tokens, but the embedding table .* 1500 rows"):
        load_model(path, vocabulary=vocabulary_of(size))
    load_model(path, vocabulary=vocabulary_of(1400))  # a table may be rounded up


@pytest.mark.parametrize("source", ["file", CN_WIKI])
def test_where_there_is_no_vocabulary_the_error_says_which_argument_to_give(encoder, tmp_path, source):
    if source == "file":
        source = save_checkpoint(encoder.runtime.checkpoint, tmp_path / "model.ckpt")
    with pytest.raises(InputError, match=r"vocabulary='vocab.txt'"):
        load_model(source)


def test_what_is_nowhere(tmp_path):
    for source in ("missing.ckpt", "./missing", str(tmp_path / "missing")):
        with pytest.raises(InputError, match="does not exist"):
            load_model(source)
    with pytest.raises(InputError, match="neither a folder nor a file"):
        load_model("bert-base-uncased")
    with pytest.raises(UnknownModuleError):
        load_model("somebody/1.0/else")
    with pytest.raises(CheckpointError, match="holds no model"):
        load_model(tmp_path)


def test_labels_that_do_not_fit(classifier, vocabulary, tmp_path):
    path = save_checkpoint(classifier.runtime.checkpoint, tmp_path / "model.ckpt")
    with pytest.raises(ConfigError, match=r"2 labels are given, but .* has 3 outputs"):
        Classifier.from_pretrained(path, vocabulary=vocabulary, labels=["a", "b"], head_act="relu")


def test_an_output_of_a_regression_is_one(classifier, vocabulary, tmp_path):
    path = save_checkpoint(classifier.runtime.checkpoint, tmp_path / "model.ckpt")
    with pytest.raises(ConfigError, match=r"model.ckpt has 3 outputs; a regression has 1"):
        Classifier.from_pretrained(path, vocabulary=vocabulary, problem="regression", head_act="relu")


@pytest.mark.parametrize("options", [{}, {"problem": "regression"}, {"labels": ["a"]}])
@pytest.mark.parametrize(("fixture", "used_by"), [("encoder", "Embedder"), ("tagger", "Tagger")])
def test_another_task_is_told_whatever_else_was_given(request, tmp_path, fixture, used_by, options):
    model = request.getfixturevalue(fixture)
    folder = save_folder(model.runtime.checkpoint, tmp_path / "model", tokenizer=model.tokenizer)
    with pytest.raises(InputError, match=rf"use {used_by} \(tinybert"):
        Classifier.from_pretrained(folder, **options)


def test_mindspore_is_imported_only_for_a_model(fresh_python):
    code = "import sys, tinybert.tasks, tinybert; tinybert.Embedder; sys.exit('mindspore' in sys.modules)"
    fresh_python("-c", code)
