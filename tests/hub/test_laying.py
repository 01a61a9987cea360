"""Entries are replaced atomically: readers see the old model or the new one, however the writing ends."""

from __future__ import annotations

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from small_modules import small_model

from tinybert.errors import HubError, IntegrityError
from tinybert.hub import find_module, install, publish
from tinybert.hub.cache import HubCache
from tinybert.hub.finding import cached_modules
from tinybert.hub.laying import KEPT_SECONDS

UID = "me/1.0/mine"


@pytest.fixture
def module():
    return publish(**small_model(), uid=UID)


def age(path):
    old = path.stat().st_mtime - KEPT_SECONDS - 10
    os.utime(path, (old, old))


def names(module):
    return {path.name for path in module.paths.folder.iterdir()}


def test_who_read_the_old_card_still_gets_the_old_files(module):
    before = module.checkpoint_bytes()
    new = publish(**small_model(1), uid=UID, force=True)
    assert module.checkpoint_bytes() == before != new.checkpoint_bytes()
    assert module.vocabulary_path().read_text() != new.vocabulary_path().read_text()
    assert find_module(UID).card == new.card


def test_files_that_no_card_declares_are_collected_after_a_while(module):
    publish(**small_model(1), uid=UID, force=True)
    for path in module.paths.files:
        age(path)
    orphan = module.paths.asset.with_name("never-published.0123456789ab.ckpt")
    orphan.touch()
    age(orphan)
    by_hand = module.paths.asset.with_name("notes.txt")
    by_hand.touch()
    age(by_hand)
    third = publish(**small_model(2), uid=UID, force=True)
    assert names(third) >= {path.name for path in third.paths.files} | {"notes.txt"}
    assert not names(third) & {*(path.name for path in module.paths.files), orphan.name}


def test_the_file_of_a_model_that_comes_back_stays(module):
    publish(**small_model(1), uid=UID, force=True)
    age(module.paths.asset)
    assert publish(**small_model(), uid=UID, force=True).checkpoint_bytes() == module.checkpoint_bytes()


@pytest.mark.parametrize(
    "change", [{"facts": {"summary": "other words"}}, {"facts": {"license": "MIT"}}, {"link": "https://example.org/x"}]
)
def test_the_same_model_in_other_words_needs_no_force(module, change):
    again = publish(**small_model(), uid=UID, **change)
    assert again.card != module.card
    assert find_module(UID).card == again.card


def test_the_same_weights_with_another_vocabulary_are_another_model(module):
    with pytest.raises(HubError, match="another model"):
        publish(small_model()["source"], UID)


def test_a_damaged_file_is_made_whole_by_publishing_again(module):
    module.paths.asset.write_bytes(b"damaged")
    module.paths.vocab.unlink()
    with pytest.raises(IntegrityError, match=f"tinybert hub publish SOURCE {UID}") as caught:
        module.checkpoint_bytes()
    assert module.paths.asset.read_bytes() == b"damaged", "what cannot be had again stays"
    assert "rejected" not in str(caught.value)
    publish(**small_model(), uid=UID)
    assert find_module(UID).checkpoint_bytes()
    assert find_module(UID).vocabulary_path()


def test_a_card_that_cannot_be_read_is_replaced_only_if_that_is_meant(module):
    module.paths.card.write_text("# nothing\n")
    with pytest.raises(HubError, match="with a card that cannot be read"):
        publish(**small_model(), uid=UID)
    publish(**small_model(), uid=UID, force=True)
    assert find_module(UID).card == module.card


def test_leftovers_of_killed_runs_are_not_listed_and_are_swept(module):
    for name in (".write-abcd", ".code-abcd/new"):
        left = module.paths.folder / name
        left.mkdir(parents=True)
        (left / "mine.md").write_bytes(module.paths.card.read_bytes())
    assert list(cached_modules()) == [UID]
    publish(**small_model(1), uid="me/1.0/other")
    assert not [name for name in names(module) if name.startswith(".")]


def test_two_who_publish_the_same_name_at_once(monkeypatch):
    """One of them succeeds, the other gets an error, and nothing is mixed."""
    begin = threading.Barrier(2)

    def try_to_publish(seed):
        begin.wait()
        try:
            return publish(**small_model(seed), uid=UID)
        except HubError as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(try_to_publish, (1, 2)))
    (refused,) = [each for each in done if isinstance(each, HubError)]
    (winner,) = [each for each in done if each is not refused]
    assert "another model" in str(refused)
    assert find_module(UID).checkpoint_bytes() == winner.checkpoint_bytes()


def test_a_lock_that_cannot_be_had_leaves_all_as_it_was(module, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    fcntl = pytest.importorskip("fcntl")
    before = module.checkpoint_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", no_locks)
        with pytest.raises((OSError, NotImplementedError)):
            publish(**small_model(1), uid=UID, force=True)
    assert find_module(UID).checkpoint_bytes() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="a folder is read-only for others than root only")
def test_a_read_only_folder_leaves_all_as_it_was(module):
    module.paths.folder.chmod(0o555)
    try:
        with pytest.raises(OSError, match="Permission denied"):
            publish(**small_model(1), uid=UID, force=True)
    finally:
        module.paths.folder.chmod(0o755)
    assert find_module(UID).card == module.card


def test_files_that_another_card_declares_are_never_collected(module, tmp_path):
    """The files of a module installed under another uid are named after its original uid."""
    other = HubCache(tmp_path / "other")
    paths = install(module.paths.card, uid="me/1.0/renamed", cache=other)
    for path in paths.files:
        age(path)
    publish(**small_model(1), uid="me/1.0/neighbour", cache=other)
    publish(**small_model(1), uid=UID, cache=other)
    renamed = find_module("me/1.0/renamed", cache=other)
    assert renamed.checkpoint_bytes() == module.checkpoint_bytes()
    assert renamed.vocabulary_path() is not None
