"""Commands without a model take the one of the package."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from tiny import command

from tinybert.cli.option_values import model_and_input
from tinybert.hub import install
from tinybert.hub.cache import HubCache
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
        (("model.BIN", None), ("model.BIN", "-")),
        (("pipe", None), (DEFAULT_MODEL, "pipe")),
        (("texts.txt", "texts.txt"), ("texts.txt", "texts.txt")),
        (("me/1.0/model", "texts.txt"), ("me/1.0/model", "texts.txt")),
    ],
)
def test_one_argument_is_a_model_or_a_file_of_texts(given, understood, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    for name in ("texts.txt", "model.ckpt", "model.BIN"):
        (tmp_path / name).write_text("It rains.\n")
    (tmp_path / "model").mkdir()
    assert model_and_input(*given) == understood


def test_a_text_that_is_not_there_is_not_taken_for_a_model():
    done = command("embed", "nowhere.txt")
    assert (done.code, done.err) == (1, "tinybert: nowhere.txt does not exist\n")


def test_embed_a_file(tinybert, tmp_path):
    (tmp_path / "texts.txt").write_text("It rains.\nThe bank is closed.\n")
    assert tinybert("embed", tmp_path / "texts.txt", "-o", tmp_path / "vectors.npy") == (0, "", "")
    assert np.load(tmp_path / "vectors.npy").shape == (2, 384)


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_embed_stdin(arguments):
    done = command("embed", *arguments, stdin=b"It rains.\n")
    assert (done.code, done.err) == (0, "")
    assert len(json.loads(done.out)["embedding"]) == 384


def test_the_copy_in_a_cache_is_verified(little_code, tmp_path):
    paths = install(DEFAULT_MODEL, cache=HubCache(tmp_path))
    assert command("hub", "verify", "--cache", tmp_path).code == 0
    paths.asset.write_bytes(paths.asset.read_bytes()[:-1] + b"?")
    for uid in ((), (DEFAULT_MODEL,)):
        done = command("hub", "verify", *uid, "--cache", tmp_path)
        assert (done.code, "WRONG" in done.out) == (1, True)
