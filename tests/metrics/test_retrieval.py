"""Ranks and mean reciprocal rank: worked by hand, with ties, with several relevant vectors, in little memory."""

import tracemalloc

import numpy as np
import pytest

from tinybert.errors import InputError
from tinybert.metrics import mean_reciprocal_rank, ranks, retrieval_scores


def unit(count, size, seed):
    vectors = np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_ranks_are_places_in_the_sorted_corpus():
    queries, corpus = unit(30, 8, 0), unit(50, 8, 1)
    order = np.argsort(-(queries @ corpus.T), axis=1)
    expected = [1 + int(np.flatnonzero(row == index)[0]) for index, row in enumerate(order)]
    assert list(ranks(queries, corpus, [[index] for index in range(30)])) == expected


def test_of_several_right_ones_the_nearest_counts_and_the_others_are_not_in_its_way():
    corpus = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]], np.float32)
    query = corpus[:1]
    assert list(ranks(query, corpus, [[2]])) == [3]
    assert list(ranks(query, corpus, [[3, 1]])) == [2]
    assert list(ranks(query, corpus, [[0, 1]])) == [1]


def test_who_gives_all_texts_one_vector_finds_nothing():
    vectors = np.ones((5, 1), np.float32)
    assert list(ranks(vectors, vectors, [[index] for index in range(5)])) == [5] * 5


def test_memory_stays_flat():
    """The similarities of 10,000 queries and texts at once would take 400 MB."""
    vectors = unit(10_000, 4, 0)
    tracemalloc.start()
    found = list(ranks(vectors[::5], vectors, [[index] for index in range(0, 10_000, 5)]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [1] * 2000
    assert peak < 60e6


def test_scores_by_hand():
    assert mean_reciprocal_rank([1, 2, 4]) == pytest.approx((1 + 1 / 2 + 1 / 4) / 3)
    assert retrieval_scores(np.array([1, 10, 11, 100])) == {
        "mrr": pytest.approx((1 + 1 / 10 + 1 / 11 + 1 / 100) / 4),
        "accuracy_at_1": 0.25,
        "accuracy_at_10": 0.5,
    }


@pytest.mark.parametrize("places", [[], [0, 1], [1.5], ["1"], [[1]]])
def test_what_is_no_rank_is_refused(places):
    with pytest.raises(InputError, match="ranks must be whole numbers from 1"):
        retrieval_scores(places)


def test_each_query_needs_what_belongs_to_it():
    with pytest.raises(InputError, match="1 query, "):
        list(ranks(unit(2, 3, 0), unit(2, 3, 1), [[0]]))
