"""Uids are plain names separated by slashes, so that no path made from one leads out of the cache."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.errors import UnsafePathError
from tinybert.hub.cache import HubCache
from tinybert.hub.uids import parse_uid

CN_WIKI = "mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"
SST2 = "mindspore/1.10/tinybert_enwiki128_sst2"
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
    "COM¹",
    "conout$",
    "a" * 121,
    "a.",
    "a ",
]
UNSAFE_NAMES += ["a?b", "a*", "\u202ea", "\ud800", " a", "字" * 41]


@pytest.mark.parametrize("uid", [CN_WIKI, SST2, "发布者/1.0/模型"])
def test_a_uid_is_returned_as_it_is(uid):
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
def test_the_address_of_a_card_ends_with_its_uid(link, uid):
    assert parse_uid(link) == uid


@pytest.mark.parametrize("name", UNSAFE_NAMES)
@pytest.mark.parametrize("place", ["{}/1.0/x", "a/{}/x", "a/1.0/{}", "a/b/1.0/{}"])
def test_names_that_are_not_plain_are_refused(name, place):
    with pytest.raises(UnsafePathError):
        parse_uid(place.format(name))


@pytest.mark.parametrize("name", ["", "a", "a/b", "a/b/c/d/e", "/a/b/c", "https://host/a", "https://host/assets/a/b"])
def test_a_uid_has_three_or_four_parts(name):
    with pytest.raises(UnsafePathError):
        parse_uid(name)


@pytest.mark.parametrize(
    "link", ["http://host/a/b/c", "file:///a/b/c", "https://host/assets/a/../c", "https://[/a/b/c"]
)
def test_other_addresses_are_refused(link):
    with pytest.raises(UnsafePathError):
        parse_uid(link)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=30) | st.lists(st.sampled_from(["..", ".", "~", "a", "", "C:", "\\"])).map("/".join))
def test_whatever_passes_stays_below_the_root(name):
    try:
        path = HubCache("/cache").card_path(name)
    except UnsafePathError:
        return
    assert path == Path(os.path.normpath(path))
    assert Path("/cache").resolve() in path.parents
