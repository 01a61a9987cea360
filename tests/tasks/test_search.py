"""Similarities and nearest neighbours, compared with plain loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tinybert.errors import InputError
from tinybert.tasks import search, similarity, top_k


def vectors(rows, columns=6, seed=0):
    return np.random.RandomState(seed).normal(size=(rows, columns)).astype(np.float32)


def cosine(a, b):
    return float(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))


def test_similarity_is_the_cosine():
    a, b = vectors(3), vectors(4, seed=1)
    expected = [[cosine(left, right) for right in b] for left in a]
    np.testing.assert_allclose(similarity(a, b), expected, rtol=1e-5)
    assert similarity(a, b).dtype == np.float32


def test_similarity_of_single_vectors_and_of_zero():
    assert similarity([3, 4], [3, 4]) == pytest.approx(1)
    assert similarity([0, 0], [1, 1]).tolist() == [[0]]


@pytest.mark.parametrize("blocks", [(256, 16384), (2, 3)])
def test_top_k_is_what_sorting_everything_gives(monkeypatch, blocks):
    monkeypatch.setattr(search, "QUERY_ROWS", blocks[0])
    monkeypatch.setattr(search, "CORPUS_ROWS", blocks[1])
    queries, corpus = vectors(5), vectors(40, seed=1)
    indices, scores = top_k(queries, corpus, 4)
    everything = similarity(queries, corpus)
    np.testing.assert_array_equal(indices, np.argsort(-everything, axis=1)[:, :4])
    np.testing.assert_allclose(scores, -np.sort(-everything, axis=1)[:, :4], rtol=1e-6)
    assert (indices.dtype, scores.dtype) == (np.int64, np.float32)


@given(
    arrays.arrays(np.int8, st.tuples(st.integers(0, 9), st.just(2)), elements=st.integers(-2, 2)), st.integers(1, 12)
)
def test_top_k_with_ties_zeros_and_small_corpora(corpus, k):
    indices, scores = top_k([1.0, 0.5], corpus, k)
    assert len(indices) == min(k, len(corpus))
    assert len(set(indices.tolist())) == len(indices)
    everything = similarity([1.0, 0.5], corpus)[0]
    np.testing.assert_allclose(scores, np.sort(everything)[::-1][:k], atol=1e-6)
    np.testing.assert_allclose(everything[indices], scores, atol=1e-6)


def test_a_corpus_on_disk(tmp_path):
    corpus = np.memmap(tmp_path / "corpus", np.float16, "w+", shape=(50, 6))
    corpus[:] = vectors(50)
    indices, _ = top_k(corpus[[7, 8]].astype(np.float32), corpus, 1)
    assert indices.tolist() == [[7], [8]]


@pytest.mark.parametrize(
    ("queries", "corpus", "k"),
    [
        (vectors(2, 6), vectors(2, 5), 1),
        (vectors(2), vectors(2), 0),
        (["the", "cat"], vectors(2), 1),
        (np.zeros((2, 2, 2)), vectors(2), 1),
    ],
)
def test_what_cannot_be_compared(queries, corpus, k):
    with pytest.raises(InputError):
        top_k(queries, corpus, k)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_with_its_row(value):
    good, bad = np.ones((3, 4)), np.ones((3, 4))
    bad[2, 1] = value
    for name, call in (("a", similarity), ("queries", top_k)):
        with pytest.raises(InputError, match=rf"{name}\[2\] holds NaN or infinity"):
            call(bad, good)
    with pytest.raises(InputError, match=r"corpus\[2\] holds NaN or infinity"):
        top_k(good, bad)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_of_equal_ones_the_first_come_first(monkeypatch, k):
    monkeypatch.setattr(search, "CORPUS_ROWS", 4)
    corpus = np.array([[0, 1], [1, 0], [1, 0], [0, 1], [1, 0], [1, 0], [1, 1], [1, 0]], np.float32)
    indices, _ = top_k([1.0, 0.0], corpus, k)
    assert indices.tolist() == [1, 2, 4, 5, 7][:k]


@pytest.mark.parametrize("scale", [1e-20, 1.0, 1e30])
def test_a_cosine_is_never_beyond_one(scale):
    vectors = (np.random.RandomState(0).normal(size=(200, 7)) * scale).astype(np.float32)
    found = similarity(vectors, vectors)
    assert found.max() <= 1
    assert found.min() >= -1
    np.testing.assert_allclose(np.diag(found), 1, atol=1e-5)
