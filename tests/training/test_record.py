"""The end of a training: its record identifies it, its state is removed, and unfinished work is completed."""

import json

import pytest

from tinybert.errors import CheckpointError
from tinybert.task import Task
from tinybert.training import FineTuning, Trainer, TrainingSettings, once
from tinybert.training.record import RECORD
from tinybert.training.state import STATE, saved_progress

TASK = Task("sequence-classification", ("bad", "good"))
SETTINGS = TrainingSettings(epochs=1, batch_size=8, learning_rate=1e-2, max_length=16)


@pytest.fixture
def short(tmp_path, make_encoder, tokenizer, train, no_graphs):
    """A function that runs a training of one epoch without a dev set."""
    encoder = make_encoder()
    return lambda: FineTuning(encoder, tokenizer, TASK, train, tmp_path, settings=SETTINGS).run()


@pytest.mark.filterwarnings("ignore:.*was finished before")
@pytest.mark.parametrize("what", ["draw_curves", "write_record", "remove_state"])
def test_a_kill_between_the_last_state_and_its_removal_costs_nothing(what, short, tmp_path, monkeypatch):
    """Whatever is left to be done at the end is done by the next call, without a further step."""
    before, done = getattr(once, what), []

    def killed(*given, **named):
        if what != "write_record" or "ended" in named:
            raise SystemExit
        before(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(once, what, killed)
        with pytest.raises(SystemExit):
            short()
    assert saved_progress(tmp_path).step == 12
    weights_before = (tmp_path / "tinybert.ckpt").read_bytes()
    monkeypatch.setattr(Trainer, "_train_on", lambda *_: pytest.fail("there is nothing left to train"))
    monkeypatch.setattr(once, "draw_curves", done.append)
    short()
    assert not (tmp_path / STATE).exists()
    assert json.loads((tmp_path / RECORD).read_text())["steps"] == 12
    assert done == ([] if what == "remove_state" else [tmp_path])
    assert (tmp_path / "tinybert.ckpt").read_bytes() == weights_before


def test_a_model_that_was_removed_is_trained_anew(short, tmp_path):
    short()
    (tmp_path / "tinybert.ckpt").unlink()
    short()
    assert (tmp_path / "tinybert.ckpt").exists()


def test_a_record_that_was_damaged_is_told_and_nothing_is_overwritten(short, tmp_path):
    short()
    for damaged in ("{", "[1]", '{"identity": 1}'):
        (tmp_path / RECORD).write_text(damaged)
        with pytest.raises(CheckpointError, match=f"{RECORD}.*Remove the file to start anew"):
            short()
        assert (tmp_path / RECORD).read_text() == damaged


def test_a_folder_of_an_earlier_version_is_finished_by_its_state(short, tmp_path, monkeypatch):
    """Its record has no identity, and its state is still there."""
    with monkeypatch.context() as patch:
        patch.setattr(once, "remove_state", lambda folder: None)
        short()
    facts = json.loads((tmp_path / RECORD).read_text())
    del facts["identity"]
    (tmp_path / RECORD).write_text(json.dumps(facts))
    monkeypatch.setattr(Trainer, "_train_on", lambda *_: pytest.fail("there is nothing left to train"))
    short()
    assert not (tmp_path / STATE).exists()
