"""The identity of a training: its initial weights, its data, its dev set."""

import gc

import numpy as np
import pytest
from mindspore import Tensor

from tinybert.errors import CheckpointError
from tinybert.task import Task
from tinybert.training import TrainingSettings, featurize, identity
from tinybert.training.identity import compare, contents
from tinybert.training.state import Progress, load_state, save_state

TASK = Task("sequence-classification", ("bad", "good"))
WEIGHTS = "contents of the weights to start from"


@pytest.fixture(scope="module")
def features(train, tokenizer):
    return featurize(train[:8], TASK, tokenizer, 16)


def change(encoder):
    for parameter in encoder.get_parameters():
        parameter.set_data(Tensor(parameter.asnumpy() + 1))


def test_equal_weights_and_data_are_one_training(make_encoder, features, train, dev):
    found = contents(make_encoder(), features, dev)
    assert found == contents(make_encoder(), features, dev)
    other = contents(make_encoder(), features, dev[1:])
    assert {key for key in found if found[key] != other[key]} == {"contents of the dev set"}


def test_an_encoder_that_was_changed_by_its_training_started_from_what_it_was(make_encoder, features):
    encoder = make_encoder()
    before = contents(encoder, features, None)
    change(encoder)
    assert contents(encoder, features, None) == before
    other = make_encoder()
    change(other)
    assert contents(other, features, None)[WEIGHTS] != before[WEIGHTS]


def test_nothing_is_hidden_in_the_encoder_nor_kept_when_it_is_gone(make_encoder, features):
    encoder = make_encoder()
    before = set(vars(encoder))
    known = len(identity._starting_weights)
    contents(encoder, features, None)
    assert set(vars(encoder)) == before
    assert len(identity._starting_weights) == known + 1
    del encoder
    gc.collect()
    assert len(identity._starting_weights) <= known


def test_what_differs_is_said():
    saved = {"epochs": 3, "task": {"labels": ["a"]}, WEIGHTS: "1", "rows": 5}
    present = {"epochs": 4, "task": {"labels": ["b"]}, WEIGHTS: "2", "rows": 6}
    with pytest.raises(CheckpointError) as caught:
        compare(saved, present, "resume.safetensors")
    assert str(caught.value) == (
        "resume.safetensors is from another training:\n"
        "  the weights to start from: different\n"
        "  epochs: 3 then, 4 now\n"
        "  rows of training data: 5 then, 6 now\n"
        "  task labels: ['a'] then, ['b'] now\n"
        "Train as before, use another folder, or remove the file to start over."
    )
    compare(saved, dict(saved), "resume.safetensors")


def test_a_state_of_another_number_of_devices_is_refused(tmp_path):
    for saved, present, words in (({}, {"processes": 2}, "1 then, 2 now"), ({"processes": 2}, {}, "2 then, 1 now")):
        save_state(tmp_path, {}, Progress(), saved)
        with pytest.raises(CheckpointError, match=rf"devices: {words}\nTrain as before, use another folder"):
            load_state(tmp_path, {}, present)
        assert load_state(tmp_path, {}, saved) == Progress()


def test_a_state_without_settings_that_are_newer_has_their_defaults():
    saved = TrainingSettings().to_dict()
    for name in ("loss", "margin", "matryoshka"):
        del saved[name]
    compare(saved, TrainingSettings().to_dict(), "resume.safetensors")
    with pytest.raises(CheckpointError, match="loss: None then, cosent now"):
        compare(saved, TrainingSettings(loss="cosent").to_dict(), "resume.safetensors")


def test_labels_are_part_of_the_training_data(train, tokenizer, features, make_encoder):
    """The arrays do not differ otherwise."""
    swapped = featurize(train[:8], Task(TASK.kind, TASK.labels[::-1]), tokenizer, 16)
    np.testing.assert_array_equal(swapped.encoding.input_ids, features.encoding.input_ids)
    found, other = (contents(make_encoder(), rows, None) for rows in (features, swapped))
    assert {key for key in found if found[key] != other[key]} == {"contents of the training data"}
