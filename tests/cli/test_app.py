"""The command as a whole: it is there at once, and wrong usage is told from failure."""

from __future__ import annotations

import pytest
from tiny import cpu_seconds

import tinybert as package


def test_help_comes_at_once_and_without_mindspore(run):
    before = cpu_seconds()
    process = run("--help")
    assert cpu_seconds() - before < 0.5
    assert process.returncode == 0
    assert "hub" in process.stdout
    assert "IMPORTED False" in process.stderr


@pytest.mark.parametrize("arguments", [("hub", "list"), ("hub", "info", "mindspore/1.3/tinybert_enwiki128_sst2")])
def test_lists_need_no_mindspore(run, arguments):
    process = run(*arguments)
    assert process.returncode == 0
    assert "IMPORTED False" in process.stderr


def test_the_version(tinybert):
    assert tinybert("--version") == (0, f"{package.__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [("hub", "lsit"), ("hub", "info"), ("hub", "list", "--what"), ("hub", "publish", "x")]
)
def test_wrong_usage(tinybert, arguments):
    code, out, err = tinybert(*arguments)
    assert (code, out) == (2, "")
    assert "Usage:" in err
    assert "Traceback" not in err


def test_an_interruption(tinybert, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("tinybert.cli.hub.list_uids", interrupt)
    code, _, err = tinybert("hub", "list")
    assert code == 130
    assert "Traceback" not in err
