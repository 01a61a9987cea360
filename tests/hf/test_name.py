"""Recognition of names on Hugging Face, of malformed names, and of anything else."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from tinybert.errors import InputError, UnsafePathError
from tinybert.hf import HfName, is_hf_name, suggestion
from tinybert.hub.uids import parse_uid


@pytest.mark.parametrize(
    ("name", "repository", "revision"),
    [
        ("hf:sentence-transformers/all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", None),
        ("hf:a/b@main", "a/b", "main"),
        ("hf:a/b_c.d@refs/pr/1", "a/b_c.d", "refs/pr/1"),
        ("hf:0x/1@v1.0-rc.1+2", "0x/1", "v1.0-rc.1+2"),
    ],
)
def test_names(name, repository, revision):
    assert HfName.parse(name) == HfName(repository, revision)
    assert str(HfName.parse(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        *("hf:", "hf:x", "hf:a/", "hf:/b", "hf:a/b/c", "hf:a/b@", "hf:@main", "hf://a/b", "hf:a b/c", "hf: a/b"),
        *("hf:a/b ", "hf:a/b\n", "hf:a/b@x y", "hf:a/b@../x", "hf:a/b@/x", "hf:a/b@x/", "hf:a/b@m@n", "hf:a\\b"),
        *("hf:a/..", "hf:../b", "hf:a/b--c", "hf:-a/b", "hf:a/.b", "hf:C:\\models\\b", "hf:ä/b", f"hf:a/{'b' * 95}"),
    ],
)
def test_malformed_names(name):
    assert is_hf_name(name)
    with pytest.raises(InputError, match=r"give hf:OWNER/NAME or hf:OWNER/NAME@REVISION, such as hf:"):
        HfName.parse(name)


@pytest.mark.parametrize(
    "source", ["a/b", "./hf:a/b", "C:\\hf:a", "HF/a", Path("hf:a/b"), PureWindowsPath("h:f"), None]
)
def test_what_is_not_meant_to_be_one(source):
    assert not is_hf_name(source)


def test_what_may_have_been_meant():
    assert suggestion("a/b") == suggestion("https://huggingface.co/a/b/") == "hf:a/b"
    assert not any(map(suggestion, ["", "a", "a/b/c", "./a/b", "../b", "https://example.org/a/b"]))


@pytest.mark.parametrize(
    ("uid", "message"),
    [
        ("hf:me/1.0/name", "not a uid, but a name on Hugging Face"),
        ("hf:me/name", "becomes a module with `tinybert hub publish`"),
        ("me/hf:1.0/name", "has one of the characters"),
    ],
)
def test_no_uid_is_such_a_name(uid, message):
    with pytest.raises(UnsafePathError, match=message):
        parse_uid(uid)
