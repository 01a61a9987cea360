"""Errors carry the argument they concern, and keep their attributes when prefixed with a place or pickled."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from tinybert import errors
from tinybert.errors import (
    BindingError,
    CardError,
    DependencyError,
    DownloadError,
    InputError,
    IntegrityError,
    TinyBertError,
    UnknownModuleError,
    WorkerError,
    printable,
)

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, TinyBertError)]
BUILT_IN = {
    "BindingError": ValueError,
    "CardError": ValueError,
    "CheckpointError": ValueError,
    "ConfigError": ValueError,
    "DependencyError": ImportError,
    "DistributedError": RuntimeError,
    "DownloadError": OSError,
    "WriteError": OSError,
    "ForkError": RuntimeError,
    "HubArgumentError": (TypeError, ValueError),
    "InputError": ValueError,
    "IntegrityError": ValueError,
    "OfflineError": OSError,
    "OutputError": ArithmeticError,
    "UnknownModuleError": (LookupError, ValueError),
    "UnsafePathError": ValueError,
    "WorkerError": RuntimeError,
}
FULL = [
    InputError("no vocabulary", argument="vocabulary", example="vocab.txt"),
    BindingError("it does not fit", missing=["a"], unexpected=["b"], mismatched={"c": ((1,), (2,))}),
    CardError("a bad card", problems=["line 1: no"]),
    UnknownModuleError("no such module", closest=["a/1.0/b"]),
    IntegrityError("another file", expected="0" * 64, actual="1" * 64),
    WorkerError("worker 1 ended", worker=1, exit_code=-9, log="killed"),
]


def known(error):
    """Return all attributes of an error."""
    return type(error), error.args, str(error), vars(error)


@pytest.mark.parametrize("kind", CLASSES)
def test_each_error_is_one_of_ours_and_the_built_in_one_that_is_expected(kind):
    expected = BUILT_IN.get(kind.__name__)
    kinds = expected if isinstance(expected, tuple) else (expected or Exception,)
    assert all(issubclass(kind, each) for each in kinds)
    assert str(kind("what is wrong")) == "what is wrong"
    assert kind("what is wrong").message == "what is wrong"
    assert kind("what is wrong").args == ("what is wrong",)


def test_each_error_with_a_built_in_one_is_tested():
    bare = {"TinyBertError", "HubError"}
    assert {kind.__name__ for kind in CLASSES} == set(BUILT_IN) | bare


@pytest.mark.parametrize(
    ("message", "example", "shown"),
    [
        ("there is no vocabulary", "vocab.txt", "there is no vocabulary (vocabulary='vocab.txt')"),
        ("there is no vocabulary.", "vocab.txt", "there is no vocabulary (vocabulary='vocab.txt')."),
        ("there is no vocabulary", None, "there is no vocabulary (vocabulary=...)"),
        ("there is no vocabulary", True, "there is no vocabulary (vocabulary=True)"),
        ("there is no vocabulary", 0, "there is no vocabulary (vocabulary=0)"),
    ],
)
def test_the_argument_is_shown_behind_the_message(message, example, shown):
    error = InputError(message, argument="vocabulary", example=example)
    assert str(error) == shown
    assert (error.message, error.argument, error.example) == (message, "vocabulary", example)


def test_somebody_else_shows_the_argument_in_words_of_his_own():
    error = InputError("there is no vocabulary.", argument="vocabulary", example="vocab.txt")
    assert error.with_hint("--vocabulary vocab.txt") == "there is no vocabulary (--vocabulary vocab.txt)."


def test_without_an_argument_there_is_none():
    error = InputError("what is wrong", example="unused")
    assert str(error) == "what is wrong"
    assert error.argument is None


@pytest.mark.parametrize("kind", CLASSES)
def test_a_place_comes_before_the_message_and_nothing_is_lost(kind):
    error = kind("what is wrong")
    error.argument, error.example = "labels", ["a"]
    prefixed = error.prefixed("data.tsv, line 3: ")
    assert type(prefixed) is kind
    assert str(prefixed) == "data.tsv, line 3: what is wrong (labels=['a'])"
    assert prefixed.message == "data.tsv, line 3: what is wrong"
    assert prefixed.args == (prefixed.message,)
    assert error.message == "what is wrong"  # the error itself stays


@pytest.mark.parametrize("error", FULL, ids=lambda error: type(error).__name__)
def test_what_an_error_knows_survives_a_place(error):
    prefixed = error.prefixed("here: ")
    assert {**vars(prefixed), "message": None} == {**vars(error), "message": None}


@pytest.mark.parametrize("error", [*(kind("what is wrong") for kind in CLASSES), *FULL], ids=repr)
@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy], ids=["pickle", "copy"])
def test_what_an_error_knows_survives_another_process(error, again):
    assert known(again(error)) == known(error)


def test_what_came_before_is_not_taken_along():
    """A pickled error has no traceback, since the reporting process may lack the other's files."""
    try:
        raise InputError("what is wrong") from KeyError("hidden")
    except InputError as error:
        again = pickle.loads(pickle.dumps(error))
    assert (again.__traceback__, str(again)) == (None, "what is wrong")


def test_existing_except_clauses_go_on_working():
    with pytest.raises(OSError, match="no route"):
        raise DownloadError("no route to host")
    with pytest.raises(ImportError, match="pip install"):
        raise DependencyError("pip install mindspore")
    with pytest.raises(LookupError) as caught:
        raise UnknownModuleError("no such module")
    assert str(caught.value) == "no such module"  # KeyError would print it in quotes


OBEYED = {
    "a\x1b[2Jb": r"a\x1b[2Jb",
    "a\x1b]0;title\x07": r"a\x1b]0;title\x07",
    "a\rb\x08": r"a\rb\x08",
    "a\x9b31mb": r"a\x9b31mb",
    "a\u202eb\u2066": r"a\u202eb\u2066",
    "a\ud800": r"a\ud800",
    "caf\u00e9 \u96ea\tb\nc": "caf\u00e9 \u96ea\tb\nc",
}


@pytest.mark.parametrize("text", OBEYED)
def test_what_a_terminal_would_obey_is_shown(text):
    assert str(InputError(text)) == OBEYED[text]
    assert InputError("fine").prefixed(f"{text}: ").message == f"{OBEYED[text]}: fine"
    assert printable(printable(text)) == printable(text)


def test_a_message_is_never_as_long_as_what_it_quotes():
    error = InputError(f"begin {'x' * 10**7} end")
    assert len(str(error)) < 1000
    assert str(error).startswith("begin x")
    assert str(error).endswith("x end")
    assert len(str(InputError("line\n" * 10**6))) < 11_000
    assert str(InputError("l\n" * 40)) == "l\n" * 40
