"""Paths stay in the cache, files are what their cards declare, and the environment means what it says."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinybert.errors
from tinybert.errors import HubError, IntegrityError, UnsafePathError
from tinybert.hub import (
    Asset,
    HubCache,
    find,
    get_hub_dir,
    mirror,
    offline,
    parse_uid,
    set_hub_dir,
    sha256_of,
    verified_bytes,
    verify,
)

CN_WIKI = "mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"
SST2 = "mindspore/1.10/tinybert_enwiki128_sst2"
CONTENT = b"weights" * 1_000_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
UNSAFE_NAMES = [
    "",
    ".",
    "..",
    "~",
    "~root",
    "a\\b",
    "c:",
    "a\0",
    "a\nb",
    "CON",
    "nul.md",
    "com1 .x",
    "a" * 121,
    "a.",
    "a ",
]
UNSAFE_NAMES += ["a?b", "a*", "\u202ea", "\ud800", " a", "字" * 41]


class TestUid:
    @pytest.mark.parametrize("uid", [CN_WIKI, SST2, "发布者/1.0/模型"])
    def test_a_uid_is_returned_as_it_is(self, uid):
        assert parse_uid(uid) == uid

    @pytest.mark.parametrize(
        ("link", "uid"),
        [
            (f"https://gitee.com/mindspore/hub/raw/master/mshub_res/assets/{CN_WIKI}.md", CN_WIKI),
            (f"https://gitee.com/mindspore/hub/blob/master/mshub_res/assets/{SST2}.md", SST2),
            (f"https://hub.mindspore.com/{CN_WIKI}", CN_WIKI),
            (f"https://hub.mindspore.com/{SST2}/", SST2),
            (f"https://host/somewhere/else/{CN_WIKI}.md?raw=true", CN_WIKI),
        ],
    )
    def test_the_address_of_a_card_ends_with_its_uid(self, link, uid):
        assert parse_uid(link) == uid

    @pytest.mark.parametrize("name", UNSAFE_NAMES)
    @pytest.mark.parametrize("place", ["{}/1.0/x", "a/{}/x", "a/1.0/{}", "a/b/1.0/{}"])
    def test_names_that_are_not_plain_are_refused(self, name, place):
        with pytest.raises(UnsafePathError):
            parse_uid(place.format(name))

    @pytest.mark.parametrize(
        "name", ["", "a", "a/b", "a/b/c/d/e", "/a/b/c", "https://host/a", "https://host/assets/a/b"]
    )
    def test_a_uid_has_three_or_four_parts(self, name):
        with pytest.raises(UnsafePathError):
            parse_uid(name)

    @pytest.mark.parametrize(
        "link", ["http://host/a/b/c", "file:///a/b/c", "https://host/assets/a/../c", "https://[/a/b/c"]
    )
    def test_other_addresses_are_refused(self, link):
        with pytest.raises(UnsafePathError):
            parse_uid(link)

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.text(max_size=30) | st.lists(st.sampled_from(["..", ".", "~", "a", "", "C:", "\\"])).map("/".join))
    def test_whatever_passes_stays_below_the_root(self, name):
        try:
            path = HubCache("/cache").card_path(name)
        except UnsafePathError:
            return
        assert path == Path(os.path.normpath(path))
        assert Path("/cache").resolve() in path.parents


class TestHubCache:
    def test_the_layout_is_that_of_the_official_client(self, tmp_path):
        paths = HubCache(tmp_path).entry(CN_WIKI, find(CN_WIKI).card)
        folder = tmp_path.resolve() / "mindspore" / "ascend" / "1.0"
        assert paths.folder == folder
        assert paths.card == HubCache(tmp_path).card_path(CN_WIKI) == folder / "tinybert_v1.0_cn-wiki.md"
        assert paths.code == folder / "tinybert"
        assert paths.asset == folder / "tinybert.ckpt"
        assert paths.vocab is None

    def test_another_of_a_cards_files_can_be_meant(self, tmp_path):
        module = find("mindspore/ascend/1.2/tinybert_v1.2_en-wiki")
        cache = HubCache(tmp_path)
        assert cache.entry(module.uid, module.card).asset.name == "bert_base_ascend_1.2_en-wiki.ckpt"
        paths = cache.entry(module.uid, module.card, module.assets[1])
        assert paths.asset.name == "bert_base_finetune_ascend_1.2_sst2.ckpt"

    @pytest.mark.parametrize(
        "change",
        [
            {"repo_link": "https://host/.."},
            {"repo_link": "https://host/"},
            {"vocab_file": "../vocab.txt"},
            {"vocab_file": "tinybert"},
            {"vocab_file": "TinyBert.ckpt"},
            {"assets": (Asset("ckpt", "https://host/..", SHA256),)},
            {"assets": (Asset("ckpt", "https://host/a\\b", SHA256),)},
            {"assets": (Asset("ckpt", "https://host/tinybert", SHA256),)},
            {"assets": (Asset("ckpt", "https://host/tinybert_v1.0_en-wiki.md", SHA256),)},
            {"assets": (Asset("ckpt", "https://host/other.ckpt.part", SHA256),)},
        ],
    )
    def test_names_from_a_card_cannot_leave_or_hit_other_files(self, tmp_path, change):
        card = dataclasses.replace(find(CN_WIKI).card, **change)
        with pytest.raises(UnsafePathError):
            HubCache(tmp_path).entry(CN_WIKI, card)

    @pytest.mark.parametrize("link", ["mindspore", "mindspore/ascend", "mindspore/ascend/1.0/tinybert.ckpt"])
    def test_symbolic_links_cannot_lead_out(self, tmp_path, link):
        root, outside = tmp_path / "cache", tmp_path / "outside"
        outside.mkdir()
        (root / link).parent.mkdir(parents=True)
        (root / link).symlink_to(outside)
        with pytest.raises(UnsafePathError, match="leads out of the cache"):
            HubCache(root).entry(CN_WIKI, find(CN_WIKI).card)

    def test_symbolic_links_that_turn_in_a_circle_are_told(self, tmp_path):
        (tmp_path / "mindspore").symlink_to(tmp_path / "mindspore")
        with pytest.raises(UnsafePathError):
            HubCache(tmp_path).card_path(CN_WIKI)

    def test_the_cache_itself_may_be_a_symbolic_link(self, tmp_path):
        (tmp_path / "disk").mkdir()
        (tmp_path / "cache").symlink_to(tmp_path / "disk")
        assert HubCache(tmp_path / "cache").card_path(SST2).is_relative_to((tmp_path / "disk").resolve())


class TestIntegrity:
    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "tinybert.ckpt"
        path.write_bytes(CONTENT)
        return path

    def test_the_right_file_passes(self, path):
        assert sha256_of(path) == SHA256
        assert verify(path, SHA256.upper()) == path
        assert verified_bytes(path, SHA256) == CONTENT

    @pytest.mark.parametrize("check", [verify, verified_bytes])
    def test_a_wrong_file_is_told_and_set_aside(self, path, check):
        path.write_bytes(CONTENT[:-1])
        found = hashlib.sha256(CONTENT[:-1]).hexdigest()
        with pytest.raises(IntegrityError, match=r"tinybert\.ckpt\.rejected") as caught:
            check(path, SHA256)
        assert (caught.value.expected, caught.value.actual) == (SHA256, found)
        assert all(part in str(caught.value) for part in (str(path), SHA256, found))
        assert [entry.name for entry in path.parent.iterdir()] == ["tinybert.ckpt.rejected"]

    @pytest.mark.parametrize("check", [verify, verified_bytes])
    def test_a_file_of_the_users_stays_where_it_is(self, path, check):
        with pytest.raises(IntegrityError):
            check(path, "0" * 64, quarantine=False)
        assert path.read_bytes() == CONTENT

    def test_a_right_file_that_came_meanwhile_stays(self, path, monkeypatch):
        path.write_bytes(b"wrong")
        fstat = os.fstat

        def fstat_while_another_process_replaces(number):
            path.with_name("new").write_bytes(CONTENT)
            os.replace(path.with_name("new"), path)
            return fstat(number)

        monkeypatch.setattr("tinybert.hub.integrity.os.fstat", fstat_while_another_process_replaces)
        with pytest.raises(IntegrityError):
            verified_bytes(path, SHA256)
        assert path.read_bytes() == CONTENT

    @pytest.mark.parametrize("sha256", ["", "0" * 63, "g" * 64, "0" * 65])
    def test_a_hash_that_is_none_is_refused(self, path, sha256):
        with pytest.raises(ValueError, match="64"):
            verify(path, sha256)
        assert path.exists()


class TestEnvironment:
    def test_the_folder_is_the_argument_else_the_setting_else_the_variable_else_the_default(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("MSHUB_CACHE", "~/variable")
        set_hub_dir("~/setting")
        assert HubCache(tmp_path / "argument").root == tmp_path.resolve() / "argument"
        assert HubCache().root == get_hub_dir() == tmp_path / "setting"
        set_hub_dir(None)
        assert get_hub_dir() == tmp_path / "variable"
        monkeypatch.setenv("MSHUB_CACHE", "")
        assert get_hub_dir() == tmp_path / ".mscache"

    @pytest.mark.parametrize("value", ["1", "true", "YES", " on "])
    def test_offline_on(self, value, monkeypatch):
        monkeypatch.setenv("MSHUB_OFFLINE", value)
        assert offline() is True

    @pytest.mark.parametrize("value", [None, "", "0", "False", "no", "off"])
    def test_offline_off(self, value, monkeypatch):
        if value is not None:
            monkeypatch.setenv("MSHUB_OFFLINE", value)
        assert offline() is False

    def test_offline_neither(self, monkeypatch):
        monkeypatch.setenv("MSHUB_OFFLINE", "maybe")
        with pytest.raises(HubError, match=r"maybe.*1, true, yes, on.*0, false, no, off"):
            offline()

    @pytest.mark.parametrize(("value", "base"), [("https://host", "https://host"), ("https://h:8/p/", "https://h:8/p")])
    def test_mirror(self, value, base, monkeypatch):
        assert mirror() is None
        monkeypatch.setenv("MSHUB_MIRROR", value)
        assert mirror() == base

    @pytest.mark.parametrize(
        "value", ["http://host", "host", "https://", "https://a:b@host", "https://host?x=1", "https://["]
    )
    def test_mirror_that_does_not_work(self, value, monkeypatch):
        monkeypatch.setenv("MSHUB_MIRROR", value)
        with pytest.raises(HubError, match="MSHUB_MIRROR"):
            mirror()


def test_the_modules_are_light():
    """Listing and checking cards must not wait for MindSpore, nor for what only downloads and bars need."""
    code = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
begun = time.process_time()
import tinybert.hub.cache, tinybert.hub.card, tinybert.hub.download, tinybert.hub.registry
tinybert.hub.registry.find("mindspore/1.10/tinybert_enwiki128_sst2")
print(json.dumps([time.process_time() - begun, sorted(name for name in sys.modules if "." not in name)]))
"""
    sources = str(Path(tinybert.errors.__file__).parents[1])
    answer = subprocess.run([sys.executable, "-c", code, sources], capture_output=True, text=True, check=True)
    seconds, modules = json.loads(answer.stdout)
    assert not {"mindspore", "numpy", "requests", "urllib3", "rich", "filelock"} & set(modules)
    assert seconds < 0.5
