"""Installing puts card, code and checkpoint where the official client looks for them, atomically."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asset_server import CONTENT, GUARD, OTHER
from entries import CN_WIKI, MNLI, SST2, exchange

from tinybert.errors import CardError, HubError, IntegrityError, OfflineError
from tinybert.hub import check_card, find_module, install, read_card
from tinybert.hub.cache import HubCache
from tinybert.hub.code_folder import module_root
from tinybert.hub.registry import published

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def given(tmp_path):
    """A file that was downloaded elsewhere."""
    path = tmp_path / "given.ckpt"
    path.write_bytes(CONTENT)
    return path


def installed(paths):
    return {path.relative_to(paths.folder).as_posix() for path in paths.folder.rglob("*") if path.is_file()}


def test_the_layout_is_the_official_one(given, monkeypatch):
    exchange(monkeypatch, CN_WIKI, given)
    paths = install(CN_WIKI, checkpoint=given)
    folder = HubCache().root / "mindspore" / "ascend" / "1.0"
    assert paths.asset == folder / "tinybert.ckpt"
    assert paths.asset.read_bytes() == CONTENT
    assert read_card(folder / "tinybert_v1.0_cn-wiki.md") == find_module(CN_WIKI).card
    assert given.exists(), "the user's own file stays"


@pytest.mark.whole_code
def test_the_code_is_that_of_this_package_and_nothing_else(given, monkeypatch):
    exchange(monkeypatch, CN_WIKI, given)
    paths = install(CN_WIKI, checkpoint=given)
    package = REPOSITORY / "src" / "tinybert"
    sources = [
        path for path in package.rglob("*") if path.is_file() and not {"__pycache__", "included"} & {*path.parts}
    ]
    expected = {f"tinybert/src/tinybert/{path.relative_to(package).as_posix()}" for path in sources}
    expected |= {f"tinybert/{name}" for name in ("hub_conf.py", "mindspore_hub_conf.py", "tinybert.md", "LICENSE")}
    assert installed(paths) - {"tinybert.ckpt", "tinybert_v1.0_cn-wiki.md"} == expected
    conf = paths.code / "mindspore_hub_conf.py"
    assert conf.read_bytes() == (REPOSITORY / conf.name).read_bytes()
    assert (paths.code / "tinybert.md").read_bytes() == paths.card.read_bytes()
    if os.name == "posix":
        assert paths.code.stat().st_mode & 0o777 == paths.folder.stat().st_mode & 0o777, "others may read it"


def test_modules_of_one_version_share_the_code_but_not_the_card(given, monkeypatch):
    for uid in (SST2, MNLI):
        exchange(monkeypatch, uid, given)
        paths = install(uid, checkpoint=given)
    assert paths.code == find_module(SST2).paths.code
    assert read_card(find_module(SST2).paths.card).labels == ("0", "1")
    assert read_card(paths.card).labels == ("contradiction", "entailment", "neutral")
    assert all(check_card(path.read_text(encoding="utf-8")) == [] for path in paths.folder.glob("*.md"))


def test_old_code_is_replaced_as_a_whole(given, monkeypatch):
    exchange(monkeypatch, CN_WIKI, given)
    paths = install(CN_WIKI, checkpoint=given)
    before = installed(paths)
    (paths.code / "src" / "tinybert" / "left_over.py").touch()
    (paths.code / "hub_conf.py").write_text("raise SystemExit")
    install(CN_WIKI, checkpoint=given)
    assert installed(paths) == before
    assert "create_network" in (paths.code / "hub_conf.py").read_text(encoding="utf-8")


@pytest.fixture
def waiting():
    """An event that is set when an installation waits for another one."""
    event = threading.Event()

    class Waiting(logging.Handler):
        def emit(self, record):
            if "not acquired" in record.getMessage():
                event.set()

    logger, handler = logging.getLogger("filelock"), Waiting()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield event
    logger.setLevel(level)
    logger.removeHandler(handler)


def test_modules_of_one_version_may_be_installed_side_by_side(given, monkeypatch, waiting):
    for uid in (SST2, MNLI):
        exchange(monkeypatch, uid, given)
    install(SST2, checkpoint=given)
    rename = os.rename

    def rename_while_another_waits(source, target):
        assert waiting.wait(GUARD)
        rename(source, target)

    monkeypatch.setattr("os.rename", rename_while_another_waits)
    with ThreadPoolExecutor(4) as threads:
        laid = list(threads.map(lambda uid: install(uid, checkpoint=given), [SST2, MNLI] * 3))
    assert all((paths.code / "hub_conf.py").is_file() and paths.card.is_file() for paths in laid)


def test_what_is_in_the_cache_is_taken(given, monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    exchange(monkeypatch, CN_WIKI, given)
    target = find_module(CN_WIKI).paths.asset
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT)
    assert install(CN_WIKI).asset == target
    assert install(CN_WIKI, checkpoint=target).asset == target
    assert target.read_bytes() == CONTENT


def test_what_is_not_there_is_fetched(given, server, monkeypatch):
    server.files["/t.ckpt"] = CONTENT
    exchange(monkeypatch, CN_WIKI, given, link=server.url("/t.ckpt"))
    assert install(CN_WIKI).asset.read_bytes() == CONTENT


def test_another_cache(given, monkeypatch, tmp_path):
    exchange(monkeypatch, CN_WIKI, given)
    paths = install(CN_WIKI, checkpoint=given, cache=HubCache(tmp_path / "other"))
    assert paths.folder == tmp_path / "other" / "mindspore" / "ascend" / "1.0"
    assert not HubCache().root.exists()


def test_a_wrong_file_stays_where_it_is_and_nothing_is_laid(given):
    given.write_bytes(OTHER)
    with pytest.raises(IntegrityError) as caught:
        install(CN_WIKI, checkpoint=given)
    assert caught.value.expected == published()[CN_WIKI].asset.sha256
    assert caught.value.actual == hashlib.sha256(OTHER).hexdigest()
    assert given.read_bytes() == OTHER
    assert not HubCache().root.exists()


def test_what_is_laid_is_what_was_hashed_though_the_file_changes_meanwhile(given, monkeypatch):
    exchange(monkeypatch, CN_WIKI, given)
    lay = sys.modules["tinybert.hub.installing"].lay

    def lay_when_the_file_has_changed(*arguments, **options):
        given.write_bytes(OTHER)
        lay(*arguments, **options)

    monkeypatch.setattr(sys.modules["tinybert.hub.installing"], "lay", lay_when_the_file_has_changed)
    assert install(CN_WIKI, checkpoint=given).asset.read_bytes() == CONTENT


def test_without_file_and_network_nothing_is_laid(monkeypatch):
    monkeypatch.setenv("MSHUB_OFFLINE", "1")
    with pytest.raises(OfflineError, match=f"tinybert hub install {CN_WIKI} --checkpoint FILE"):
        install(CN_WIKI)
    assert not HubCache().root.exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(HubError, match=r"gone\.ckpt does not exist"):
        install(CN_WIKI, checkpoint=tmp_path / "gone.ckpt")


def test_a_card_without_checkpoint_cannot_be_installed(given, monkeypatch):
    exchange(monkeypatch, CN_WIKI, given)
    paths = install(CN_WIKI, checkpoint=given)
    text = paths.card.read_text(encoding="utf-8")
    own = HubCache().card_path("somebody/1.0/mine")
    own.parent.mkdir(parents=True)
    own.write_text(text[: text.index("asset:")] + text[text.index("license:") :], encoding="utf-8")
    with pytest.raises(CardError, match="declares no checkpoint"):
        install("somebody/1.0/mine")


def test_a_package_without_its_module_files_says_so(monkeypatch, tmp_path):
    assert module_root() == REPOSITORY
    monkeypatch.setattr(sys.modules["tinybert.hub.code_folder"], "_PACKAGE", tmp_path / "lib" / "tinybert")
    with pytest.raises(HubError, match="install the package again"):
        module_root()
