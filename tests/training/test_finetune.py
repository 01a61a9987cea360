"""A fine-tuning learns, keeps its best network, and goes on after a kill as if nothing had happened."""

import dataclasses
import json
import os
import signal
import threading
from unittest import mock

import mindspore as ms
import numpy as np
import pytest

from tinybert.checkpoint.folder import read_folder
from tinybert.checkpoint.restore import restore
from tinybert.checkpoint.task import Task
from tinybert.errors import CheckpointError, ConfigError
from tinybert.metrics import classification_scores
from tinybert.tasks import Classifier, TaskModel
from tinybert.training import TrainingSettings, evaluate, finetune
from tinybert.training import trainer as trainer_module
from tinybert.training.state import Progress, load_state, save_state, saved_progress

TASK = Task("sequence-classification", ("bad", "good"))
SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=1e-2, max_length=16)


@pytest.fixture(scope="module")
def modes():
    """The modes that steps ran in."""
    return set()


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory, make_encoder, tokenizer, train, dev, modes):
    folder = tmp_path_factory.mktemp("unbroken")
    original = trainer_module.Trainer._train_on

    def train_on(self, rows):
        modes.add(ms.get_context("mode"))
        original(self, rows)

    ms.set_context(mode=ms.PYNATIVE_MODE)
    with mock.patch.object(trainer_module.Trainer, "_train_on", train_on):
        metrics = finetune(make_encoder(), tokenizer, TASK, train, folder, dev=dev, settings=SETTINGS)
    return folder, metrics


