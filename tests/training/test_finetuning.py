"""A fine-tuning learns, keeps its best network, and resumes exactly after a kill."""

import dataclasses
import importlib.util
import json
import shutil
from types import SimpleNamespace
from unittest import mock

import mindspore as ms
import numpy as np
import pytest
from reviews import write_csv
from test_trainer import stop_in
from to_find import CASES, by_hand

import tinybert
from tinybert.checkpoint import read_checkpoint
from tinybert.errors import CheckpointError
from tinybert.evaluation import evaluate
from tinybert.evaluation.scorers import SCORERS, TextScorer
from tinybert.metrics import classification_scores
from tinybert.task import Task
from tinybert.tasks import Classifier, load_model
from tinybert.training import FineTuning, Trainer, TrainingSettings, once
from tinybert.training.log import draw_curves
from tinybert.training.record import RECORD
from tinybert.training.state import STATE, saved_progress
from tinybert.weights import restore

TASK = Task("sequence-classification", ("bad", "good"))
SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=1e-2, max_length=16)
STOPPED = 17
"""The step, in the middle of the second epoch, after which a run is interrupted."""


class CountedScorer(TextScorer):
    """Record the scorers that are created and the predictions that are scored."""

    def __init__(self, *given):
        super().__init__(*given)
        self.log.made += 1

    def score(self, predictions):
        self.log.scored.append(list(predictions))
        return super().score(predictions)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory, make_encoder, tokenizer, train, dev):
    """A training started in PYNATIVE_MODE, MindSpore's default.

    `folder` and `metrics` are its results, `modes` the modes in which its steps ran, and `killed` a copy of the folder
    as a kill after step 17 would have left it. `made` counts its scorers, and `scored` is what they scored.
    """
    folder, killed = (tmp_path_factory.mktemp(name) for name in ("unbroken", "killed"))
    run = SimpleNamespace(folder=folder, killed=killed, modes=set(), made=0, scored=[])
    original = Trainer._train_on

    def train_on(self, rows):
        run.modes.add(ms.get_context("mode"))
        original(self, rows)
        if self.progress.step == STOPPED:
            self.save()
            shutil.copytree(folder, killed, dirs_exist_ok=True)

    ms.set_context(mode=ms.PYNATIVE_MODE)
    CountedScorer.log = run
    with (
        mock.patch.object(Trainer, "_train_on", train_on),
        mock.patch.dict(SCORERS, {TASK.kind: CountedScorer}),
        mock.patch.object(once, "draw_curves", draw_curves),
    ):
        run.metrics = FineTuning(make_encoder(), tokenizer, TASK, train, folder, dev=dev, settings=SETTINGS).run()
    return run


