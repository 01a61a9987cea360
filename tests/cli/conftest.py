"""The clean environment of tests/hub, and the command as a function."""

from __future__ import annotations

import json
import runpy
import sys
from functools import partial
from pathlib import Path

import pytest
from shared_networks import LOADING, SharedRuntime
from tiny import HEAVY, SEVERAL, START, Run, save_model, write_reviews

HUB_TESTS = Path(__file__).resolve().parents[1] / "hub"
sys.path.append(str(HUB_TESTS))
_fixtures = runpy.run_path(str(HUB_TESTS / "conftest.py"))
authority, environment, quick_code = (_fixtures[name] for name in ("authority", "environment", "quick_code"))


@pytest.fixture(scope="session", autouse=True)
def _shared_networks():
    """Commands compile a network once for all models of its shape."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LOADING, SharedRuntime)
        yield


@pytest.fixture
def run(fresh_python):
    """A function that runs the command in a process of its own."""
    return partial(fresh_python, "-c", START, may_fail=True)


@pytest.fixture(scope="session")
def several(fresh_python):
    """A function that runs several commands in one fresh process.

    It takes the arguments and environment variables of each, and returns for each the exit code, the output, and which
    of `HEAVY` are imported afterwards.
    """

    def several(runs, **variables):
        done = fresh_python("-c", SEVERAL, json.dumps(runs), json.dumps(HEAVY), **variables)
        return [(Run(*run), heavy) for *run, heavy in json.loads(done.stdout)]

    return several


@pytest.fixture
def tinybert(monkeypatch, capsys):
    """A function that runs the command and returns its exit code, stdout and stderr."""
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
    return save_model(tmp_path_factory.mktemp("encoder"), layers=2)


@pytest.fixture(scope="session")
def encoder(tmp_path_factory):
    """An untrained encoder of one layer, for tests that train."""
    return save_model(tmp_path_factory.mktemp("encoder"), layers=1)


@pytest.fixture(scope="session")
def reviews(tmp_path_factory):
    """`train.csv` and `dev.csv` with the columns id, opinion and verdict."""
    folder = tmp_path_factory.mktemp("reviews")
    write_reviews(folder / "train.csv", 96, 0)
    write_reviews(folder / "dev.csv", 32, 1)
    return folder


@pytest.fixture
def given(tmp_path, monkeypatch):
    """The declared file of the published module, downloaded elsewhere."""
    from asset_server import CONTENT
    from entries import CN_WIKI, exchange

    path = tmp_path / "given.ckpt"
    path.write_bytes(CONTENT)
    exchange(monkeypatch, CN_WIKI, path)
    return path
