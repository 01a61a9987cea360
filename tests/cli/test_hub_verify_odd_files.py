"""`tinybert hub verify` says of each module what is wrong with it; one that cannot be read hides no other."""

from __future__ import annotations

import json
import shutil

import pytest
from small_modules import small_model

from tinybert.hub import publish


def damage(path):
    path.write_bytes(path.read_bytes()[:-1])


def exchange(path):
    path.unlink()
    path.mkdir()


def dangle(path):
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


DAMAGES = {"cut": damage, "a folder": exchange, "gone": lambda path: path.unlink(), "a link to nowhere": dangle}
PARTS = ("asset", "tokenizer")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("what", DAMAGES)
def test_each_module_is_told_of(tinybert, part, what):
    modules = [publish(**small_model(seed), uid=f"me/1.0/{name}") for seed, name in enumerate("ab")]
    DAMAGES[what](getattr(modules[0].paths, part))
    code, out, err = tinybert("hub", "verify", "--json")
    told = {(entry["uid"], entry["what"]): entry["ok"] for entry in json.loads(out)}
    assert told.pop(("me/1.0/b", "checkpoint"))
    assert told.pop(("me/1.0/b", "vocabulary"))
    missing = part == "asset" and what in ("gone", "a link to nowhere")  # it is not in the cache, and so not verified
    assert all(told.values()) is missing
    assert code == (0 if missing else 1)
    assert err == ""


def test_damaged_cards_and_code_folders_hide_no_module(tinybert):
    modules = [publish(**small_model(seed), uid=f"me/1.{seed}/a") for seed in range(4)]
    modules[0].paths.card.write_bytes(b"\xff")
    modules[1].paths.card.unlink()
    shutil.rmtree(modules[2].paths.code)
    for arguments in (("list", "--cached"), ("verify",)):
        code, out, _ = tinybert("hub", *arguments)
        assert code == 0
        assert [uid for uid in ("me/1.0/a", "me/1.1/a", "me/1.2/a", "me/1.3/a") if uid in out] == [
            "me/1.2/a",
            "me/1.3/a",
        ]
