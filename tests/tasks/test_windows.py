"""Merging of the windows of a text's tokens."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tinybert.tasks.windows import merged


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
