"""`tinybert search`: an index written by `embed` contains its texts, their lines and its model."""

from __future__ import annotations

import json

import pytest
from tiny import command, save_model

from tinybert.tasks import Embedder, top_k

TEXTS = ["the good film", "a very bad book", "\xff", "fine", "not great"]


@pytest.fixture(scope="module")
def index(encoder_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    lines = "\n".join(TEXTS).encode("latin-1")
    run = command("embed", encoder_folder, "--on-error", "skip", "--output", folder / "texts.npz", stdin=lines)
    assert (run.code, run.out) == (1, "")
    return folder / "texts.npz"


def test_the_nearest_come_first_with_their_lines(index, encoder_folder):
    run = command("search", index, "a good book", "--top-k", "2")
    assert (run.code, run.err) == (0, "")
    kept = [text for text in TEXTS if text != "\xff"]
    embedder = Embedder.from_pretrained(encoder_folder)
    places, scores = top_k(embedder("a good book"), embedder(kept), 2)
    rows = [line.split("\t") for line in run.out.splitlines()]
    assert rows[0] == ["score", "line", "text"]
    assert [row[2] for row in rows[1:]] == [kept[place] for place in places]
    assert [int(row[1]) for row in rows[1:]] == [TEXTS.index(kept[place]) + 1 for place in places]
    assert [float(row[0]) for row in rows[1:]] == pytest.approx(scores.tolist(), abs=1e-3)


def test_queries_come_from_stdin_too(index):
    run = command("search", index, "-", "--top-k", "1", stdin=b"fine\nnot great\n")
    assert [line.split("\t")[0::3] for line in run.out.splitlines()] == [
        ["query", "text"],
        ["fine", "fine"],
        ["not great", "not great"],
    ]
    lines = command("search", index, "-", "--to", "jsonl", stdin=b"fine\n").out.splitlines()
    (found,) = map(json.loads, lines)
    assert (found["query"], len(found["results"]), found["results"][0]["line"]) == ("fine", 4, 4)


def test_the_model_is_loaded_as_it_was_for_the_index(encoder_folder, tmp_path):
    vocabulary = tmp_path / "vocab.txt"
    vocabulary.write_bytes((encoder_folder / "vocab.txt").read_bytes())
    options = ("--vocabulary", vocabulary, "--cased", "--config", "layer_norm_eps=0.5")
    index = tmp_path / "texts.npz"
    assert command("embed", encoder_folder, "-o", index, *options, stdin=b"good\nGood\n").code == 0
    assert command("search", index, "good", "--to", "jsonl").code == 0  # its first text is found to be the same
    vocabulary.unlink()
    assert "vocab.txt" in command("search", index, "good").err


def test_another_model_is_noticed(index, tmp_path):
    run = command(
        "search", index, "fine", "--model", save_model(tmp_path / "other", "sequence-classification", ("a", "b"))
    )
    assert (run.code, run.out) == (1, "")
    assert "was made with another model" in run.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.npz", "a"], "none.npz does not exist"),
        ([__file__, "a"], "is not an index: tinybert embed MODEL INPUT"),
    ],
)
def test_what_is_wrong_is_told(arguments, message):
    run = command("search", *arguments)
    assert (run.code, run.out) == (1, "")
    assert message in run.err


def test_an_index_needs_a_file_and_a_text(encoder_folder, tmp_path):
    assert "a .npz needs a file" in command("embed", encoder_folder, "--to", "npz", stdin=b"a\n").err
    run = command("embed", encoder_folder, "-o", tmp_path / "a.npz", stdin=b"")
    assert (run.code, "no text to search in" in run.err) == (1, True)
    assert not list(tmp_path.iterdir())


def test_an_empty_query_is_an_error(index):
    assert "the query is empty" in command("search", index, " ").err
    assert "stdin, line 2: the query is empty" in command("search", index, "-", stdin=b"a\n\nb\n").err


def test_a_model_that_is_gone_is_named_with_the_remedy(encoder_folder, tmp_path):
    from tinybert.tasks.search_index import SearchIndex

    index = tmp_path / "a.npz"
    command("embed", encoder_folder, "-o", index, stdin=b"fine\n")
    opened = SearchIndex.load(index)
    SearchIndex(opened.vectors, opened.texts, opened.lines, "gone/1.0/model").save(index)
    run = command("search", index, "fine")
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith(f"tinybert: {index} was made with the model gone/1.0/model, which cannot be loaded: ")
    assert run.err.endswith("Say where it is (--model MODEL)\n")
    assert command("search", index, "fine", "--model", encoder_folder).code == 0
