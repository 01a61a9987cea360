"""From the pieces of windows to words, and from their labels to spans."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinybert.tasks.spans import are_tags, find_spans
from tinybert.tasks.windows import continuations, merged
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


@given(st.integers(0, 60), st.integers(1, 9), st.data())
def test_windows_come_together_again(tokens, room, data):
    stride = data.draw(st.integers(0, room - 1))
    text, windows, start = np.arange(tokens), [], 0
    while True:
        windows.append(text[start : start + room])
        if start + room >= tokens:
            break
        start += room - stride
    assert merged(windows, stride).tolist() == text.tolist()


def test_each_window_gives_its_middle():
    windows = [np.full(8, number) for number in (1, 2, 3)]
    assert merged(windows, 4).tolist() == [1] * 6 + [2] * 4 + [3] * 6


@pytest.mark.parametrize(
    "labels",
    [
        ["I-PER", "I-PER", "B-PER", "O", "I-LOC"],  # IOB1
        ["B-PER", "I-PER", "B-PER", "O", "B-LOC"],  # IOB2
        ["B-PER", "E-PER", "S-PER", "O", "S-LOC"],  # IOBES
        ["B-PER", "L-PER", "U-PER", "O", "U-LOC"],  # BILOU
    ],
)
def test_the_schemes_mark_the_same_spans(labels):
    spans = [tuple(span) for span in find_spans(labels, tags=are_tags(labels))]
    assert spans == [("PER", 0, 2), ("PER", 2, 3), ("LOC", 4, 5)]


def test_labels_that_are_no_tags_form_runs():
    labels = ["O", "PER", "PER", "O", "PER", "LOC"]
    assert not are_tags(labels)
    assert [tuple(span) for span in find_spans(labels, tags=False)] == [("PER", 1, 3), ("PER", 4, 5), ("LOC", 5, 6)]
