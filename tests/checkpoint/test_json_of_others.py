"""JSON beside a model says something odd at one place after the other: the model is read, or the error is ours."""

from __future__ import annotations

import copy
import gzip
import json
import random
import shutil
import sys
import warnings
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "campaigns"))

from samples import READERS

from tinybert.checkpoint.sentence_transformers import MODULES
from tinybert.errors import CheckpointError, InputError, TinyBertError

KINDS = ("folder", "hugging face folder", "sentence-transformers", "older settings", "tokenizer.json")
ODD = [
    None, True, 0, -1, 2**31, 2**63, 10**300, 1.5, 1e308, float("nan"), "", "0", "\u00b2", "1e5", "\x1b[2J\u202e",
    "x" * 300_000, "\ud800", "a\0b", "../../x", [], [1], [None], [["x"]], [{}], {}, {"": 1}, {"x" * 3000: {}},
]  # fmt: skip
INSTEAD = {
    b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n": "a pointer of Git LFS",
    gzip.compress(b"{}", mtime=0): "compressed by gzip",
    b"<!DOCTYPE html><html>": "a web page",
    b"\xef\xbb\xbf \n<html>": "a web page",
    b"PK\x03\x04": "a zip archive",
    b"": "not JSON",
    b"\xff\xfe{\0}\0": "not UTF-8",
    b'{"a": 1, "a": 2}': "occurs twice",
    b"[" * 100_000: "deeper than 64 levels",
    b'{"x": ' + b"9" * 100_000 + b"}": "an integer of 100000 digits",
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request, tmp_path_factory):
    """A reader, and a folder with what it reads."""
    folder = tmp_path_factory.mktemp("good")
    READERS[request.param].make(folder)
    return READERS[request.param], folder


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*path, key))


def changed(value, path, odd):
    if not path:
        return odd
    value = copy.deepcopy(value)
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = odd
    return value


def read(reader, folder):
    """Reads it, with nothing but an error of ours; returns what that says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader.read(folder)
    except TinyBertError as error:
        return str(error)
    return ""


def test_an_odd_value_at_any_place(kind, tmp_path):
    reader, good = kind
    folder = shutil.copytree(good, tmp_path / "odd")
    for file in sorted(folder.rglob("*.json")):
        content = file.read_text(encoding="utf-8")
        value = json.loads(content)
        for path in places(value):
            odd = random.Random(f"{file.name} {path}").choice(ODD)
            file.write_text(json.dumps(changed(value, path, odd)), encoding="utf-8")
            said = read(reader, folder)
            assert len(said) < 1500
            assert not {"\x1b", "\u202e"} & set(said)
        file.write_text(content, encoding="utf-8")
    assert not read(reader, folder)


@pytest.mark.parametrize("content", INSTEAD, ids=INSTEAD.values())
def test_something_else_in_the_place_of_json(kind, tmp_path, content):
    reader, good = kind
    folder = shutil.copytree(good, tmp_path / "odd")
    for file in sorted(folder.rglob("*.json")):
        before = file.read_bytes()
        file.write_bytes(content)
        said = read(reader, folder)
        assert INSTEAD[content] in said
        assert file.name in said
        file.write_bytes(before)


@pytest.mark.parametrize(
    "path", ["a\0b", "x" * 300, "x/" * 3000, "../other", "/etc", "circle", "circle/x", "1_Pooling/../.."]
)
def test_a_folder_of_a_module_that_cannot_be(tmp_path, path):
    reader = READERS["sentence-transformers"]
    reader.make(tmp_path)
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    modules = json.loads((tmp_path / MODULES).read_text(encoding="utf-8"))
    modules[1]["path"] = path
    (tmp_path / MODULES).write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises((CheckpointError, InputError), match="outside of the folder") as caught:
        reader.read(tmp_path)
    assert len(str(caught.value)) < 500
