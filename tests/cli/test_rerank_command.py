"""`tinybert rerank`, and `search --rerank`: texts in the order of a classifier of pairs."""

from __future__ import annotations

import json

import pytest
from tiny import command, save_model

from tinybert import Reranker

TEXTS = ["the good film", "a very bad book", "fine", "not great"]
STDIN = "\n".join(TEXTS).encode()


@pytest.fixture(scope="module")
def score(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("score"), "sequence-classification", (), "regression")


@pytest.fixture(scope="module")
def expected(score):
    return Reranker.from_pretrained(score)("a good book", TEXTS)


def test_the_best_come_first_with_their_lines(score, expected):
    run = command("rerank", score, "--query", "a good book", "--top-k", "3", stdin=STDIN)
    rows = [line.split("\t") for line in run.out.splitlines()]
    assert (run.code, run.err, rows[0]) == (0, "", ["score", "line", "text"])
    assert [(int(row[1]), row[2]) for row in rows[1:]] == [(each.corpus_id + 1, each.text) for each in expected[:3]]
    assert [float(row[0]) for row in rows[1:]] == pytest.approx([each.score for each in expected[:3]], abs=1e-3)


def test_json_lines_in_and_out_and_a_bad_line(score, expected, tmp_path):
    rows = [json.dumps({"id": number, "body": text}) for number, text in enumerate(TEXTS)]
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join([*rows[:2], '{"body": ""}', *rows[2:]]) + "\n", encoding="utf-8")
    options = ("--query", "a good book", "--text", "body", "--to", "jsonl")
    run = command("rerank", score, path, *options, "--on-error", "skip")
    found = json.loads(run.out)
    assert (run.code, found["query"]) == (1, "a good book")
    assert "texts.jsonl, line 3: the text is empty" in run.err
    assert [each["text"] for each in found["results"]] == [each.text for each in expected]
    assert [each["line"] for each in found["results"]] == [[1, 2, 4, 5][each.corpus_id] for each in expected]
    assert command("rerank", score, path, *options).out == ""


def test_a_query_says_something(score):
    run = command("rerank", score, "--query", " ", stdin=STDIN)
    assert (run.code, run.err) == (1, "tinybert: the query is empty\n")


def test_a_label_is_chosen(tmp_path):
    model = save_model(tmp_path / "model", "sequence-classification", ("no", "yes"))
    run = command("rerank", model, "--query", "a", stdin=STDIN)
    assert (run.code, run.out) == (1, "")
    assert "has the labels no, yes. Say whose probability is the score (--label no)" in run.err
    yes, no = (
        [
            line.split("\t")[2]
            for line in command("rerank", model, "--query", "a", "--label", label, stdin=STDIN).out.splitlines()[1:]
        ]
        for label in ("yes", "no")
    )
    assert yes == no[::-1]
    assert sorted(yes) == sorted(TEXTS)


def test_what_a_search_finds_is_reranked(score, expected, encoder_folder, tmp_path):
    index = tmp_path / "texts.npz"
    assert command("embed", encoder_folder, "--output", index, stdin=STDIN).code == 0
    run = command("search", index, "a good book", "--rerank", score, "--top-k", "2")
    assert [line.split("\t")[2] for line in run.out.splitlines()[1:]] == [each.text for each in expected[:2]]
    few = command(
        "search", index, "a good book", "--rerank", score, "--candidates", "2", "--top-k", "2", "--to", "jsonl"
    )
    nearest = json.loads(command("search", index, "a good book", "--top-k", "2", "--to", "jsonl").out)["results"]
    found = json.loads(few.out)["results"]
    assert {each["text"] for each in found} == {each["text"] for each in nearest}
    scores = {each.text: each.score for each in expected}
    assert [each["score"] for each in found] == pytest.approx([scores[each["text"]] for each in found], abs=1e-5)


@pytest.mark.parametrize("options", [("--label", "yes"), ("--candidates", "5"), ("--rerank", "m", "--candidates", "1")])
def test_options_of_reranking_are_not_ignored(options, tmp_path):
    assert command("search", tmp_path / "index.npz", "a good book", "--top-k", "2", *options).code == 2
