"""The progress bar: only for long work, only on a terminal, and never in the way."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from rich.errors import LiveError

from tinybert import Embedder
from tinybert.tasks import progress
from tinybert.tasks.progress import progress_bar


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(progress, "_on_terminal", lambda: True)


@pytest.mark.usefixtures("terminal")
def test_short_work_shows_no_bar(capfd):
    with progress_bar(2, shown=None) as advance:
        advance(1)
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("terminal")
def test_long_work_shows_how_much_is_done(capfd, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0)
    with progress_bar(4000, shown=None) as advance:
        advance(2999.5)
        advance(0.5)
    assert "3,000/4,000 texts" in capfd.readouterr().err


def test_a_bar_that_is_asked_for_is_shown_without_a_terminal(length_model, capfd):
    Embedder(length_model)(iter(["the"] * 3), progress=True)
    list(Embedder(length_model)(iter(["the"] * 3), progress=True))
    output = capfd.readouterr()
    assert output.out == ""
    assert "3 texts" in output.err


def test_a_bar_that_is_not_wanted_is_not_shown(capfd, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0)
    with progress_bar(4, shown=False) as advance:
        advance(2)
    assert capfd.readouterr().err == ""


def test_where_there_is_a_bar_already_the_work_goes_on_without(length_model, monkeypatch):
    def start(self):
        raise LiveError("Only one live display may be active at once")  # as before rich 14.1

    monkeypatch.setattr("rich.progress.Progress.start", start)
    assert len(Embedder(length_model)(["the"] * 3, progress=True, batch_size=1)) == 3


def test_bars_of_several_threads_do_not_disturb_the_work(length_model, capfd):
    embedder = Embedder(length_model)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: len(embedder(["the"] * 50, progress=True, batch_size=1)), range(8)))
    assert results == [50] * 8
    capfd.readouterr()
