"""Commands without a model take the one of the package."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tiny import command

from tinybert.cli.options import model_and_input
from tinybert.hub.included import DEFAULT_MODEL


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ((DEFAULT_MODEL, None), (DEFAULT_MODEL, "-")),
        (("texts.txt", None), (DEFAULT_MODEL, "texts.txt")),
        (("-", None), (DEFAULT_MODEL, "-")),
        (("model", None), ("model", "-")),  # a folder
        (("model.ckpt", None), ("model.ckpt", "-")),
        (("me/1.0/model", None), ("me/1.0/model", "-")),
        (("nowhere.txt", None), ("nowhere.txt", "-")),
        (("texts.txt", "texts.txt"), ("texts.txt", "texts.txt")),
        (("me/1.0/model", "texts.txt"), ("me/1.0/model", "texts.txt")),
    ],
)
def test_one_argument_is_a_model_or_a_file_of_texts(given, understood, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("texts.txt", "model.ckpt"):
        (tmp_path / name).write_text("It rains.\n")
    (tmp_path / "model").mkdir()
    assert model_and_input(*given) == understood


def test_embed_a_file(tinybert, tmp_path):
    (tmp_path / "texts.txt").write_text("It rains.\nThe bank is closed.\n")
    assert tinybert("embed", tmp_path / "texts.txt", "-o", tmp_path / "vectors.npy") == (0, "", "")
    assert np.load(tmp_path / "vectors.npy").shape == (2, 384)


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_embed_stdin(arguments):
    done = command("embed", *arguments, stdin=b"It rains.\n")
    assert (done.code, done.err) == (0, "")
    assert len(json.loads(done.out)["embedding"]) == 384
