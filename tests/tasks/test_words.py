"""Grouping of word pieces into words, with one label distribution for each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinybert.tasks.windows import continuations
from tinybert.tasks.words import aggregated, words_of_list, words_of_text

PROBABILITIES = np.array([[0.6, 0.3, 0.1], [0.0, 0.6, 0.4], [0.0, 0.1, 0.9], [0.2, 0.5, 0.3]], np.float32)
"""Of four pieces, the first three of one word."""


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [("first", [0.6, 0.3, 0.1]), ("average", [0.2, 1 / 3, 1.4 / 3]), ("max", [0.0, 0.1, 0.9])],
)
def test_aggregation(aggregation, expected):
    words = aggregated(PROBABILITIES, np.array([0, 3]), aggregation)
    np.testing.assert_allclose(words, [expected, PROBABILITIES[3]], rtol=1e-6)


@pytest.mark.parametrize("aggregation", ["first", "average", "max"])
def test_aggregation_of_nothing(aggregation):
    nothing = aggregated(np.zeros((0, 3), np.float32), np.zeros(0, int), aggregation)
    assert nothing.shape == (0, 3)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=8), st.integers(0, 2**31))
def test_max_takes_the_surest_piece_of_each_word(sizes, seed):
    table = np.random.RandomState(seed).randint(0, 4, (sum(sizes), 3)).astype(np.float32)
    pieces = np.cumsum([0, *sizes[:-1]])
    expected = [max(table[start : start + size].tolist(), key=max) for start, size in zip(pieces, sizes, strict=True)]
    assert aggregated(table, pieces, "max").tolist() == expected


def test_the_accent_of_a_last_letter_is_part_of_its_word(tokenizer):
    text = "Jose\u0301 sang"
    encoding = tokenizer(text, return_offsets=True)
    ids, offsets = encoding.input_ids[0, 1:-1], encoding.offsets[0, 1:-1]
    table = words_of_text(text, continuations(tokenizer)[ids], offsets)
    assert [text[start:end] for start, end in zip(table.starts, table.ends, strict=True)] == ["Jose\u0301", "sang"]


def test_words_of_a_text(tokenizer):
    text = " Unbelievably  good, isn't it?"
    encoding = tokenizer(text, return_offsets=True)
    inside = encoding.sequence_ids[0] == 0
    ids, offsets = encoding.input_ids[0, inside], encoding.offsets[0, inside]
    table = words_of_text(text, continuations(tokenizer)[ids], offsets)
    words = [text[start:end] for start, end in zip(table.starts, table.ends, strict=True)]
    assert words == ["Unbelievably", "good", ",", "isn", "'", "t", "it", "?"]
    assert len(ids) > len(words)


def test_words_of_a_list_some_of_them_empty():
    table = words_of_list(["", "ab", "\u200b", "cd"], np.array([1, 1, 3]))
    assert [table.text[start:end] for start, end in zip(table.starts, table.ends, strict=True)] == [
        "",
        "ab",
        "\u200b",
        "cd",
    ]
    assert (table.pieces.tolist(), table.with_pieces.tolist()) == ([0, 2], [1, 3])
