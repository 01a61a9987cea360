"""The best spans of a context, compared with loops over all spans."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinybert.tasks.candidates import best_stretches, log_total, span_table, word_bounds


@st.composite
def windows_over_a_context(draw):
    """Start and end logits of windows laid out like the tokenizer's, with different values where they overlap."""
    tokens, room = draw(st.integers(1, 25)), draw(st.integers(1, 10))
    stride = draw(st.integers(0, room - 1))
    random_state = np.random.RandomState(draw(st.integers(0, 2**31)))
    windows, start = [], 0
    while True:
        size = min(room, tokens - start)
        windows.append((start, *random_state.normal(size=(2, size)).astype(np.float32)))
        if start + size >= tokens:
            return windows, stride
        start += room - stride


def loops(windows, longest):
    """Return the score of each span by first and last token."""
    scores = {}
    for begin, starts, ends in windows:
        for i, start in enumerate(starts):
            for j, end in enumerate(ends):
                if i <= j < i + longest:
                    key = (begin + i, begin + j)
                    scores[key] = max(scores.get(key, -math.inf), float(start + end))
    return scores


@given(windows_over_a_context(), st.integers(1, 12))
def test_the_table_has_every_stretch_that_a_window_holds(windows, longest):
    windows, stride = windows
    table = span_table([window[1:] for window in windows], stride, longest)
    expected = loops(windows, longest)
    found = {(i, i + d): float(table[i, d]) for i, d in np.argwhere(np.isfinite(table)).tolist()}
    assert found == pytest.approx(expected)


@given(windows_over_a_context(), st.integers(1, 12), st.integers(1, 6), st.data())
def test_the_best_do_not_overlap_and_nothing_better_is_left_out(windows, longest, count, data):
    windows, stride = windows
    table = span_table([window[1:] for window in windows], stride, longest)
    continues = np.array(data.draw(st.lists(st.booleans(), min_size=len(table), max_size=len(table))))
    first_of, last_of = word_bounds(continues)
    found = best_stretches(table.copy(), count, first_of, last_of)

    left, expected = loops(windows, longest), []
    while left and len(expected) < count:
        start, end = max(left, key=left.get)
        score = left[start, end]
        while start > 0 and continues[start]:
            start -= 1
        while end + 1 < len(table) and continues[end + 1]:
            end += 1
        expected.append((start, end, score))
        left = {(i, j): value for (i, j), value in left.items() if j < start or i > end}
    assert found == [(start, end, pytest.approx(score)) for start, end, score in expected]


@given(windows_over_a_context())
def test_probabilities_of_all_pairs_come_to_one(windows):
    parts = [window[1:] for window in windows[0]]
    pairs = [float(start) + float(end) for starts, ends in parts for start in starts for end in ends]
    assert sum(math.exp(score - log_total(parts)) for score in pairs) == pytest.approx(1, rel=1e-4)


def test_of_one_window_the_score_is_the_product_of_two_softmaxes():
    start, end = np.random.RandomState(0).normal(size=(2, 7)).astype(np.float32)
    product = math.prod(math.exp(logits[3]) / np.exp(logits).sum() for logits in (start, end))
    assert math.exp(start[3] + end[3] - log_total([(start, end)])) == pytest.approx(product, rel=1e-5)
