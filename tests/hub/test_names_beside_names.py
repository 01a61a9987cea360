"""Modules in one folder, whatever they are called: each is loaded, replaced and removed without touching another."""

from __future__ import annotations

import os

import pytest
from small_modules import small_model

from tinybert.errors import UnsafePathError
from tinybert.hub import find_module, hub_list, install, publish, remove
from tinybert.hub.cache import HubCache
from tinybert.hub.finding import cached_modules
from tinybert.hub.laying import KEPT_SECONDS

UID = "me/1.0/a"
FREE = [
    "me/1.0/a.0123456789ab.v",  # as the files of `a` begin, which are named by their content
    "me/1.0/a.0123456789ab.x.y",
    "me/1.0/a.0123456789ab",
    "me/1.0/a/b",
    "me/1.0/A/b",
    "me/1.0/\u00df",
    "me/1.0/\u0430",  # a Cyrillic a
    "me/1.0/$(a)",
    "me/1.0/a b",
    "me/1.0/1.10",
    "me/1.0/readme",
    "me/1.0/src",
    "me/assets/1.0/a",
]
TAKEN = [
    "me/1.0/a.ckpt/b",
    "me/1.0/a.0123456789ab.ckpt",
    "me/1.0/a.0123456789ab.ckpt/b",
    "me/1.0/a.md/b",
    "me/1.0/a.sentence.json",
    "me/1.0/a ",
    "me/1.0/a\u200b",
    "me/1.0/~a",
    "me/1.0/a\x1b[2J",
    "me/1.0/a\udc80",
]


def assert_whole(uid, seed):
    module = find_module(uid)
    assert module.checkpoint_bytes()
    assert module.tokenizer().vocabulary.tokens[-1] == f"word{seed}"
    assert (module.paths.code / "mindspore_hub_conf.py").is_file()


def grow_old(folder):
    """All files of a folder are from a time that nobody waits for any more."""
    for path in folder.iterdir():
        past = path.stat().st_mtime - KEPT_SECONDS - 10
        os.utime(path, (past, past))


@pytest.mark.parametrize(("uid", "first"), [(uid, number % 2 == 0) for number, uid in enumerate([*FREE, *FREE[:1]])])
def test_each_stays_whole_whatever_happens_to_the_other(uid, first, tmp_path):
    for each, seed in ((uid, 1), (UID, 0)) if first else ((UID, 0), (uid, 1)):
        publish(**small_model(seed), uid=each)
        grow_old(find_module(each).paths.folder)
    assert sorted(cached_modules()) == sorted({UID, uid})
    for each, other in ((UID, (uid, 1)), (uid, (UID, 2))):
        publish(**small_model(2), uid=each, force=True)
        assert_whole(*other)
    elsewhere = HubCache(tmp_path / "elsewhere")
    install(find_module(uid).paths.card, cache=elsewhere)
    assert list(cached_modules(elsewhere)) == [uid]
    one, other = (UID, uid) if first else (uid, UID)
    remove(one)
    assert list(cached_modules()) == [other]
    assert_whole(other, 2)
    remove(other)
    assert [path for path in HubCache().root.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


@pytest.mark.parametrize("uid", TAKEN)
def test_what_would_be_taken_for_a_file_is_refused(uid):
    publish(**small_model(), uid=UID)
    before = sorted(HubCache().root.rglob("*"))
    with pytest.raises(UnsafePathError):
        publish(**small_model(1), uid=uid)
    assert sorted(HubCache().root.rglob("*")) == before


def test_a_card_in_whose_place_somebody_has_a_folder_is_nobody_s():
    (find_module(publish(**small_model(), uid=UID).uid).paths.folder / "b.md").mkdir()
    assert list(cached_modules()) == [UID]
    assert "a" in hub_list()
