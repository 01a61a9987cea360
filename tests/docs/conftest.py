"""The pages and notebooks run in a folder of their own, offline, with the model of the package."""

from __future__ import annotations

import shlex
import sys

import pytest

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from pages import Runner, commands_of


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """A function that creates the runner of a page in a new folder and changes to that folder."""

    def in_folder(shell):
        monkeypatch.setenv("MSHUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setenv("MSHUB_OFFLINE", "1")
        monkeypatch.chdir(tmp_path)
        return Runner(tmp_path, shell)

    return in_folder


@pytest.fixture
def command_line(capfd):
    """Run the `tinybert` calls of shell code in this process; skip pipes and all other commands."""

    def shell(code):
        import typer

        from tinybert.cli.app import app

        command = typer.main.get_command(app)
        for arguments in commands_of(code):
            if f"| tinybert {shlex.join(arguments)}" in code:
                continue
            command(list(map(str, arguments)), standalone_mode=False)
        return capfd.readouterr().out

    return shell
