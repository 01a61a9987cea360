"""Publishing, installing and removing among links, folders, damaged neighbours and hostile cards."""

from __future__ import annotations

import errno
import os
import shutil

import pytest
from small_modules import small_model

from tinybert.errors import CardError, HubError, TinyBertError, UnsafePathError, WriteError
from tinybert.hub import find_module, install, publish, remove
from tinybert.hub.cache import HubCache
from tinybert.hub.card import render_card
from tinybert.hub.finding import cached_modules
from tinybert.hub.laying import KEPT_SECONDS

UID = "me/1.0/mine"


@pytest.fixture
def module():
    return publish(**small_model(), uid=UID)


@pytest.fixture
def other():
    return publish(**small_model(3), uid="me/1.0/other")


@pytest.fixture
def offer(tmp_path):
    """A function that changes the text of a card in a folder, but not its files."""
    theirs = publish(**small_model(5), uid="you/1.0/theirs", cache=HubCache(tmp_path / "theirs"))

    def offer(*changes):
        text = theirs.paths.card.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        theirs.paths.card.write_text(text, encoding="utf-8")
        return theirs

    return offer


def again(seed=1):
    return publish(**small_model(seed), uid=UID, force=True)


def assert_whole(uid):
    found = find_module(uid)
    assert found.checkpoint_bytes()
    assert found.vocabulary_path().is_file()
    assert (found.paths.code / "mindspore_hub_conf.py").is_file()


@pytest.mark.parametrize("part", ["card", "asset", "vocab"])
def test_a_link_within_the_cache_is_replaced_and_what_it_leads_to_stays(module, other, part):
    path, target = getattr(module.paths, part), getattr(other.paths, part)
    before = target.read_bytes()
    path.unlink()
    path.symlink_to(target)
    again(0)
    assert not path.is_symlink()
    assert target.read_bytes() == before
    assert_whole(UID)
    assert_whole(other.uid)


@pytest.mark.parametrize("part", ["card", "asset", "vocab", "code"])
def test_a_link_out_of_the_cache_is_not_written_through(module, tmp_path, part):
    outside, path = tmp_path / "outside", getattr(module.paths, part)
    shutil.move(path, outside)
    path.symlink_to(outside)
    before = sorted(outside.rglob("*")) if outside.is_dir() else outside.read_bytes()
    with pytest.raises(UnsafePathError, match="leads out of the cache"):
        publish(**small_model(), uid=UID)
    assert (sorted(outside.rglob("*")) if outside.is_dir() else outside.read_bytes()) == before


def test_a_folder_in_the_place_of_a_file(module):
    for path in (module.paths.asset, module.paths.card):
        path.unlink()
        path.mkdir()
        with pytest.raises(TinyBertError):
            again(0)
        path.rmdir()
        again(0)
    assert_whole(UID)


def test_a_file_in_the_place_of_the_code_is_somebody_else_s(module):
    shutil.rmtree(module.paths.code)
    module.paths.code.write_text("mine")
    with pytest.raises(UnsafePathError, match="is not a code folder"):
        again()
    assert module.paths.code.read_text() == "mine"


def test_a_file_in_the_place_of_the_cache(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="file cannot be written"):
        publish(**small_model(), uid=UID, cache=HubCache(tmp_path / "file"))


@pytest.mark.parametrize("step", ["os.replace", "shutil.copyfile", "os.rename", "tempfile.mkdtemp"])
def test_a_disk_that_fills_up_is_one_error_and_leaves_the_old(module, monkeypatch, step):
    (module.paths.code / "src/tinybert/hub/conf.py").write_text("# older")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "os.rename":  # on systems that cannot exchange two folders
        monkeypatch.setattr("tinybert.hub.code_folder._exchanged", lambda *_: False)
    with monkeypatch.context() as patch:
        patch.setattr(step, full)
        with pytest.raises(WriteError, match="No space left") as caught:
            again()
    assert caught.value.errno == errno.ENOSPC
    assert find_module(UID).card == module.card
    assert find_module(UID).checkpoint_bytes()
    again()
    assert_whole(UID)


def test_where_two_folders_cannot_be_exchanged_one_follows_the_other(module, monkeypatch):
    monkeypatch.setattr("tinybert.hub.code_folder._exchanged", lambda *_: False)
    conf = module.paths.code / "src/tinybert/hub/conf.py"
    conf.write_text("# older")
    again()
    assert "create_network" in conf.read_text(encoding="utf-8")
    assert sorted(path.name for path in module.paths.folder.glob(".*")) == []


