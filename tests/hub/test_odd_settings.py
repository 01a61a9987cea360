"""A cache, a mirror or a source that is no such thing is one error of ours, and nothing is written."""

from __future__ import annotations

import os

import pytest
from entries import CN_WIKI, exchange
from small_modules import small_model

from tinybert import BertTokenizer, load
from tinybert.checkpoint import read_checkpoint
from tinybert.cli.option_values import label_names
from tinybert.errors import HubError, InputError, TinyBertError
from tinybert.hub import find_module, install, list_uids, publish, remove
from tinybert.hub.cache import HubCache
from tinybert.hub.environment import mirror
from tinybert.hub.finding import cached_modules
from tinybert.hub.lookup import find_stored

CALLS = {
    "list": lambda: list(cached_modules()),
    "find": lambda: find_module("me/1.0/a"),
    "publish": lambda: publish(**small_model(), uid="me/1.0/a"),
    "install": lambda: install("me/1.0/a"),
    "remove": lambda: remove("me/1.0/a"),
}
CIRCLES = ["loop", "loop/below", "one"]


@pytest.fixture
def circles(tmp_path):
    for link, target in (("loop", "loop"), ("one", "other"), ("other", "one")):
        (tmp_path / link).symlink_to(tmp_path / target)
    return tmp_path


@pytest.mark.skipif(os.name != "posix", reason="links")
@pytest.mark.parametrize("name", CIRCLES)
@pytest.mark.parametrize("call", CALLS)
def test_a_cache_behind_links_that_lead_in_a_circle(circles, monkeypatch, name, call):
    monkeypatch.setenv("MSHUB_CACHE", str(circles / name))
    with pytest.raises(HubError, match=r"the cache .* is a symbolic link that leads nowhere"):
        CALLS[call]()


@pytest.mark.parametrize(
    "value",
    ["file://[x/", "file://host/a", "file://[::1]/a", "FILE://x", "//[x/y", "file:///a[b", "http://[", "https:"],
)
def test_a_mirror_that_is_none(monkeypatch, value):
    monkeypatch.setenv("MSHUB_MIRROR", value)
    with pytest.raises(HubError, match="MSHUB_MIRROR"):
        mirror()


@pytest.mark.parametrize("name", ["a b", "[x", "a%20b", "a#b?c", "caf\u00e9", "~x", "file:x", "a'b"])
@pytest.mark.parametrize("spell", [lambda path: path.as_uri(), lambda path: f"{path}/./"])
def test_a_mirror_in_a_folder_of_any_name(tmp_path, monkeypatch, name, spell):
    given = publish(**small_model(), uid="me/1.0/a").paths.asset
    exchange(monkeypatch, CN_WIKI, given, link="https://download.mindspore.cn/models/a%20b/tinybert.ckpt")
    place = tmp_path / name / "models" / "a b" / "tinybert.ckpt"
    place.parent.mkdir(parents=True)
    place.write_bytes(given.read_bytes())
    monkeypatch.setenv("MSHUB_MIRROR", spell(tmp_path / name))
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    assert find_module(CN_WIKI).checkpoint_bytes() == given.read_bytes()


LONG = ["x" * 300, "x" * 5000, "x/" * 3000, "A whole sentence.\n" * 40, "a\0b"]


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("call", [load, find_stored, install, find_module, read_checkpoint, BertTokenizer.from_file])
def test_a_name_that_no_file_can_have_names_nothing(call, name):
    with pytest.raises(TinyBertError) as caught:
        call(name)
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize("count", [2, 100, 3000])
def test_a_list_of_labels_may_be_longer_than_the_name_of_a_file(count):
    names = tuple(f"label {number}" for number in range(count))
    assert label_names(", ".join(names)) == names


@pytest.mark.parametrize("given", ["x/" * 3000 + "labels.txt", "labels/" + "x" * 300])
def test_a_file_of_labels_that_cannot_be(given):
    with pytest.raises(InputError, match=r"the file of labels .* does not exist"):
        label_names(given)


@pytest.mark.parametrize("name", [".", "..", "/", "~", "~/x", "", " ", "x", "./x", "%2e%2e", "file:///x", "hf:", "a/b"])
def test_what_is_offered_nowhere(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(TinyBertError):
        install(name)
    assert not HubCache().root.exists()
    assert len(list_uids()) == 27


@pytest.mark.skipif(os.name != "posix", reason="a folder may be read like a file elsewhere")
def test_a_file_that_cannot_be_read_is_named(tmp_path):
    module = publish(**small_model(), uid="me/1.0/a")
    module.paths.asset.unlink()
    module.paths.asset.mkdir()
    with pytest.raises(HubError, match=r"\.ckpt cannot be read: Is a directory"):
        module.checkpoint_bytes()
    with pytest.raises(HubError, match=r"\.ckpt (is missing|cannot be read)"):
        install(module.paths.folder, cache=HubCache(tmp_path / "elsewhere"))
