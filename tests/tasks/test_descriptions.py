"""Model descriptions: small, and sufficient to load the model again in another process or on another machine."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from shared_networks import same_weights

from tinybert import Embedder, hub
from tinybert.checkpoint import save_checkpoint, save_folder
from tinybert.errors import TinyBertError, UnknownModuleError
from tinybert.hub.cache import HubCache
from tinybert.tasks import TASKS, ModelDescription, load_model

UID = "somebody/1.0/mine"


@pytest.mark.parametrize("kind", ["encoder", "sequence-classification", "token-classification"])
def test_a_loaded_model_comes_back_from_its_pickle(request, shared_networks, tmp_path, monkeypatch, tokenizer, kind):
    fixture = {"encoder": "encoder", "sequence-classification": "classifier", "token-classification": "tagger"}[kind]
    checkpoint = request.getfixturevalue(fixture).runtime.checkpoint
    save_folder(checkpoint, tmp_path / "model", tokenizer=tokenizer)
    monkeypatch.chdir(tmp_path)
    use = TASKS[kind].from_pretrained("model", vocabulary="model/vocab.txt", seq_length=8)
    pickled = pickle.dumps(use)
    assert len(pickled) < 1000
    monkeypatch.chdir("/")
    back = pickle.loads(pickled)
    assert type(back) is type(use)
    assert (back.model.task, back.model.config) == (use.model.task, use.model.config)
    assert back.model.description == use.model.description
    text = "the king lives in the old town, far from the sea"
    np.testing.assert_equal(back(text), use(text))
    assert pickle.loads(pickle.dumps(use.model)).description == use.model.description


def test_a_tokenizer_that_was_given_is_pickled_with_the_model(encoder, tmp_path):
    path = save_checkpoint(encoder.runtime.checkpoint, tmp_path / "model.ckpt")
    loaded = Embedder.from_pretrained(path, vocabulary=encoder.tokenizer)
    assert pickle.loads(pickle.dumps(loaded)).model.tokenizer.vocab == encoder.tokenizer.vocab


def test_a_network_that_was_made_here_is_not_pickled(encoder):
    with pytest.raises(
        TinyBertError, match=r"the model cannot be pickled: it was made of a network\. Save it as a folder"
    ):
        pickle.dumps(Embedder(encoder))


def test_a_description_says_where_a_model_was_loaded_from_and_loads_it_again(classifier, tmp_path):
    folder = save_folder(classifier.runtime.checkpoint, tmp_path / "model", tokenizer=classifier.tokenizer)
    model = load_model(folder, labels=["x", "y", "z"])
    description = model.description
    assert isinstance(description, ModelDescription)
    assert description.source == str(folder)
    assert description.options["labels"] == ["x", "y", "z"]
    assert description == load_model(folder, labels=["x", "y", "z"]).description
    assert description != load_model(folder).description
    assert {description: 1}[description] == 1
    again = description.load()
    assert again.labels == ("x", "y", "z")
    same_weights(again, model)
    assert ModelDescription(str(folder)).load().labels == ("bad", "fair", "good")


def test_a_module_is_found_again_in_the_cache_that_it_was_loaded_from(classifier, tmp_path):
    folder = save_folder(classifier.runtime.checkpoint, tmp_path / "model", tokenizer=classifier.tokenizer)
    hub.publish(folder, UID, cache=HubCache(tmp_path / "other"))
    with pytest.raises(UnknownModuleError):
        load_model(UID)
    assert load_model(UID, hub_dir=tmp_path / "other").description.load().labels == ("bad", "fair", "good")
    hub.set_hub_dir(tmp_path / "other")
    description = load_model(UID).description
    hub.set_hub_dir(None)  # as it is in another process
    assert description.load().labels == ("bad", "fair", "good")
    (tmp_path / "other").rename(tmp_path / "cache")  # as on a machine whose cache is elsewhere
    assert description.load().labels == ("bad", "fair", "good")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_loaded_models_work_in_another_process(encoder, classifier, tagger, tmp_path):
    tasks, text = [], "the king lives in the old town"
    for model in (encoder, classifier, tagger):
        folder = tmp_path / model.task.kind
        save_folder(model.runtime.checkpoint, folder, tokenizer=model.tokenizer)
        tasks.append(TASKS[model.task.kind].from_pretrained(folder))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        vector, label, spans = pool.map(call, tasks, [text] * 3)
    np.testing.assert_allclose(vector, tasks[0](text), atol=1e-6)
    assert label.label == tasks[1](text).label
    assert [(span.type, span.start, span.end) for span in spans] == [
        (span.type, span.start, span.end) for span in tasks[2](text)
    ]


def call(task, text):
    return task(text)
