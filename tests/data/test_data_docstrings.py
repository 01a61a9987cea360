"""The examples in the docstrings run and give the results shown."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import tinybert.data

MODULES = [module.name for module in pkgutil.iter_modules(tinybert.data.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(f"tinybert.data.{name}")
    assert doctest.testmod(module).failed == 0
