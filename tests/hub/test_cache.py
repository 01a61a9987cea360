"""Files are where the official client puts them, and no name or link leads out of the cache."""

from __future__ import annotations

import dataclasses

import pytest

from tinybert.errors import UnsafePathError
from tinybert.hub.cache import HubCache
from tinybert.hub.card import Asset
from tinybert.hub.registry import published

CN_WIKI = "mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"
SST2 = "mindspore/1.10/tinybert_enwiki128_sst2"
SHA256 = "0" * 64


def test_the_layout_is_that_of_the_official_client(tmp_path):
    paths = HubCache(tmp_path).entry(CN_WIKI, published()[CN_WIKI].card)
    folder = tmp_path.resolve() / "mindspore" / "ascend" / "1.0"
    assert paths.folder == folder
    assert paths.card == HubCache(tmp_path).card_path(CN_WIKI) == folder / "tinybert_v1.0_cn-wiki.md"
    assert paths.code == folder / "tinybert"
    assert paths.asset == folder / "tinybert.ckpt"
    assert paths.vocab is None


def test_another_of_a_cards_files_can_be_meant(tmp_path):
    module = published()["mindspore/ascend/1.2/tinybert_v1.2_en-wiki"]
    cache = HubCache(tmp_path)
    assert cache.entry(module.uid, module.card).asset.name == "bert_base_ascend_1.2_en-wiki.ckpt"
    paths = cache.entry(module.uid, module.card, module.assets[1])
    assert paths.asset.name == "bert_base_finetune_ascend_1.2_sst2.ckpt"


@pytest.mark.parametrize(
    "change",
    [
        {"repo_link": "https://host/.."},
        {"repo_link": "https://host/con"},
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
def test_names_from_a_card_cannot_leave_or_hit_other_files(tmp_path, change):
    card = dataclasses.replace(published()[CN_WIKI].card, **change)
    with pytest.raises(UnsafePathError):
        HubCache(tmp_path).entry(CN_WIKI, card)


@pytest.mark.parametrize("link", ["mindspore", "mindspore/ascend", "mindspore/ascend/1.0/tinybert.ckpt"])
def test_symbolic_links_cannot_lead_out(tmp_path, link):
    root, outside = tmp_path / "cache", tmp_path / "outside"
    outside.mkdir()
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(outside)
    with pytest.raises(UnsafePathError, match="leads out of the cache"):
        HubCache(root).entry(CN_WIKI, published()[CN_WIKI].card)


def test_symbolic_links_that_turn_in_a_circle_are_refused(tmp_path):
    (tmp_path / "mindspore").symlink_to(tmp_path / "mindspore")
    with pytest.raises(UnsafePathError):
        HubCache(tmp_path).card_path(CN_WIKI)


def test_the_cache_itself_may_be_a_symbolic_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "cache").symlink_to(tmp_path / "disk")
    assert HubCache(tmp_path / "cache").card_path(SST2).is_relative_to((tmp_path / "disk").resolve())
