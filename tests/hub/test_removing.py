"""A module is removed from the cache completely, and its neighbours are unaffected."""

from __future__ import annotations

import pytest
from asset_server import CONTENT
from entries import CN_WIKI, exchange
from small_modules import small_model

from tinybert.errors import UnknownModuleError, UnsafePathError
from tinybert.hub import find_module, install, publish, remove
from tinybert.hub.cache import HubCache
from tinybert.hub.finding import cached_modules


def test_all_of_a_module_goes_and_its_neighbour_stays():
    for seed in (1, 2):
        module = publish(**small_model(seed), uid="me/1.0/mine", force=True)
    other = publish(**small_model(1), uid="me/1.0/mine2")
    removed = remove("me/1.0/mine")
    assert removed[0] == module.paths.card, "the card goes first: without it there is no module"
    assert len(removed) == 7, "files of earlier cards go too"
    assert list(cached_modules()) == ["me/1.0/mine2"]
    assert other.checkpoint_bytes()
    assert other.vocabulary_path()
    assert (other.paths.code / "mindspore_hub_conf.py").is_file()


def test_the_last_one_takes_code_and_folders_along():
    publish(**small_model(), uid="me/1.0/mine")
    remove("me/1.0/mine")
    assert [path.name for path in HubCache().root.iterdir()] == [".tinybert.lock"]
    publish(**small_model(1), uid="me/1.0/mine")  # the name is free again


def test_a_published_module_is_removed_from_the_cache_only(tmp_path, monkeypatch):
    given = tmp_path / "given.ckpt"
    given.write_bytes(CONTENT)
    exchange(monkeypatch, CN_WIKI, given)
    paths = install(CN_WIKI, checkpoint=given)
    assert set(remove(CN_WIKI)) == {paths.card, paths.asset, paths.code}
    assert find_module(CN_WIKI).paths == paths


def test_a_module_whose_card_is_damaged_can_be_removed():
    module = publish(**small_model(), uid="me/1.0/mine")
    module.paths.card.write_text("damaged")
    assert set(remove("me/1.0/mine")) >= {module.paths.card, *module.paths.files}


def test_neighbours_that_are_called_like_its_files_stay():
    publish(**small_model(), uid="me/1.0/mine")
    for uid in ("me/1.0/mine.0123456789ab", "me/1.0/mine.0123456789ab.x/other"):
        publish(**small_model(1), uid=uid)
    remove("me/1.0/mine")
    assert sorted(cached_modules()) == ["me/1.0/mine.0123456789ab", "me/1.0/mine.0123456789ab.x/other"]
    for uid in cached_modules():
        assert find_module(uid).checkpoint_bytes()


def test_what_is_not_there_is_said():
    with pytest.raises(UnknownModuleError, match=r"nothing of me/1\.0/mine is in"):
        remove("me/1.0/mine")
    with pytest.raises(UnsafePathError):
        remove("../../etc")
