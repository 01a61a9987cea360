"""An index holds texts, vectors and their model, and finds what `top_k` finds; another model is detected."""

import io
import zipfile

import numpy as np
import pytest

from tinybert.errors import InputError
from tinybert.tasks import top_k
from tinybert.tasks.search_index import Hit, SearchIndex

TEXTS = ["it snows", "the rain is cold", "a warm day", "snow and rain"]


class Embedder:
    """A substitute for an embedder that counts letters, with an option."""

    def __init__(self, width=26, shift=0):
        self.width, self.shift = width, shift

    def __call__(self, texts, *, normalize=False, prompt=None, prompt_name=None):
        vectors = np.zeros((len(texts), self.width), np.float32)
        for row, text in enumerate(texts):
            for letter in (prompt or "") + text:
                if letter.isalpha():
                    vectors[row, (ord(letter) - 97 + self.shift) % self.width] += 1
        return vectors


@pytest.fixture
def index():
    return SearchIndex(Embedder()(TEXTS), TEXTS, [1, 2, 4, 5], "the/1.0/model", {"normalize": True})


def test_it_comes_back_from_its_file(index, tmp_path):
    index.save(tmp_path / "a.npz")
    again = SearchIndex.load(tmp_path / "a.npz")
    np.testing.assert_array_equal(again.vectors, index.vectors)
    assert (again.texts, again.lines, again.model, again.options) == (TEXTS, [1, 2, 4, 5], index.model, index.options)
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_it_finds_what_top_k_finds(index):
    queries = ["snow", "cold rain"]
    found = index.search(Embedder(), queries, 2)
    indices, scores = top_k(Embedder()(queries), index.vectors, 2)
    assert found == [
        [Hit(float(score), index.lines[place], TEXTS[place]) for place, score in zip(*row, strict=True)]
        for row in zip(indices.tolist(), scores.tolist(), strict=True)
    ]
    assert len(index.search(Embedder(), ["snow"], 100)[0]) == 4
    assert index.search(Embedder(), [], 3) == []


def test_the_prompt_of_queries_takes_the_place_of_the_texts_own(index):
    plain, asked = (index.search(Embedder(), ["rain"], 1, **options) for options in ({}, {"prompt": "snow snow"}))
    assert plain != asked


@pytest.mark.parametrize(
    ("embedder", "problem"),
    [
        (Embedder(30), "has vectors of 26 numbers, and the model makes 30"),
        (Embedder(26, shift=7), "was made with another model: its first text has a cosine of 0"),
    ],
)
def test_another_model_is_noticed(index, embedder, problem):
    with pytest.raises(InputError, match=problem):
        index.search(embedder, ["snow"])


def written(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def parts(**changes):
    whole = {
        "vectors": np.ones((1, 3), np.float32),
        "lines": np.ones(1, np.int64),
        "texts": np.frombuffer(b'["a"]', np.uint8),
        "about": np.frombuffer(b'{"format": 1, "model": "m"}', np.uint8),
    }
    return {name: array for name, array in {**whole, **changes}.items() if array is not None}


OPTIONS = b'{"format": 1, "model": "m", "options": {"pooling": 5}}'
BROKEN = {
    "empty": b"",
    "text": b"a text",
    "npy": b"\x93NUMPY\x01\x00",
    "zip": b"PK\x05\x06" + bytes(18),
    "a part is missing": written(**parts(about=None)),
    "other numbers": written(**parts(vectors=np.ones((1, 3)))),
    "a vector too many": written(**parts(vectors=np.ones((2, 3), np.float32))),
    "texts that are not JSON": written(**parts(texts=np.frombuffer(b"[", np.uint8))),
    "texts that are numbers": written(**parts(texts=np.frombuffer(b"[1]", np.uint8))),
    "another format": written(**parts(about=np.frombuffer(b'{"format": 2, "model": "m"}', np.uint8))),
    "unknown options": written(
        **parts(about=np.frombuffer(b'{"format": 1, "model": "m", "options": {"pooling": 5}}', np.uint8))
    ),
    "no lines": written(**parts(lines=np.array(1, np.int64))),
    "a pickle": written(**parts(lines=np.array([None]))),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_no_index_is_an_error_with_its_name(content, tmp_path):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.npz"):
        SearchIndex.load(tmp_path / "a.npz")


def test_a_cut_file_is_an_error(index, tmp_path):
    index.save(tmp_path / "a.npz")
    whole = (tmp_path / "a.npz").read_bytes()
    for length in range(0, len(whole), 97):
        (tmp_path / "b.npz").write_bytes(whole[:length])
        with pytest.raises(InputError, match="is not an index"):
            SearchIndex.load(tmp_path / "b.npz")
    assert zipfile.is_zipfile(tmp_path / "a.npz")


def test_a_path_that_is_none_says_so(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        SearchIndex.load(tmp_path / "none.npz")
    with pytest.raises(InputError, match="is a folder"):
        SearchIndex.load(tmp_path)
