"""Checks of arguments: a wrong one, however large, is shown briefly, and little of it is inspected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tinybert.arguments import check_choice, check_integer, describe, path_of
from tinybert.errors import InputError
from tinybert.text.texts import as_batch

COUNT = 100_000


class Counter:
    """Counts how many elements of a value were looked at."""

    def __init__(self):
        self.count = 0

    def elements(self):
        """Class whose objects count how often they are formatted or compared."""
        counter = self

        class Element:
            def __repr__(self):
                counter.count += 1
                return "0"

            def __lt__(self, other):
                counter.count += 1
                return False

        return [Element() for _ in range(COUNT)]

    def like(self, kind, value):
        """Return the value as a class that looks like `kind` and counts the characters that are read or formatted."""
        counter = self

        class Counting(kind):
            __module__ = "builtins"

            def __getitem__(self, part):
                found = kind.__getitem__(self, part)
                counter.count += len(found)
                return found

            def __repr__(self):
                counter.count += len(self)
                return kind.__repr__(self)

        Counting.__name__ = kind.__name__
        return Counting(value)


HUGE = {
    "list": lambda counter: counter.elements(),
    "list in a list": lambda counter: [counter.elements()],
    "array": lambda counter: np.array(counter.elements()),
    "bytes": lambda counter: counter.like(bytes, b"x" * COUNT),
    "bytearray": lambda counter: counter.like(bytearray, b"x" * COUNT),
    "dict": lambda counter: dict.fromkeys(counter.elements()),
    "set": lambda counter: set(counter.elements()),
    "frozenset": lambda counter: frozenset(counter.elements()),
    "string in a list": lambda counter: [counter.like(str, "x" * COUNT)],
}


@pytest.mark.parametrize("name", HUGE)
def test_of_something_huge_little_is_looked_at(name):
    counter = Counter()
    value = HUGE[name](counter)
    shown = describe(value)
    assert 0 < counter.count < 300
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


@pytest.mark.parametrize(
    ("value", "bounds", "message"),
    [
        (0, (1,), "size is 0; it must be an integer, 1 or more."),
        (5, (1, 4), "size is 5; it must be an integer, 1 to 4."),
        (2.0, (1, 4), "size is 2.0; it must be an integer, 1 to 4."),
        (True, (1,), "size is True; it must be an integer, 1 or more."),
        (None, (1,), "size is None; it must be an integer, 1 or more."),
    ],
)
def test_integers(value, bounds, message):
    with pytest.raises(InputError) as error:
        check_integer(value, "size", *bounds)
    assert str(error.value) == message
    assert type(check_integer(np.int64(3), "size", 1, 3)) is int


def test_choices():
    check_choice("mean", "pooling", ("mean", "first"))
    with pytest.raises(InputError, match="pooling is 'max'; it must be one of mean, first"):
        check_choice("max", "pooling", ("mean", "first"))


def test_home_is_that_of_a_user_who_exists(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("USERPROFILE", "/home/me")
    assert path_of("~/model") == Path("/home/me/model")
    assert path_of("~nobody-of-that-name/model") == Path("~nobody-of-that-name/model")
