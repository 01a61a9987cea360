"""Whatever a file contains, a reader returns examples or raises InputError with the file's name, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.data import check_mindrecord, check_tfrecord, read_conll, read_squad, read_texts
from tinybert.errors import InputError

PIECES = [b"text", b"label", b"\t", b",", b'"', b"\n", b"\r", b"\0", b"# ", b"B-X", b"O", b"{", b"}", b"[", b":", b"1"]
CONTENTS = st.binary(max_size=60) | st.lists(st.sampled_from(PIECES) | st.binary(max_size=2), max_size=30).map(b"".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "paragraphs", "context", "qas", "id", "question", "answers", "text", "answer_start", "label"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
READERS = {
    "a.tsv": read_texts,
    "a.csv": read_texts,
    "a.jsonl": read_texts,
    "a.conll": read_conll,
    "a.json": read_squad,
    "a.tfrecord": check_tfrecord,
    "a.mindrecord": check_mindrecord,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


def read(path, content):
    path.write_bytes(content)
    try:
        READERS[path.name](path)
    except InputError as error:
        assert path.name in str(error)  # noqa: PT017 - most contents are errors, some are not


@settings(max_examples=40)
@given(CONTENTS)
@pytest.mark.parametrize("name", READERS)
def test_any_bytes(folder, name, content):
    read(folder / name, content)


@settings(max_examples=40)
@given(JSON)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_any_json(folder, name, content):
    read(folder / name, json.dumps(content).encode())


@settings(max_examples=40)
@given(JSON)
def test_any_header(folder, content):
    header = json.dumps(content).encode()
    read(folder / "a.mindrecord", len(header).to_bytes(8, "little") + header)
