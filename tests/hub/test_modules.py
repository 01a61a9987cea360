"""A module is found by its uid or card; its files are the declared ones, or it has none."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest
from asset_server import CONTENT, OTHER, SHA256
from entries import CN_WIKI, SST2

from tinybert.errors import CardError, DownloadError, IntegrityError, OfflineError, UnknownModuleError, UnsafePathError
from tinybert.hub import find_module
from tinybert.hub.cache import HubCache
from tinybert.hub.card import Asset, render_card
from tinybert.hub.finding import cached_modules, local_module
from tinybert.hub.modules import config_fields
from tinybert.hub.registry import published

OWN = "somebody/1.0/mine"


@pytest.fixture
def add_card():
    """A function that puts a card into the cache."""

    def add_card(uid=OWN, **changes):
        path = HubCache().card_path(uid)
        path.parent.mkdir(parents=True, exist_ok=True)
        asset = Asset("ckpt", f"https://example.com/files/{path.stem}.ckpt", SHA256)
        repo_link = f"https://example.com/{path.stem}"
        card = dataclasses.replace(published()[CN_WIKI].card, **{"assets": (asset,), "repo_link": repo_link, **changes})
        path.write_text(render_card(card), encoding="utf-8")
        return path

    return add_card


def test_a_published_module_needs_no_card_in_the_cache():
    module = find_module(CN_WIKI)
    folder = HubCache().root / "mindspore" / "ascend" / "1.0"
    assert module.paths.card == folder / "tinybert_v1.0_cn-wiki.md"
    assert module.paths.code == folder / "tinybert"
    assert module.paths.asset == folder / "tinybert.ckpt"
    assert not folder.exists()


def test_a_published_uid_cannot_be_taken_over_by_a_card_in_the_cache(add_card):
    add_card(CN_WIKI, summary="something else")
    assert find_module(CN_WIKI).card == published()[CN_WIKI].card


def test_a_card_in_the_cache_is_found_by_its_uid_address_and_path(add_card):
    path = add_card(labels=("a", "b"))
    module = find_module(OWN)
    assert module.uid == OWN
    assert module.card.labels == ("a", "b")
    assert find_module(f"https://example.com/assets/{OWN}.md") == module
    assert local_module(path) == dataclasses.replace(module, uid="mine")


def test_the_cache_that_is_given_is_the_one_that_is_searched(add_card, tmp_path):
    add_card()
    with pytest.raises(UnknownModuleError):
        find_module(OWN, cache=HubCache(tmp_path / "elsewhere"))


def test_an_unknown_uid_is_told_its_neighbours_in_the_cache_too(add_card):
    add_card()
    with pytest.raises(UnknownModuleError, match="closest") as caught:
        find_module("somebody/1.0/mien")
    assert list(caught.value.closest) == [OWN]
    with pytest.raises(UnsafePathError):
        find_module("../../etc/passwd")


def test_a_malformed_card_is_an_error_with_its_line(add_card):
    path = add_card()
    path.write_text(
        path.read_text(encoding="utf-8").replace("fine-tunable: True", "fine-tunable: maybe"), encoding="utf-8"
    )
    with pytest.raises(CardError, match="`fine-tunable` must be True or False") as caught:
        find_module(OWN)
    assert str(path) in str(caught.value)
    assert caught.value.problems[0].startswith("line ")


def test_what_is_in_the_cache_is_listed_without_readmes_and_code(add_card):
    path = add_card()
    add_card("somebody/cpu/1.0/other")
    for name in ("mine/tinybert.md", "mine/README.md", "README.md"):
        copy = path.parent / name
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text(encoding="utf-8") if name.endswith("tinybert.md") else "# Notes\n")
    (path.parent / "mine" / "mindspore_hub_conf.py").touch()
    assert list(cached_modules()) == [OWN, "somebody/cpu/1.0/other"]


def test_the_layout_of_the_names_goes_by_the_file(add_card):
    assert find_module(CN_WIKI).layout == "v1.0"
    assert find_module("mindspore/ascend/1.1/tinybert_v1.1").layout == "v1.0"
    assert find_module("mindspore/ascend/1.2/tinybert_v1.2_zhwiki").layout == "later"
    assert find_module(SST2).layout == "later"
    add_card()
    assert find_module(OWN).layout == "v1.0"
    add_card(assets=published()[SST2].assets)
    assert find_module(OWN).layout == "later"


def test_settings_of_a_card_become_fields_of_the_configuration():
    settings = {"num_attention_heads": "4", "layer_norm_eps": "1e-12", "hidden_act": "gelu_erf", "seq_length": "16"}
    expected = {"num_attention_heads": 4, "layer_norm_eps": 1e-12, "hidden_act": "gelu_erf", "seq_length": 16}
    assert config_fields(settings, OWN) == expected
    with pytest.raises(CardError, match="num_attention_heads is 'four'"):
        config_fields({"num_attention_heads": "four"}, OWN)
    with pytest.raises(CardError, match=f"{OWN}.*'heads'.*num_attention_heads"):
        config_fields({"heads": "4"}, OWN)


def test_the_right_file_is_taken_without_a_network(add_card, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    add_card()
    module = find_module(OWN)
    with pytest.raises(OfflineError):
        module.checkpoint_bytes()
    module.paths.asset.write_bytes(CONTENT)
    assert module.checkpoint_bytes() == module.checkpoint_bytes(refetch=True) == CONTENT


def test_a_wrong_file_is_refused_once_then_fetched(add_card, server):
    server.files["/mine.ckpt"] = CONTENT
    add_card(assets=(Asset("ckpt", server.url("/mine.ckpt"), SHA256),))
    module = find_module(OWN)
    module.paths.asset.write_bytes(OTHER)
    with pytest.raises(IntegrityError) as caught:
        module.checkpoint_bytes()
    assert (caught.value.expected, caught.value.actual) == (SHA256, hashlib.sha256(OTHER).hexdigest())
    assert not module.paths.asset.exists()
    assert module.checkpoint_bytes() == CONTENT
    assert len(server.requests) == 1


def test_a_module_without_a_file_says_so(add_card):
    add_card(assets=())
    with pytest.raises(CardError, match="declares no checkpoint; pass pretrained=False"):
        find_module(OWN).checkpoint_bytes()


def test_a_download_that_fails_names_the_module(add_card, server):
    add_card(assets=(Asset("ckpt", server.url("/gone.ckpt"), SHA256),))
    with pytest.raises(DownloadError, match=f"404.*(?s:.*)tinybert hub install {OWN} "):
        find_module(OWN).checkpoint_bytes()


def test_the_vocabulary_is_the_declared_one_or_an_error(add_card):
    assert find_module(CN_WIKI).vocabulary_path() is None
    add_card(vocab_file="mine.vocab.txt", vocab_sha256=SHA256)
    module = find_module(OWN)
    with pytest.raises(CardError, match=r"declares .*mine\.vocab\.txt, but it is not there"):
        module.vocabulary_path()
    module.paths.vocab.write_bytes(CONTENT)
    assert module.vocabulary_path() == module.paths.vocab
    module.paths.vocab.write_bytes(OTHER)
    with pytest.raises(IntegrityError):
        module.vocabulary_path()
