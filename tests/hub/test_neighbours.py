"""A module is published next to others only if no file system could confuse its names with theirs."""

from __future__ import annotations

import random

import pytest
from small_modules import small_model

from tinybert.errors import CardError, UnsafePathError
from tinybert.hub import find_module, publish, remove
from tinybert.hub.cache import HubCache
from tinybert.hub.finding import cached_modules
from tinybert.hub.safe_names import folded

UID = "me/1.0/mini"


@pytest.fixture
def module():
    return publish(**small_model(), uid=UID)


def contents(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and not path.name.endswith(".lock")}


@pytest.mark.parametrize(
    "uid",
    [
        "me/1.0/Mini",
        "me/1.0/MINI",
        "Me/1.0/mini",
        "me/1.0/\uff4dini",  # a full-width m
        "me/1.0/mini.ckpt",
        "me/1.0/mini.CKPT",
        "me/1.0/mini.md",
        "me/1.0/mini.part",
        "me/1.0/mini.ckpt.part",
        "me/1.0/mini.vocab.txt",
        "me/1.0/mini.tokenizer.json",
        "me/1.0/mini.lock",
        "me/1.0/mini.rejected",
        "me/1.0/mini.safetensors",
        "me/1.0/.mini",
        "me/1.0/tinybert/mini",
        "me/1.0.md/mini",
        "me/1.0/cafe\u0301",
        "me/1.0/" + "m" * 100,
        "MindSpore/ascend/1.0/tinybert_v1.0_cn-wiki",
        "mindspore/ascend/1.0/TinyBERT_v1.0_CN-wiki",
        "mindspore/ascend/1.0/tinybert",
    ],
)
def test_a_name_that_could_be_taken_for_another_is_refused_before_anything_is_written(module, uid):
    before = contents(HubCache().root)
    with pytest.raises(UnsafePathError):
        publish(**small_model(1), uid=uid)
    assert contents(HubCache().root) == before
    assert list(cached_modules()) == [UID]


@pytest.mark.parametrize("uid", ["me/1.0/mini2", "me/1.0/mini-ckpt", "me/1.0/mini.v2", "me/1.1/mini", "me/1.0/vocab"])
def test_another_name_is_free(module, uid):
    other = publish(**small_model(1), uid=uid)
    for each in (module, other):
        assert find_module(each.uid).checkpoint_bytes() == each.checkpoint_bytes()
        assert each.vocabulary_path().is_file()


def test_letters_of_one_name_in_another_unicode_form(module):
    publish(**small_model(), uid="me/1.0/caf\u00e9")
    with pytest.raises(UnsafePathError, match="Unicode form NFC"):
        publish(**small_model(1), uid="me/1.0/cafe\u0301")
    assert folded("caf\u00e9") == folded("CAFE\u0301")


def test_a_file_that_a_neighbour_declares_is_its_own(module):
    text = module.paths.card.read_text(encoding="utf-8")
    theirs = small_model(1)
    other = publish(**theirs, uid="me/1.0/second")
    neighbour = module.paths.card.with_name("hand-made.md")
    neighbour.write_text(text.replace(module.paths.asset.name, other.paths.asset.name), encoding="utf-8")
    with pytest.raises(UnsafePathError, match=r"me/1\.0/hand-made has files of the name second"):
        publish(**theirs, uid="me/1.0/second", force=True)


def test_the_code_does_not_take_the_place_of_a_folder_of_modules():
    publish(**small_model(), uid="me/1.0/tinybert/mini")
    with pytest.raises(UnsafePathError, match="is not a code folder"):
        publish(**small_model(1), uid="me/1.0/other")
    publish(**small_model(1), uid="me/1.0/other", repo_link="https://github.com/me/models/tree/main/other")
    assert sorted(cached_modules()) == ["me/1.0/other", "me/1.0/tinybert/mini"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("link", "https://models.invalid"),
        ("link", "https://models.example"),
        ("link", "http://example.org/models"),
        ("link", "models"),
        ("repo_link", "https://gitee.com/me"),
        ("repo_link", "https://gitee.com/me/models/tree/master/official/.."),
        ("repo_link", "https://example.org/me/models"),
        ("repo_link", "git@gitee.com/me/models"),
    ],
)
def test_addresses_that_the_official_client_could_not_take_are_refused(option, value):
    with pytest.raises(CardError):
        publish(**small_model(), uid=UID, **{option: value})
    assert not HubCache().root.exists()


def test_a_card_without_addresses_names_none_that_is_not_there(module):
    assert module.card.assets == ()
    assert "asset:" not in module.paths.card.read_text(encoding="utf-8")
    assert module.card.repo_link == "https://gitee.com/mindspore/mindspore/tree/r1.0/model_zoo/official/nlp/tinybert"
    hosted = publish(**small_model(), uid=UID, link="https://example.org/models/")
    assert hosted.card.asset.link == f"https://example.org/models/me/1.0/{module.paths.asset.name}"


def test_whatever_is_published_beside_each_other_no_two_files_have_one_name_anywhere():
    """Random variants of two names: each is rejected, or its path cannot be confused on any file system."""
    draw = random.Random(7)
    forms = (
        "mini",
        "Mini",
        "MINI",
        "m\u0131n\u0131",
        "mini.ckpt",
        "mini.v1",
        "MINI.V1",
        "mini.0123456789ab",
        "tinybert",
    )
    folders = ("me/1.0", "ME/1.0", "me/cpu/1.0", "me/CPU/1.0", "me/1.0/mini", "me/1.0/tinybert", "me/1.0/Mini")
    published_here = {}
    for _ in range(60):
        uid, seed = f"{draw.choice(folders)}/{draw.choice(forms)}", draw.randrange(3)
        try:
            published_here[uid] = publish(**small_model(seed), uid=uid, force=True)
        except UnsafePathError:
            continue
    assert len(published_here) > 5
    assert sorted(cached_modules()) == sorted(published_here)
    for uid, module in published_here.items():
        assert find_module(uid).checkpoint_bytes() == module.checkpoint_bytes()
        assert find_module(uid).vocabulary_path().is_file()
    names = [folded(str(path)) for path in HubCache().root.rglob("*")]
    assert len(set(names)) == len(names)
    for uid in list(published_here):
        remove(uid)
        del published_here[uid]
        assert sorted(cached_modules()) == sorted(published_here)
    assert [path for path in HubCache().root.rglob("*") if path.is_file() and path.suffix != ".lock"] == []
