"""Pairs of texts for training embeddings: with scores, or each a match."""

import numpy as np
import pytest

from tinybert.data import TextExample, TripletExample
from tinybert.evaluation.pairs import are_matches, as_cosines, form_of, text_ids


@pytest.mark.parametrize(
    ("scores", "cosines"),
    [
        ([0, 2.5, 5], [0, 0.5, 1]),
        ([-0.5, 0, 1], [-0.5, 0, 1]),
        ([0, 0.2], [0, 0.2]),
        ([-4, 2], [-1, 0.5]),
    ],
)
def test_scores_beyond_a_cosine_are_divided_by_the_largest(scores, cosines):
    np.testing.assert_allclose(as_cosines(np.array(scores, np.float64)), cosines)


def test_equal_texts_have_equal_numbers():
    """First and second texts are numbered separately, since they are never compared."""
    pairs = [TextExample("a", "b"), TextExample("b", "b"), TextExample("a", "c")]
    assert text_ids(pairs).tolist() == [[0, 0], [1, 0], [0, 1]]


def test_a_single_score_is_no_match():
    assert are_matches([TextExample("a", "b")] * 2)
    assert not are_matches([TextExample("a", "b"), TextExample("a", "b", 0.0)])


def test_negatives_are_numbered_with_the_second_texts_which_they_are_compared_with():
    triplets = [TripletExample("a", "b", negatives=("c", "d")), TripletExample("b", "d", negatives=("b", "e"))]
    assert text_ids(triplets).tolist() == [[0, 0, 1, 2], [1, 2, 0, 3]]


def test_the_form_of_pairs():
    pair, triplet = TextExample("a", "b"), TripletExample("a", "b", negatives=("c",))
    assert [form_of(each) for each in ([pair], [triplet], [pair, triplet], [TextExample("a", "b", 1.0)])] == [
        "matches",
        "triplets",
        "triplets",
        "scores",
    ]
