"""The model that comes with the package: found by its uid, the default, the same for both clients, nobody else's."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from tinybert import DEFAULT_MODEL, Embedder, TinyBertConfig, hub, load
from tinybert.errors import HubError, UnsafePathError
from tinybert.hub.cache import HubCache
from tinybert.hub.card import check_card, read_card_text, render_card
from tinybert.hub.code_folder import module_files
from tinybert.tasks import similarity

MOST_BYTES = 40_000_000


@pytest.fixture(scope="module")
def module():
    return hub.find_module(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def embedder():
    return Embedder.from_pretrained()


def test_its_configuration_is_the_published_one(module):
    checkpoint = module.checkpoint()  # raises unless the file is the card's
    assert checkpoint.config == TinyBertConfig()
    assert module.card.network_config == {}
    assert module.tokenizer().vocabulary.tokens[101] == "[CLS]"


def test_it_is_small_and_its_card_has_no_problem(module):
    folder = module.paths.folder
    assert sum(path.stat().st_size for path in folder.iterdir()) < MOST_BYTES
    assert {path.name for path in folder.iterdir()} == {module.paths.card.name, *(path.name for path in module.hashes)}
    assert check_card(read_card_text(module.paths.card)) == []


def test_it_tells_texts_apart_by_what_they_mean(embedder):
    rain, falling, bank = embedder(["It rains.", "Rain is falling.", "The bank is closed."])
    np.testing.assert_allclose(np.linalg.norm(rain), 1.0, rtol=1e-5)
    assert similarity(rain[None], falling[None]) > 0.6
    assert similarity(rain[None], bank[None]) < 0.3


def test_it_is_the_default(embedder):
    assert isinstance(load(), Embedder)
    assert load().model.source == embedder.model.source == DEFAULT_MODEL


def test_it_is_listed(tmp_path, monkeypatch):
    monkeypatch.setenv("MSHUB_CACHE", str(tmp_path))
    assert "tinybert-en" in hub.hub_list("1.0")
    assert "tinybert-en" not in hub.hub_list("1.10")


def test_a_card_in_the_cache_does_not_replace_it(module, tmp_path, monkeypatch):
    monkeypatch.setenv("MSHUB_CACHE", str(tmp_path))
    path = HubCache(tmp_path).card_path(DEFAULT_MODEL)
    path.parent.mkdir(parents=True)
    path.write_text(render_card(module.card).replace("included.invalid", "example.org"), encoding="utf-8")
    assert hub.find_module(DEFAULT_MODEL).paths == module.paths


def test_nothing_else_can_have_its_uid(make_checkpoint, tmp_path):
    cache = HubCache(tmp_path)
    with pytest.raises(HubError, match="comes with this package; choose another uid"):
        hub.publish(make_checkpoint(), DEFAULT_MODEL, cache=cache, force=True)
    other = hub.publish(make_checkpoint(), "me/1.0/other", cache=cache)
    with pytest.raises(HubError, match="comes with this package; choose another uid"):
        hub.install(other.paths.card, uid=DEFAULT_MODEL, cache=cache, force=True)
    assert not cache.card_path(DEFAULT_MODEL).exists()
    with pytest.raises(UnsafePathError, match=r"too like tinybert/1\.0/tinybert-en"):
        hub.publish(make_checkpoint(), "tinybert/1.0/TinyBERT-en", cache=cache)


def test_code_folders_leave_it_out():
    assert not [path for path in module_files() if "included" in path.parts]


def test_it_can_be_installed_and_removed(module, little_code, tmp_path):
    cache = HubCache(tmp_path)
    paths = hub.install(DEFAULT_MODEL, cache=cache)
    assert paths.asset.read_bytes() == module.paths.asset.read_bytes()
    assert paths.card.read_bytes() == module.paths.card.read_bytes()
    assert paths.vocab.is_file()
    assert paths.tokenizer.is_file()
    removed = hub.remove(DEFAULT_MODEL, cache=cache)
    assert paths.asset in removed
    assert module.paths.asset.is_file()


def test_where_it_is_damaged_the_package_is_installed_again(module, tmp_path, monkeypatch):
    copied = tmp_path / "included"
    shutil.copytree(module.paths.folder.parents[1], copied)
    next(copied.rglob("*.ckpt")).write_bytes(b"?")
    monkeypatch.setattr("tinybert.hub.included.INCLUDED", copied)
    with pytest.raises(HubError, match="install the package again"):
        load()


def test_without_it_the_uid_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setattr("tinybert.hub.included.INCLUDED", tmp_path)
    with pytest.raises(HubError, match="no module has the uid"):
        hub.find_module(DEFAULT_MODEL)
