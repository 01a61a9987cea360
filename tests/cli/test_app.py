"""The command as a whole: it is there at once, and wrong usage is told from failure."""

from __future__ import annotations

import resource
from functools import partial

import pytest

import tinybert as package

START = """
import sys
sys.argv[0] = "tinybert"
from tinybert.cli import main
try:
    main()
finally:
    print("IMPORTED", "mindspore" in sys.modules, file=sys.stderr)
"""


@pytest.fixture
def run(fresh_python):
    """A function that runs the command in a process of its own."""
    return partial(fresh_python, "-c", START, may_fail=True)


def cpu_seconds():
    """Of all processes so far that this one waited for. The clock would measure what else the machine does."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


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


def test_the_shell_completes_commands_and_options(run):
    asked = {"_TINYBERT_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    assert run(**asked, COMP_WORDS="tinybert eval").stdout.split() == ["evaluate"]
    asked["COMP_CWORD"] = "2"
    assert run(**asked, COMP_WORDS="tinybert embed --pool").stdout.split() == ["--pooling"]


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
