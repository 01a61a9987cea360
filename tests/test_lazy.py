"""Names of a package that are imported when they are first used; and packages that import nothing heavy."""

from __future__ import annotations

import json
import sys
import types

import pytest

from tinybert.lazy import lazy_names

PACKAGES = [
    "tinybert",
    "tinybert.checkpoint",
    "tinybert.cli",
    "tinybert.data",
    "tinybert.evaluation",
    "tinybert.hub",
    "tinybert.metrics",
    "tinybert.runtime",
    "tinybert.tasks",
    "tinybert.text",
    "tinybert.training",
]
HEAVY = ["mindspore", "rich", "requests", "scipy", "tokenizers"]
LAZY = ["tinybert", "tinybert.hub", "tinybert.training"]


@pytest.fixture
def package(monkeypatch):
    """A package `boxes` with a lazy name, `Thing`, of its module `boxes.inner`."""
    boxes, inner = types.ModuleType("boxes"), types.ModuleType("boxes.inner")
    boxes.__path__, boxes.own, inner.Thing = [], 1, object()
    boxes.__getattr__, boxes.__dir__ = lazy_names("boxes", {"Thing": "inner"})
    monkeypatch.setitem(sys.modules, "boxes", boxes)
    monkeypatch.setitem(sys.modules, "boxes.inner", inner)
    return boxes


def test_a_name_is_found_where_it_is_at_home(package):
    assert package.Thing is sys.modules["boxes.inner"].Thing


def test_an_unknown_name_is_pythons_own_error(package):
    with pytest.raises(AttributeError, match="module 'boxes' has no attribute 'Other'"):
        package.Other  # noqa: B018


def test_names_are_listed_before_they_are_used(package):
    assert {"Thing", "own"} <= set(dir(package))
    assert dir(package) == sorted(dir(package))
    assert "Thing" not in vars(package)


@pytest.mark.parametrize("name", LAZY)
def test_every_public_name_is_there(name):
    package = __import__(name, fromlist=["__all__"])
    assert len({*package.__all__}) == len(package.__all__)
    assert set(package._HOMES) <= set(package.__all__) <= set(dir(package))
    assert all(getattr(package, each) is not None for each in package.__all__)


# In a separate process, because the test is about what is imported.
SCRIPT = f"""
import importlib, json, sys
imported = {{}}
for name in {["tinybert.cli.app", *PACKAGES]}:
    importlib.import_module(name)
    imported[name] = [heavy for heavy in {HEAVY} if heavy in sys.modules]
import tinybert
for name in ("Embedder", "Classifier", "Tagger", "QuestionAnswerer", "Task", "TinyBertConfig", "BertTokenizer", "load",
             "evaluate", "similarity", "TinyBertError"):
    getattr(tinybert, name)
from tinybert.training import TrainingSettings
imported["names"] = ["mindspore"] if "mindspore" in sys.modules else []
json.dump(imported, sys.stdout)
"""


@pytest.fixture(scope="module")
def imported(fresh_python):
    """Return the heavy libraries loaded after each import, in sequence in one process."""
    return json.loads(fresh_python("-c", SCRIPT).stdout)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_imported_without_mindspore(imported, name):
    assert "mindspore" not in imported[name]


def test_the_names_of_tasks_and_evaluation_need_no_mindspore(imported):
    assert imported["names"] == []


def test_the_command_line_starts_without_anything_heavy(imported):
    assert imported["tinybert.cli.app"] == []
