"""The progress bar: only on a terminal, optionally only for long work, and never disturbing."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from rich.errors import LiveError

from tinybert import progress
from tinybert.progress import PATIENCE, ProgressBar, is_terminal


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(progress, "is_terminal", lambda: True)


@pytest.fixture
def clock(monkeypatch):
    """A clock that advances only when a test says so."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.mark.usefixtures("terminal")
def test_bytes_are_shown_with_what_was_there_before(capfd):
    with ProgressBar(300_000, unit="bytes", done=100_000, description="tinybert.ckpt") as bar:
        bar.advance(200_000)
    err = capfd.readouterr().err
    assert "tinybert.ckpt" in err
    assert "300.0/300.0 kB" in err


@pytest.mark.usefixtures("terminal")
def test_bytes_of_an_unknown_total_are_shown(capfd):
    with ProgressBar(None, unit="bytes") as bar:
        bar.advance(200_000)
    assert "200.0/? kB" in capfd.readouterr().err


@pytest.mark.usefixtures("terminal")
def test_short_work_shows_no_bar(capfd, clock):
    with ProgressBar(2, unit="texts", patience=PATIENCE) as bar:
        bar.advance(1)
        clock.now += PATIENCE / 2
        bar.advance(1)
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("terminal")
def test_long_work_shows_how_much_is_done(capfd, clock):
    with ProgressBar(4000, unit="texts", patience=PATIENCE) as bar:
        bar.advance(2000)
        assert capfd.readouterr().err == ""
        clock.now += PATIENCE
        bar.advance(999.5)
        bar.advance(0.5)
    assert "3,000/4,000 texts" in capfd.readouterr().err


@pytest.mark.usefixtures("terminal")
def test_the_description_is_exchanged(capfd):
    with ProgressBar(4, unit="steps", description="begins") as bar:
        bar.advance(1, "loss 0.7")
        bar.advance(1)
    err = capfd.readouterr().err
    assert "loss 0.7" in err
    assert "begins" not in err


def test_a_bar_that_is_asked_for_is_shown_anywhere_and_at_once(capfd, clock):
    with ProgressBar(None, unit="texts", shown=True, patience=PATIENCE) as bar:
        bar.advance(3)
    output = capfd.readouterr()
    assert output.out == ""
    assert "3 texts" in output.err


@pytest.mark.usefixtures("terminal")
def test_a_bar_that_is_not_wanted_is_not_shown(capfd):
    with ProgressBar(4, unit="texts", shown=False) as bar:
        bar.advance(2)
    assert capfd.readouterr().err == ""


def test_without_a_terminal_no_bar_is_shown(capfd):
    with ProgressBar(4, unit="texts") as bar:
        bar.advance(2)
    assert capfd.readouterr().err == ""


def test_stderr_may_be_a_terminal_or_a_file_or_missing(monkeypatch):
    for isatty in (True, False):
        monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda isatty=isatty: isatty))
        assert is_terminal() is isatty
    monkeypatch.setattr(sys, "stderr", None)
    assert is_terminal() is False


@pytest.mark.parametrize("shown", [None, True])
def test_without_stderr_the_work_goes_on(monkeypatch, shown):
    monkeypatch.setattr(sys, "stderr", None)
    with ProgressBar(4, unit="texts", shown=shown) as bar:
        bar.advance(2)


def test_where_there_is_a_bar_already_the_work_goes_on_without(capfd, monkeypatch):
    starts = []

    def start(self):
        starts.append(self)
        raise LiveError("Only one live display may be active at once")  # the behaviour before rich 14.1

    monkeypatch.setattr("rich.progress.Progress.start", start)
    with ProgressBar(4, unit="texts", shown=True) as bar:
        bar.advance(2)
        bar.advance(2)
    assert len(starts) == 1, "it is not tried again"
    assert capfd.readouterr().err == ""


def test_what_ended_shows_nothing_any_more(capfd):
    with ProgressBar(4, unit="texts", shown=True) as bar:
        bar.advance(2)
    capfd.readouterr()
    bar.advance(2)
    assert capfd.readouterr().err == ""


def test_bars_of_several_threads_do_not_disturb_the_work(capfd):
    def work(_):
        with ProgressBar(50, unit="texts", shown=True) as bar:
            for _ in range(50):
                bar.advance(1)
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(8)))
    assert "50/50 texts" in capfd.readouterr().err
