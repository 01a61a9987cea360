"""`tinybert augment`."""

from __future__ import annotations

import pytest
from tiny import COLUMNS, command

from tinybert.data import read_texts


def test_data_is_written_with_copies(encoder, reviews, tmp_path):
    out = tmp_path / "augmented.csv"
    data = reviews / "dev.csv"
    options = ("--copies", "3", "--candidates", "2", "--p-threshold", "0.9", "--seed", "7", *COLUMNS)
    done = command("augment", "--model", encoder, "--data", data, "--output", out, *options)
    assert done.code == 0
    assert "not a masked language model: candidates are the nearest words by its word embeddings" in done.err
    found, originals = read_texts(out), read_texts(data, text="opinion", label="verdict")
    assert int(done.out) == len(found) > 2 * len(originals)
    assert [example for example in originals if example not in found] == []
    stdin = ("--data", "-", "--from", "csv")
    again = command("augment", "--model", encoder, *stdin, "-o", out, *options, stdin=data.read_bytes())
    assert again.code == 0
    assert read_texts(out) == found


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--candidates", "0"), "candidates is 0: it must be an integer of at least 1"),
        (("--p-threshold", "1.5"), "p_threshold is 1.5: it must be a number from 0 to 1"),
        (("--task", "answer"), "examples for question-answering cannot be augmented"),
        (("--task", "sing"), "task is 'sing': it must be one of"),
        (("--output", "DATA"), "is the data itself"),
        (("--output", "out.txt"), "out.txt"),
        (("--word-vectors", "nowhere.txt"), "nowhere.txt"),
    ],
)
def test_what_cannot_be_done_is_said(encoder, reviews, tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    data = reviews / "dev.csv"
    given = [data if option == "DATA" else option for option in options]
    output = () if "--output" in options else ("--output", "out.csv")
    done = command("augment", "--model", encoder, "--data", data, *output, *given, *COLUMNS)
    assert done.code == 1
    assert message in done.err
    assert not (tmp_path / "out.csv").exists()