def lines(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def weights(folder):
    return {name: parameter.asnumpy() for name, parameter in ms.load_checkpoint(str(folder / "tinybert.ckpt")).items()}


def assert_same_end(folder, other):
    mine, theirs = weights(folder), weights(other)
    assert mine.keys() == theirs.keys()
    for name, array in theirs.items():
        np.testing.assert_array_equal(mine[name], array, err_msg=name)
    assert [line["step"] for line in lines(folder)] == [line["step"] for line in lines(other)]


def test_it_learns(unbroken):
    losses = [line["loss"] for line in lines(unbroken.folder) if "loss" in line]
    assert losses[-1] < 0.8 * losses[0]
    assert unbroken.metrics["accuracy"] > 0.9


def test_the_folder_gives_the_metrics_that_the_training_printed(unbroken, tokenizer, dev):
    checkpoint = read_checkpoint(unbroken.folder)
    assert checkpoint.task == restore(checkpoint).task == TASK
    model = load_model(unbroken.folder)
    assert model.task == TASK
    assert model.tokenizer.vocabulary.tokens == tokenizer.vocabulary.tokens
    assert evaluate(model, dev) == unbroken.metrics
    found = [result.label for result in Classifier(model)([example.text for example in dev])]
    assert classification_scores([example.label for example in dev], found) == unbroken.metrics
    assert json.loads((unbroken.folder / "metrics.json").read_text()) == pytest.approx(unbroken.metrics)


def test_the_run_is_written_down(unbroken):
    facts = json.loads((unbroken.folder / "training.json").read_text())
    assert facts["settings"]["learning_rate"] == 1e-2
    assert facts["steps"] == 48
    assert (unbroken.folder / "curves.png").exists() == bool(importlib.util.find_spec("matplotlib"))
    assert [line["step"] for line in lines(unbroken.folder) if "metrics" in line] == [12, 24, 36, 48]


def test_the_truth_of_a_dev_set_is_prepared_once_and_not_scored(unbroken, dev):
    """Each evaluation scores the network's predictions once; the true labels are never scored against themselves."""
    assert unbroken.made == 1
    assert len(unbroken.scored) == 4
    truth = [example.label for example in dev]
    recorded = [line["metrics"]["accuracy"] for line in lines(unbroken.folder) if "metrics" in line]
    assert [np.mean(np.array(said) == truth) for said in unbroken.scored] == pytest.approx(recorded)


@pytest.mark.slow
def test_a_run_that_was_killed_ends_with_the_same_weights(unbroken, make_encoder, tokenizer, train, dev):
    assert saved_progress(unbroken.killed).step == STOPPED
    metrics = FineTuning(make_encoder(), tokenizer, TASK, train, unbroken.killed, dev=dev, settings=SETTINGS).run()
    assert metrics == unbroken.metrics
    assert_same_end(unbroken.killed, unbroken.folder)
    assert not (unbroken.killed / STATE).exists()


@pytest.mark.slow  # a kill is the harder case than Ctrl-C
def test_a_run_that_was_stopped_ends_with_the_same_weights(
    unbroken, tmp_path, monkeypatch, make_encoder, tokenizer, train, dev
):
    """Ctrl-C in the middle of the second epoch; the same call then resumes."""
    stop_in(monkeypatch, STOPPED)
    with pytest.raises(KeyboardInterrupt):
        FineTuning(make_encoder(), tokenizer, TASK, train, tmp_path, dev=dev, settings=SETTINGS).run()
    assert lines(tmp_path)[-1]["step"] <= STOPPED
    monkeypatch.undo()
    metrics = FineTuning(make_encoder(), tokenizer, TASK, train, tmp_path, dev=dev, settings=SETTINGS).run()
    assert metrics == unbroken.metrics
    assert_same_end(tmp_path, unbroken.folder)


def test_a_step_is_one_compiled_graph_whatever_the_mode(unbroken):
    """MindSpore's default mode, PYNATIVE_MODE, is slower."""
    assert unbroken.modes == {ms.GRAPH_MODE}
    assert ms.get_context("mode") == ms.PYNATIVE_MODE


def test_a_state_of_other_settings_is_refused(unbroken, make_encoder, tokenizer, train, dev):
    other = dataclasses.replace(SETTINGS, learning_rate=1e-3)
    with pytest.raises(CheckpointError, match=r"learning_rate: 0.01 then, 0.001 now"):
        FineTuning(make_encoder(), tokenizer, TASK, train, unbroken.folder, dev=dev, settings=other).run()


def test_other_rows_or_weights_are_another_training(unbroken, make_encoder, fill, tokenizer, train, dev):
    """A corrected label is reported, not ignored; and the folder's record of its training is unchanged."""
    relabelled = [dataclasses.replace(train[0], label="bad" if train[0].label == "good" else "good"), *train[1:]]
    others = fill(make_encoder())
    recorded = (unbroken.folder / "training.json").read_text()
    for encoder, rows, dev_set, what in (
        (make_encoder(), relabelled, dev, "training data"),
        (make_encoder(), train, dev[1:], "dev set"),
        (others, train, dev, "weights to start from"),
    ):
        with pytest.raises(CheckpointError, match=f"{RECORD} is from another training:\n  the {what}: different\n"):
            FineTuning(encoder, tokenizer, TASK, rows, unbroken.folder, dev=dev_set, settings=SETTINGS).run()
    assert (unbroken.folder / "training.json").read_text() == recorded


@pytest.fixture
def in_place(tmp_path, monkeypatch, make_encoder, tokenizer, train):
    """A function that trains an encoder until it is interrupted, and the same encoder again, to its end."""

    def in_place():
        encoder = make_encoder()
        with monkeypatch.context() as patch:
            stop_in(patch, 5)
            with pytest.raises(KeyboardInterrupt):
                FineTuning(encoder, tokenizer, TASK, train, tmp_path, settings=SETTINGS).run()
        assert saved_progress(tmp_path).step == 5
        FineTuning(encoder, tokenizer, TASK, train, tmp_path, settings=SETTINGS).run()
        return json.loads((tmp_path / RECORD).read_text())

    return in_place


def test_an_encoder_that_was_trained_in_place_is_known_again(in_place, no_graphs):
    """As in a notebook, where the same cell runs again after an interrupt."""
    assert in_place()["steps"] == 48


@pytest.mark.slow  # the same with graphs
def test_an_encoder_that_was_trained_in_place_goes_on(in_place):
    assert in_place()["steps"] == 48


def test_a_run_that_left_no_state_leaves_no_lines(tmp_path, make_encoder, tokenizer, train, no_graphs):
    (tmp_path / "log.jsonl").write_text('{"step": 10, "loss": 1.0}\n{"step": 20, "loss": 0.5}\n')
    settings = dataclasses.replace(SETTINGS, epochs=1)
    FineTuning(make_encoder(), tokenizer, TASK, train, tmp_path, settings=settings).run()
    assert [line["step"] for line in lines(tmp_path)] == [10, 12]


# Classification: see above.
@pytest.mark.parametrize("name", ["tag", "answer"])
@pytest.mark.slow
def test_training_folder_and_task_objects_agree(name, tmp_path, make_encoder, tokenizer):
    task, make = CASES[name]
    train, dev = make(96, 0), make(32, 1)
    settings = dataclasses.replace(SETTINGS, learning_rate=5e-3)
    printed = FineTuning(make_encoder(), tokenizer, task, train, tmp_path, dev=dev, settings=settings).run()
    model = load_model(tmp_path)
    assert evaluate(model, dev) == printed
    assert by_hand(model, dev) == printed
    assert json.loads((tmp_path / "metrics.json").read_text()) == printed
    assert printed["f1"] > (0.5 if name == "tag" else 50)


@pytest.fixture
def finished(unbroken, tmp_path, monkeypatch):
    """A copy of the uninterrupted training's folder; further steps are forbidden."""
    monkeypatch.setattr(Trainer, "_train_on", lambda *_: pytest.fail("there is nothing left to train"))
    return shutil.copytree(unbroken.folder, tmp_path / "finished")


@pytest.mark.parametrize(
    ("form", "task"),
    [
        ("paths", "classify"),
        ("strings", "sequence-classification"),
        ("examples", TASK),
        ("examples", Task("sequence-classification")),
    ],
)
def test_finetune_takes_paths_and_examples(form, task, unbroken, finished, source, tmp_path, train, dev):
    """It is the training that the classes run: with equal arguments it counts as finished and returns their result."""
    if form != "examples":
        train, dev = write_csv(tmp_path / "train.csv", train), write_csv(tmp_path / "dev.csv", dev)
    if form == "strings":
        source, train, finished, dev = map(str, (source, train, finished, dev))
    settings = {"epochs": 4, "batch_size": 8, "learning_rate": 1e-2, "max_length": 16}
    with pytest.warns(UserWarning, match=f"{finished} was finished before; nothing was done. To train anew, use"):
        assert tinybert.finetune(source, train, finished, task=task, dev=dev, **settings) == unbroken.metrics


def test_evaluate_takes_paths_and_examples(unbroken, tmp_path, dev):
    path = write_csv(tmp_path / "dev.csv", dev)
    assert tinybert.evaluate(unbroken.folder, path) == unbroken.metrics
    assert tinybert.evaluate(str(unbroken.folder), dev) == unbroken.metrics
