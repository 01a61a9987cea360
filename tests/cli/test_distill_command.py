"""`tinybert distill general`: what it is told reaches the training, and what it decides is said."""

from __future__ import annotations

import json
import shutil

import pytest
from tiny import WORDS, command, save_model

from tinybert.distillation.phase import Phase
from tinybert.training import launch as launching
from tinybert.training.state import Progress, save_state


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("teacher") / "model", layers=3)


@pytest.fixture
def arguments(teacher, tmp_path):
    (tmp_path / "text.txt").write_text("".join(f"{word} film\n" for word in WORDS))
    given = ("--teacher", teacher, "--text", tmp_path / "text.txt", "--output", tmp_path / "student")
    return ["distill", "general", *map(str, given)]


@pytest.fixture
def runs(monkeypatch):
    """The distillations that would run."""
    found = []
    monkeypatch.setattr(Phase, "run", lambda self, world=None: found.append(self) or {"held_out_loss": 1})
    return found


def test_a_distillation(arguments, runs, tmp_path):
    run = command(*arguments, "--from-layers", "0,2", "--held-out", "0.5", "--directions", "20", "--attention", "0",
                  "--no-dropout", "--epochs", "2", "--config", "hidden_act=relu")  # fmt: skip
    assert (run.code, json.loads(run.out)) == (0, {"held_out_loss": 1})
    assert run.err.splitlines() == [
        "tinybert: student layer 0 learns from teacher layer 0, 1 from 2",
        "tinybert: 7 lines to learn from, 7 held out",
        f"tinybert: the student is in {tmp_path / 'student'}; try it: tinybert embed {tmp_path / 'student'} texts.txt "
        "--output vectors.npy",
    ]
    (found,) = runs
    assert (found.objectives.directions, found.objectives.attention, found.objectives.dropout) == (20, 0, False)
    assert (found.settings.epochs, found.student.config.hidden_act) == (2, "relu")
    assert found.command[:3] == ["tinybert", "distill", "general"]


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        (("--from-layers", "a"), 1, "the layers are 'a': give their numbers (--from-layers 0,2,3,5)"),
        (("--layer-map", "0"), 1, "the layer map is 0, 1 layer: the student has 3 (--layer-map ...)"),
        (("--hidden", "-1"), 1, "hidden is -1.0: a weight is a number of at least 0 (--hidden ...)"),
        (("--held-out", "0.99"), 1, "of 14 rows that is all (--held-out 0)"),
        (("--text", "none.txt"), 1, "none.txt cannot be read"),
        (("--student", "nowhere"), 1, "nowhere is neither a folder nor a file"),
        (
            ("--config", "num_attention_heads=3"),
            1,
            "need no equal numbers of heads (--relations 1)",
        ),
    ],
)
def test_what_is_wrong_is_one_line(arguments, runs, changed, code, message):
    run = command(*arguments, *changed)
    assert (run.code, run.out, runs) == (code, "", [])
    assert message in run.err
    assert run.err.count("\n") == 1


def test_training_data_from_stdin(tmp_path, runs, monkeypatch):
    teacher = save_model(tmp_path / "fine-tuned", "sequence-classification", ("bad", "good"), layers=2)
    given = ("--from-layers", "0", "--train", "-", "--from", "csv", "--intermediate-epochs", "0")
    run = command("distill", "classify", "--teacher", teacher, "--output", tmp_path / "student", *given,
                  stdin=b"text,label\ngood film,good\nbad film,bad\n")  # fmt: skip
    assert (run.code, [len(found.features) for found in runs]) == (0, [2])


def test_several_processes_run_the_same_command(arguments, monkeypatch):
    launched = []
    monkeypatch.setattr(launching, "launch", lambda workers, argv, port=None: launched.append((workers, argv)) or [])
    assert command(*arguments, "--devices", "2").code == 0
    assert launched == [(2, [*launching.PYTHON, "-m", "tinybert", *arguments, "--devices", "2"])]


def test_an_interruption_tells_how_to_go_on(arguments, monkeypatch, tmp_path):
    def interrupted(*given, **named):
        raise KeyboardInterrupt

    said = f"tinybert: interrupted; the state is in {tmp_path / 'student'}; the same command goes on from it"
    with monkeypatch.context() as patch:
        patch.setattr("tinybert.distillation.general.tokenized", interrupted)
        run = command(*arguments)
        assert (run.code, run.err.splitlines()[-1]) == (130, "tinybert: interrupted; nothing was trained yet")
        first = tmp_path / "student" / "intermediate"
        first.mkdir(parents=True)
        (first / "training.json").touch()  # between the phases
        assert command(*arguments).err.splitlines()[-1] == said
        (first / "training.json").unlink()
        save_state(first, {}, Progress(step=3), {})
        assert command(*arguments).err.splitlines()[-1] == said
        shutil.rmtree(first)
    monkeypatch.setattr(Phase, "run", interrupted)
    assert command(*arguments).err.splitlines()[-1] == said  # from the tokenized text