@pytest.mark.parametrize(
    "change",
    [
        ("uid: you/1.0/theirs", "uid: ../../theirs"),
        ("uid: you/1.0/theirs", "uid: mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"),
        ("uid: you/1.0/theirs", "uid: me/1.0/MINE"),
        ("uid: you/1.0/theirs", "uid: me/1.0/tinybert/mine"),
        ("uid: you/1.0/theirs", "uid: me/1.0/mine.ckpt"),
        ("vocab-file: theirs", "vocab-file: ../theirs"),
        ("vocab-file: theirs", "vocab-file: ~theirs"),
        ("checkpoint-file: theirs", "checkpoint-file: /etc/theirs"),
        ("nlp/tinybert\n", "nlp/..\n"),
        ("nlp/tinybert\n", "nlp/theirs.md\n"),
        ("module-type: nlp", "module-type: poetry"),
    ],
)
def test_a_hostile_card_is_not_installed(module, offer, change):
    theirs = offer(change)
    before = {path: path.read_bytes() for path in HubCache().root.rglob("*") if path.is_file()}
    with pytest.raises((UnsafePathError, CardError)):
        install(theirs.paths.folder / "theirs.md", force=True)
    assert {path: path.read_bytes() for path in HubCache().root.rglob("*") if path.is_file()} == before


def test_an_offered_card_cannot_take_a_neighbours_file(module, offer):
    theirs = offer(("uid: you/1.0/theirs", "uid: me/1.0/theirs"))
    name = theirs.paths.asset.name
    offer((name, module.paths.asset.name))
    (theirs.paths.folder / module.paths.asset.name).write_bytes(theirs.paths.asset.read_bytes())
    with pytest.raises(UnsafePathError, match=r"me/1\.0/mine has files of the name"):
        install(theirs.paths.card, force=True)
    assert_whole(UID)


def test_an_offered_file_of_one_name_and_another_content_waits_until_the_old_is_removed(module, offer):
    theirs = offer(("uid: you/1.0/theirs", f"uid: {UID}"))
    offer((theirs.paths.vocab.name, module.paths.vocab.name))
    (theirs.paths.folder / module.paths.vocab.name).write_bytes(theirs.paths.vocab.read_bytes())
    with pytest.raises(HubError, match=f"tinybert hub remove {UID}"):
        install(theirs.paths.card, force=True)
    assert_whole(UID)
    remove(UID)
    install(theirs.paths.card)
    assert_whole(UID)


def test_a_damaged_neighbour_is_in_nobody_s_way(module, other):
    other.paths.card.write_bytes(b"\xff" * 100)
    again()
    assert_whole(UID)
    assert list(cached_modules()) == [UID]
    remove(UID)
    assert (other.paths.code / "mindspore_hub_conf.py").is_file(), "it may be the damaged one's"
    assert other.paths.asset.is_file()


def test_an_entry_of_an_earlier_version_is_replaced_and_collected(module):
    """Its files are named after it whatever they contain, and its address never exists."""
    link = f"https://not-hosted.invalid/me/1.0/{UID[7:]}.ckpt"
    text = module.paths.card.read_text(encoding="utf-8")
    sha256 = module.card.asset.sha256
    text = text.replace(f"checkpoint-file: {module.paths.asset.name}\n\n", "")
    text = text.replace(f'checkpoint-sha256: "{sha256}"', "").replace(f"checkpoint-sha256: {sha256}", "")
    text = text.replace(module.paths.vocab.name, "mine.vocab.txt")
    asset = f"asset:\n  -\n    file-format: ckpt\n    asset-link: {link}\n    asset-sha256: {sha256}\n\nlicense:"
    module.paths.card.write_text(text.replace("license:", asset, 1), encoding="utf-8")
    old = [module.paths.folder / name for name in ("mine.ckpt", "mine.vocab.txt")]
    for path, new in zip((module.paths.asset, module.paths.vocab), old, strict=True):
        path.rename(new)
    assert_whole(UID)
    old[0].write_bytes(b"damaged")
    with pytest.raises(TinyBertError, match="publish the module again from its source"):
        find_module(UID).checkpoint_bytes()
    assert old[0].exists()
    publish(**small_model(), uid=UID)  # publishing the same model does not need force
    assert_whole(UID)
    for path in old:
        assert path.exists(), "who read the old card may be about to open it"
        past = path.stat().st_mtime - KEPT_SECONDS - 10
        os.utime(path, (past, past))
    again()
    assert not any(path.exists() for path in old)
    assert_whole(UID)


def test_a_module_is_published_under_another_name_and_again_under_its_own(module):
    copy = publish(UID, "me/2.0/copy")
    assert copy.checkpoint_bytes() == module.checkpoint_bytes()
    assert publish(UID, UID).card == module.card


@pytest.mark.parametrize(
    "facts",
    [
        {"assets": ()},
        {"model_name": "other"},
        {"vocab_sha256": "0" * 64},
        {"uid": "me/1.0/other"},
        {"colour": "blue"},
        {"repo_link": "https://gitee.com/me/models/pulls/1"},
        {"repo_link": None},
    ],
)
def test_facts_cannot_say_what_the_model_says(facts):
    with pytest.raises(CardError):
        publish(**small_model(), uid=UID, facts=facts)
    assert not HubCache().root.exists()


def test_a_card_is_what_it_was_after_it_was_published_and_installed(module, tmp_path):
    install(module.paths.folder, cache=HubCache(tmp_path / "third"))
    assert find_module(UID, cache=HubCache(tmp_path / "third")).card == module.card
    assert module.paths.card.read_text(encoding="utf-8") == render_card(module.card)
