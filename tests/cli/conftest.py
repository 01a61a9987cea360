"""The clean environment of tests/hub, and the command as a function."""

from __future__ import annotations

import runpy
import sys
from functools import partial
from pathlib import Path

import pytest
from tiny import START, save_model, write_reviews

HUB_TESTS = Path(__file__).resolve().parents[1] / "hub"
sys.path.append(str(HUB_TESTS))
_fixtures = runpy.run_path(str(HUB_TESTS / "conftest.py"))
authority, environment = _fixtures["authority"], _fixtures["environment"]


@pytest.fixture
def run(fresh_python):
    """A function that runs the command in a process of its own."""
    return partial(fresh_python, "-c", START, may_fail=True)


@pytest.fixture
def tinybert(monkeypatch, capsys):
    """A function that runs the command and returns its exit code, what it printed, and what it said on stderr."""
    from tinybert.cli import main

    def tinybert(*arguments):
        monkeypatch.setattr(sys, "argv", ["tinybert", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as exit_:
            code = exit_.code or 0
        return code, *capsys.readouterr()

    return tinybert


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory):
    """An untrained encoder."""
    return save_model(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="session")
def reviews(tmp_path_factory):
    """`train.csv` and `dev.csv` with the columns id, opinion and verdict."""
    folder = tmp_path_factory.mktemp("reviews")
    write_reviews(folder / "train.csv", 96, 0)
    write_reviews(folder / "dev.csv", 32, 1)
    return folder
