"""The bar of a task object: `progress=True` shows it, and it never disturbs the work."""

from concurrent.futures import ThreadPoolExecutor

from rich.errors import LiveError

from tinybert import Embedder


def test_a_bar_that_is_asked_for_is_shown_without_a_terminal(length_model, capfd):
    Embedder(length_model)(iter(["the"] * 3), progress=True)
    list(Embedder(length_model)(iter(["the"] * 3), progress=True))
    output = capfd.readouterr()
    assert output.out == ""
    assert "3 texts" in output.err


def test_where_there_is_a_bar_already_the_work_goes_on_without(length_model, monkeypatch):
    def start(self):
        raise LiveError("Only one live display may be active at once")  # the behaviour before rich 14.1

    monkeypatch.setattr("rich.progress.Progress.start", start)
    assert len(Embedder(length_model)(["the"] * 3, progress=True, batch_size=1)) == 3


def test_bars_of_several_threads_do_not_disturb_the_work(length_model, capfd):
    embedder = Embedder(length_model)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: len(embedder(["the"] * 50, progress=True, batch_size=1)), range(8)))
    assert results == [50] * 8
    capfd.readouterr()
