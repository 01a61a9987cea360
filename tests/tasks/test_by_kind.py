"""`load` returns the right task object for any kind of source."""

import pytest

from tinybert import Classifier, Embedder, QuestionAnswerer, Tagger, hub, load
from tinybert.checkpoint import save_checkpoint, save_folder
from tinybert.errors import CheckpointError, InputError
from tinybert.tasks import TASKS

MODELS = {"encoder": Embedder, "classifier": Classifier, "tagger": Tagger, "answerer": QuestionAnswerer}
UID = "somebody/1.0/mine"


@pytest.fixture(params=MODELS)
def model(request):
    """A model of each kind."""
    return request.getfixturevalue(request.param)


def test_a_folder_a_module_and_its_card_say_what_they_are_for(model, tmp_path):
    folder = save_folder(model.runtime.checkpoint, tmp_path / "model", tokenizer=model.tokenizer)
    card = hub.publish(folder, UID).paths.card
    for source in (folder, str(folder), UID, card, str(card)):
        loaded = load(source)
        assert type(loaded) is TASKS[model.task.kind]
        assert loaded.model.task == model.task


def test_of_a_file_the_kind_says_what_it_is_for(model, tmp_path):
    path = save_checkpoint(model.runtime.checkpoint, tmp_path / "model.safetensors")
    act = {"head_act": "relu"} if model.task.facts.has_labels else {}
    loaded = load(path, vocabulary=model.tokenizer, kind=model.task.kind, **act)
    assert type(loaded) is TASKS[model.task.kind]
    if model.task.facts.has_head:
        with pytest.raises(InputError, match="has a head, and a file does not say what for") as error:
            load(path, vocabulary=model.tokenizer)
        assert error.value.argument == "kind"
    else:
        assert type(load(path, vocabulary=model.tokenizer)) is Embedder


def test_options_are_those_of_loading_a_model(classifier, tmp_path):
    folder = save_folder(classifier.runtime.checkpoint, tmp_path / "model", tokenizer=classifier.tokenizer)
    loaded = load(folder, labels=["x", "y", "z"], problem="multi-label", seq_length=9)
    assert (loaded.labels, loaded.model.task.problem, loaded.model.row_length(None)) == (
        ("x", "y", "z"),
        "multi-label",
        9,
    )
    with pytest.raises(InputError, match=r"is a model for sequence-classification, not for token-classification: use"):
        load(folder, kind="token-classification")
    with pytest.raises(CheckpointError, match="task is 'poetry': it must be one of encoder, sequence-class"):
        load(folder, kind="poetry")


def test_what_is_nowhere(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        load(tmp_path / "missing")