def lines(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_it_learns(unbroken):
    folder, metrics = unbroken
    losses = [line["loss"] for line in lines(folder) if "loss" in line]
    assert losses[-1] < 0.8 * losses[0]
    assert metrics["accuracy"] > 0.9


def test_the_folder_gives_the_metrics_that_the_training_printed(unbroken, tokenizer, dev):
    folder, metrics = unbroken
    checkpoint, task = read_folder(folder)
    network = restore(checkpoint, task)
    assert task == TASK
    assert network.labels == TASK.labels
    model = TaskModel(network, tokenizer, task)
    assert evaluate(model, dev) == metrics
    found = [result.label for result in Classifier(model)([example.text for example in dev])]
    assert classification_scores([example.label for example in dev], found) == metrics
    assert json.loads((folder / "metrics.json").read_text()) == pytest.approx(metrics)


def test_the_run_is_written_down(unbroken):
    folder, _ = unbroken
    facts = json.loads((folder / "training.json").read_text())
    assert facts["settings"]["learning_rate"] == 1e-2
    assert facts["steps"] == 48
    assert [line["step"] for line in lines(folder) if "metrics" in line] == [12, 24, 36, 48]


def test_a_run_that_was_stopped_ends_with_the_same_weights(
    unbroken, tmp_path, monkeypatch, make_encoder, tokenizer, train, dev
):
    """Ctrl-C in the middle of the second epoch; the same call then goes on."""
    stop_after(monkeypatch, 17)
    with pytest.raises(KeyboardInterrupt):
        finetune(make_encoder(), tokenizer, TASK, train, tmp_path, dev=dev, settings=SETTINGS)
    assert lines(tmp_path)[-1]["step"] <= 17
    monkeypatch.undo()
    metrics = finetune(make_encoder(), tokenizer, TASK, train, tmp_path, dev=dev, settings=SETTINGS)
    folder, expected = unbroken
    assert metrics == expected
    mine, theirs = weights(tmp_path), weights(folder)
    assert mine.keys() == theirs.keys()
    for name, array in theirs.items():
        np.testing.assert_array_equal(mine[name], array, err_msg=name)
    assert [line["step"] for line in lines(tmp_path)] == [line["step"] for line in lines(folder)]


def test_a_step_is_one_compiled_graph_whatever_the_mode(unbroken, modes):
    """MindSpore's own mode, PYNATIVE, is slower."""
    assert modes == {ms.GRAPH_MODE}
    assert ms.get_context("mode") == ms.PYNATIVE_MODE


def test_a_state_of_other_settings_is_refused(unbroken, make_encoder, tokenizer, train, dev):
    folder, _ = unbroken
    other = TrainingSettings(**{**SETTINGS.to_dict(), "learning_rate": 1e-3})
    with pytest.raises(CheckpointError, match=r"learning_rate: 0.01 then, 0.001 now"):
        finetune(make_encoder(), tokenizer, TASK, train, folder, dev=dev, settings=other)


def test_other_rows_or_weights_are_another_training(unbroken, make_encoder, fill, tokenizer, train, dev):
    """A corrected label is told, not passed over; and what the folder says of its own training stays."""
    folder, _ = unbroken
    relabelled = [dataclasses.replace(train[0], label="bad" if train[0].label == "good" else "good"), *train[1:]]
    others = fill(make_encoder())
    recorded = (folder / "training.json").read_text()
    for encoder, rows, dev_set, what in (
        (make_encoder(), relabelled, dev, "training data"),
        (make_encoder(), train, dev[1:], "dev set"),
        (others, train, dev, "weights to start from"),
    ):
        with pytest.raises(CheckpointError, match=f"state of another training:\n  the {what}: others than then\n"):
            finetune(encoder, tokenizer, TASK, rows, folder, dev=dev_set, settings=SETTINGS)
    assert (folder / "training.json").read_text() == recorded


def test_one_label_is_nothing_to_learn(tmp_path, make_encoder, tokenizer, train):
    task = Task("sequence-classification", ("good",))
    with pytest.raises(ConfigError, match="all labels are 'good': there is nothing to tell apart"):
        finetune(make_encoder(), tokenizer, task, train, tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.slow
def test_an_encoder_that_was_trained_in_place_goes_on(unbroken, tmp_path, monkeypatch, make_encoder, tokenizer, train):
    """As in a notebook, where the same cell runs again after an interrupt."""
    encoder = make_encoder()
    stop_after(monkeypatch, 5)
    with pytest.raises(KeyboardInterrupt):
        finetune(encoder, tokenizer, TASK, train, tmp_path, settings=SETTINGS)
    monkeypatch.undo()
    finetune(encoder, tokenizer, TASK, train, tmp_path, settings=SETTINGS)
    assert saved_progress(tmp_path).step == saved_progress(unbroken[0]).step


@pytest.mark.slow
def test_a_run_that_left_no_state_leaves_no_lines(tmp_path, make_encoder, tokenizer, train):
    (tmp_path / "log.jsonl").write_text('{"step": 10, "loss": 1.0}\n{"step": 20, "loss": 0.5}\n')
    settings = TrainingSettings(**{**SETTINGS.to_dict(), "epochs": 1})
    finetune(make_encoder(), tokenizer, TASK, train, tmp_path, settings=settings)
    assert [line["step"] for line in lines(tmp_path)] == [10, 12]


def test_a_state_of_another_number_of_devices_is_refused(tmp_path):
    for saved, present, words in (({}, {"processes": 2}, "1 then, 2 now"), ({"processes": 2}, {}, "2 then, 1 now")):
        save_state(tmp_path, {}, Progress(), saved)
        with pytest.raises(CheckpointError, match=rf"devices: {words}\nTrain as then, or use another folder"):
            load_state(tmp_path, {}, present)
        assert load_state(tmp_path, {}, saved) == Progress()


def weights(folder):
    return {name: parameter.asnumpy() for name, parameter in ms.load_checkpoint(str(folder / "tinybert.ckpt")).items()}


def stop_after(monkeypatch, steps, number=signal.SIGINT):
    """Sends this process a signal while step number `steps` is under way."""
    original = trainer_module.Trainer._train_on

    def train_on(self, rows):
        if self.progress.step == steps - 1:
            threading.Timer(0, os.kill, (os.getpid(), number)).start()
        original(self, rows)

    monkeypatch.setattr(trainer_module.Trainer, "_train_on", train_on)
