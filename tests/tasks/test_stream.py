"""One text, many, or a stream: the form and order of results, and the effect of a bad text on the others."""

import itertools
import logging

import numpy as np
import pytest

from tinybert import Embedder
from tinybert.errors import InputError, TinyBertError
from tinybert.tasks import stream


@pytest.fixture
def lengths(length_model):
    """A function that embeds, and returns the first number of each vector: how many tokens the text has."""
    embedder = Embedder(length_model)

    def lengths(texts, **options):
        results = embedder(texts, **options)
        return [result if isinstance(result, TinyBertError) else int(result[0]) for result in results]

    return lengths


def words(*counts):
    return ["the " * count for count in counts]


def test_a_text_gives_one_result_and_a_list_a_list(length_model):
    embedder = Embedder(length_model)
    assert embedder("the king").shape == (48,)
    assert embedder(["the king"]).shape == (1, 48)
    assert embedder(("the", "king")).shape == (2, 48)
    assert embedder(np.array(["the", "king"])).shape == (2, 48)
    assert embedder([]).shape == (0, 48)


def test_a_generator_gives_a_generator(lengths, length_model, monkeypatch):
    monkeypatch.setattr(stream, "WINDOW_BATCHES", 2)
    counts = [5, 1, 0, 9, 3, 7, 2]
    results = Embedder(length_model)(iter(words(*counts)), batch_size=2)
    assert iter(results) is results
    assert [int(result[0]) - 2 for result in results] == counts


def test_a_stream_is_read_only_as_far_as_needed(length_model, monkeypatch):
    monkeypatch.setattr(stream, "WINDOW_BATCHES", 3)
    read = []
    results = Embedder(length_model)((read.append(i) or "the" for i in itertools.count()), batch_size=4)
    assert read == []
    assert next(results).shape == (48,)
    assert len(read) == 12


def test_long_texts_come_in_smaller_windows(length_model, monkeypatch):
    monkeypatch.setattr(stream, "WINDOW_CHARACTERS", 1000)
    read = []
    results = Embedder(length_model)(read.append(i) or "x" * 400 for i in range(100))
    next(results)
    assert len(read) == 3


def test_a_result_does_not_hold_those_around_it(length_model):
    # A view would keep the vectors of its whole batch in memory.
    assert all(vector.base is None for vector in Embedder(length_model)(iter(words(1, 2))))


@pytest.mark.parametrize("bad", [None, 7, b"bytes", "half a pair \ud83d", ["a", "list"], float("nan")])
def test_a_bad_text_is_named(lengths, bad):
    with pytest.raises(InputError, match=r"^texts\[2\]"):
        lengths(["the", "king", bad, "town"])


@pytest.mark.parametrize("bad", [None, 7, b"bytes", "half a pair \ud83d", ["a", "list"]])
def test_a_bad_text_does_not_lose_the_others(lengths, bad):
    results = lengths(["the king", bad, "town"], on_error="return")
    assert [results[0], results[2]] == [4, 3]
    assert isinstance(results[1], InputError)
    assert "texts[1]" in str(results[1])
    assert results[1].__traceback__ is None  # a traceback would keep its frames in memory


def test_only_bad_texts(lengths):
    assert len(lengths([None, None], on_error="return")) == 2
    assert [str(error) for error in lengths(iter([None]), on_error="return")] == ["texts[0] is None, not a string."]


def test_a_bad_text_in_a_list_is_told_before_anything_is_computed(length_model):
    with pytest.raises(InputError):
        Embedder(length_model)([*words(*range(9)), None], batch_size=1)
    assert not length_model.runtime.shapes


def test_in_a_stream_the_results_before_a_bad_text_come_out(length_model):
    results = Embedder(length_model)(iter(["the", "king", None, "town"]))
    assert [int(next(results)[0]) for _ in range(2)] == [3, 3]
    with pytest.raises(InputError, match=r"texts\[2\]"):
        next(results)


def test_an_error_of_the_stream_itself_comes_after_the_results_before_it(length_model):
    def lines():
        yield "the"
        raise OSError("disk is gone")

    results = Embedder(length_model)(lines())
    assert int(next(results)[0]) == 3
    with pytest.raises(OSError, match="disk is gone"):
        next(results)


def test_an_open_file_is_a_stream_of_its_lines(length_model, tmp_path):
    file = tmp_path / "lines.txt"
    file.write_text("the king\n\ntown\n", encoding="utf-8")
    with open(file, encoding="utf-8") as lines:
        assert [int(result[0]) for result in Embedder(length_model)(lines)] == [4, 2, 3]


@pytest.mark.parametrize("texts", [None, 7, b"bytes", {"text": "a"}])
def test_what_is_no_text_and_no_list(length_model, texts):
    with pytest.raises(InputError, match=r"give one text, a list or an iterator"):
        Embedder(length_model)(texts)


@pytest.mark.parametrize(
    "options", [{"batch_size": 0}, {"batch_size": 2.5}, {"on_error": "ignore"}, {"progress": "yes"}, {"max_length": 2}]
)
def test_options_that_are_not_allowed_are_told_at_once(length_model, options):
    with pytest.raises(InputError, match=next(iter(options))):
        Embedder(length_model)(iter(["a"]), **options)


@pytest.mark.parametrize("progress", [None, False])
def test_nothing_is_written_where_there_is_no_terminal(lengths, capfd, caplog, progress, monkeypatch):
    monkeypatch.setattr("tinybert.tasks.stream.PATIENCE", 0)
    with caplog.at_level(logging.DEBUG):
        lengths(words(*range(20)), progress=progress, batch_size=1)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records
