"""The command as a whole: instant commands import nothing heavy, and usage errors differ from failures."""

from __future__ import annotations

import pytest
import typer

import tinybert as package
from tinybert.cli.app import app

SST2 = "mindspore/1.3/tinybert_enwiki128_sst2"


def all_commands():
    """The words of every command and group."""
    group = typer.main.get_command(app)
    hub = group.commands["hub"]
    return [(), *((name,) for name in group.commands), *(("hub", name) for name in hub.commands)]


@pytest.fixture(scope="module")
def instant(several):
    """Results of the instant commands in one process, each with the modules imported afterwards."""
    commands = [
        *((*words, "--help") for words in all_commands()),
        ("--version",),
        ("hub", "list"),
        ("hub", "info", SST2),
    ]
    return dict(zip(commands, several([[words, {}] for words in commands]), strict=True))


def test_what_is_instant_imports_nothing_heavy(instant):
    assert {words: heavy for words, (_, heavy) in instant.items() if heavy} == {}
    assert {words: run for words, (run, _) in instant.items() if run.code or run.err or not run.out} == {}


def test_help_comes_at_once_and_without_mindspore(instant):
    run, heavy = instant["--help",]
    assert run.code == 0
    assert "hub" in run.out
    assert heavy == []


@pytest.mark.parametrize("arguments", [("hub", "list"), ("hub", "info", SST2)])
def test_lists_need_no_mindspore(instant, arguments):
    run, heavy = instant[arguments]
    assert run.code == 0
    assert SST2 in run.out
    assert heavy == []


def test_the_version(tinybert):
    assert tinybert("--version") == (0, f"{package.__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("hub", "lsit"),
        ("hub", "info"),
        ("hub", "list", "--what"),
        ("hub", "publish", "x"),
        ("tag", "model", "texts.txt", "--conll", "--to", "jsonl"),
    ],
)
def test_wrong_usage(tinybert, arguments):
    code, out, err = tinybert(*arguments)
    assert (code, out) == (2, "")
    assert "Usage:" in err
    assert "Traceback" not in err


def test_an_interruption(tinybert, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("tinybert.cli.hub.known_modules", interrupt)
    code, _, err = tinybert("hub", "list")
    assert code == 130
    assert "Traceback" not in err
