"""Environment variables: the location of the cache, and the host."""

from __future__ import annotations

import pytest

from tinybert.errors import HubError
from tinybert.hub.cache import HubCache
from tinybert.hub.environment import get_hub_dir, mirror, mirrored, set_hub_dir


def test_the_folder_is_the_argument_else_the_setting_else_the_variable_else_the_default(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MSHUB_CACHE", "~/variable")
    set_hub_dir("~/setting")
    assert HubCache(tmp_path / "argument").root == tmp_path.resolve() / "argument"
    assert HubCache().root == get_hub_dir() == tmp_path / "setting"
    set_hub_dir(None)
    assert get_hub_dir() == tmp_path / "variable"
    monkeypatch.setenv("MSHUB_CACHE", "")
    assert get_hub_dir() == tmp_path / ".mscache"


@pytest.mark.parametrize(
    ("value", "base"),
    [("https://host", "https://host"), ("https://h:8/p/", "https://h:8/p"), ("http://host/", "http://host")],
)
def test_mirror(value, base, monkeypatch):
    assert mirror() is None
    monkeypatch.setenv("MSHUB_MIRROR", value)
    assert mirror() == base


@pytest.mark.parametrize(
    "value",
    ["host", "https://", "ftp://host", "https://host?x=1", "https://[", "file://host/a", "file:///gone", "/gone"],
)
def test_mirror_that_does_not_work(value, monkeypatch):
    monkeypatch.setenv("MSHUB_MIRROR", value)
    with pytest.raises(HubError, match="MSHUB_MIRROR"):
        mirror()


@pytest.mark.parametrize(
    "value",
    [
        "https://me:word@host",
        "ftp://me:word@host",
        "http://me:word@host:x",
        "https://me:wo word@host",
        "https://me:wo/word@host",
        "me:word@host",
    ],
)
def test_a_message_about_a_mirror_holds_no_password(value, monkeypatch):
    monkeypatch.setenv("MSHUB_MIRROR", value)
    with pytest.raises(HubError, match="MSHUB_MIRROR") as caught:
        mirror()
    assert "word" not in str(caught.value).replace("a user name or a password", "")


@pytest.mark.parametrize("spell", [str, lambda path: path.as_uri(), lambda path: f"file:{path}", lambda path: "~/a b"])
def test_a_folder_as_a_mirror(spell, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    folder = tmp_path / "a b"
    folder.mkdir()
    monkeypatch.setenv("MSHUB_MIRROR", spell(folder))
    assert mirror() == folder
    assert mirrored("https://host/models/a%20b.ckpt") == folder / "models" / "a b.ckpt"
    assert mirrored("https://host/../%2e%2e/etc/passwd") == folder / "etc" / "passwd"
