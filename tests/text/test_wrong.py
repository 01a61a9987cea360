"""What is no text is shown at once and in few letters."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tinybert.errors import InputError
from tinybert.text.inputs import as_batch, check_integer
from tinybert.text.wrong import describe

COUNT = 10_000_000
HUGE = {
    "list": lambda: [0] * COUNT,
    "list in a list": lambda: [[0] * COUNT],
    "array": lambda: np.zeros(COUNT),
    "bytes": lambda: b"x" * COUNT,
    "bytearray": lambda: bytearray(COUNT),
    "dict": lambda: dict.fromkeys(range(COUNT // 4)),
    "set": lambda: set(range(COUNT // 4)),
    "frozenset": lambda: frozenset(range(COUNT // 4)),
    "string in a list": lambda: ["x" * COUNT],
}


@pytest.mark.parametrize("name", HUGE)
def test_something_huge_is_described_at_once(name):
    value = HUGE[name]()
    began = time.perf_counter()
    shown = describe(value)
    assert time.perf_counter() - began < 0.05
    assert shown.startswith(f"{type(value).__name__} ")
    assert len(shown) <= 60


def test_something_small_is_shown_as_it_is():
    values = (3, 2.5, None, b"abc", ["a", "b"], {"a": 1}, {1})
    shown = ["int 3", "float 2.5", "None", "bytes b'abc'", "list ['a', 'b']", "dict {'a': 1}", "set {1}"]
    assert list(map(describe, values)) == shown


def test_errors_are_short():
    huge = [0] * COUNT
    for call in (lambda: as_batch([huge], "texts", words=False), lambda: check_integer(huge, "max_length", 1)):
        with pytest.raises(InputError, match=r"\[0, 0, 0, 0, 0, 0, \.\.\.\]") as error:
            call()
        assert len(str(error.value)) < 200
