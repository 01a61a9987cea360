"""Without a terminal, a training prints its progress once a minute."""

import pytest

from tinybert.training import log as log_module
from tinybert.training.log import Log
from tinybert.training.minutes import Minutes
from tinybert.training.state import Progress


class Clock:
    """A clock that tests can set."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def lines(capsys):
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_a_line_a_minute(clock, capsys):
    minutes = Minutes(clock)
    for step in range(1, 401):
        minutes.step(step, 400, "loss 0.53")
        clock.now += 0.5
    assert lines(capsys) == [
        "step 121/400  loss 0.53  2 steps/s  about 2 min left",
        "step 241/400  loss 0.53  2 steps/s  about 1 min left",
        "step 361/400  loss 0.53  2 steps/s  about 20 s left",
    ]


def test_long_trainings_take_hours_and_slow_steps_have_lines_of_their_own(clock, capsys):
    minutes = Minutes(clock)
    for step in (5, 6, 7):  # a resumed training
        minutes.step(step, 107, "loss 0.53")
        clock.now += 90
    assert lines(capsys)[-1] == "step 7/107  loss 0.53  0.0111 steps/s  about 2 h 30 min left"


def test_a_short_training_says_nothing(clock, capsys):
    minutes = Minutes(clock)
    for step in range(1, 600):
        minutes.step(step, 600, "loss 0.53")
        clock.now += 0.1
    assert lines(capsys) == []


@pytest.mark.parametrize(
    ("terminal", "options", "shown"),
    [(False, {}, True), (True, {}, False), (False, {"show": False}, False), (False, {"silent": True}, False)],
)
def test_it_takes_the_place_of_the_bar(terminal, options, shown, clock, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(log_module, "is_terminal", lambda: terminal)
    monkeypatch.setattr(log_module, "Minutes", lambda: Minutes(clock))
    monkeypatch.setattr(log_module, "ProgressBar", lambda *_, **__: pytest.skip("there is a bar"))
    log = Log(tmp_path, **options)
    for step, loss in ((1, 0.5), (2, 0.7)):
        log.evaluation(step, {"accuracy": 0.75}, 1.0)
        log.step(Progress(step), 100, loss, 1e-3)
        clock.now += 60
    expected = ["step 2/100  loss 0.6  accuracy 0.75  0.0167 steps/s  about 1 h 38 min left"]
    assert lines(capsys) == (expected if shown else [])


def test_without_stderr_nothing_is_said(clock, tmp_path, monkeypatch):
    """sys.stderr is None, as under pythonw."""
    monkeypatch.setattr("sys.stderr", None)
    log = Log(tmp_path)
    log.step(Progress(1), 100, 0.5, 1e-3)
