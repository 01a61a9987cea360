"""`--preset` takes the model zoo's settings, and options that are given take precedence."""

from __future__ import annotations

import pytest
from tiny import command, save_model

from tinybert.distillation.presets import PRESETS
from tinybert.distillation.task import TaskDistillation


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("teacher") / "model", "sequence-classification", ("no", "yes"), layers=2)


@pytest.fixture
def run(teacher, tmp_path, monkeypatch):
    """A function that runs the command, and returns what it printed and the distillation that would run."""
    found = []
    monkeypatch.setattr(TaskDistillation, "run", lambda self, world=None: found.append(self) or {})
    (tmp_path / "train.csv").write_text("text,label\ngood film,yes\nbad film,no\n")

    def run(*options):
        given = ("--teacher", teacher, "--from-layers", "0", "--train", tmp_path / "train.csv")
        done = command("distill", "classify", *given, "--output", tmp_path / "student", *options)
        return done, found[-1] if found else None

    return run


def chosen(distillation):
    settings, phases = distillation.settings, distillation.phases
    return {**settings.to_dict(), **vars(phases)}


def test_a_preset(run):
    done, distillation = run("--preset", "sst2")
    assert done.code == 0, done.err
    assert PRESETS["sst2"].items() <= chosen(distillation).items()
    assert chosen(distillation)["max_length"] == 64


@pytest.mark.parametrize("order", [1, -1])
def test_options_take_precedence(run, order):
    options = [("--preset", "mnli"), ("--epochs", "7"), ("--intermediate-epochs", "2")][::order]
    done, distillation = run(*(part for option in options for part in option))
    assert done.code == 0, done.err
    expected = {**PRESETS["mnli"], "epochs": 7, "intermediate_epochs": 2}
    assert expected.items() <= chosen(distillation).items()


def test_without_a_preset_nothing_changes(run):
    _, distillation = run()
    assert (chosen(distillation)["intermediate_epochs"], distillation.settings.learning_rate) == (20, 3e-5)


def test_an_unknown_preset_names_those_that_there_are(run):
    done, _ = run("--preset", "cola")
    assert done.code == 2
    assert "'sst2', 'qnli', 'mnli', 'ner', '15cls'" in done.err
