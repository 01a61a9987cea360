"""The help is there at once, and what it shows can be copied."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from tiny import command, cpu_seconds

from tinybert.cli.app import app

COMMANDS = ("embed", "classify", "tag", "answer", "finetune", "evaluate", "convert")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_comes_at_once_and_without_mindspore(run, name):
    before = cpu_seconds()
    process = run(name, "--help")
    assert cpu_seconds() - before < 0.5
    assert process.returncode == 0
    assert "IMPORTED False" in process.stderr
    assert "Exit codes: 0 done; 1 an error" in process.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_can_be_copied(name):
    """One line, or lines that end in a backslash; and the command takes it."""
    lines = command(name, "--help").out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip().startswith("Example: "))
    end = next(number for number in range(start, len(lines)) if not lines[number].endswith("\\"))
    example = "\n".join(lines[start : end + 1]).replace("\\\n", "").strip().removeprefix("Example: ")
    assert not lines[end + 1].strip()
    words = shlex.split(example)
    assert words[:2] == ["tinybert", name]
    typer.main.get_command(app).commands[name].make_context(name, words[2:])


def test_defaults_are_not_taken_for_markup():
    assert "[default: known names; the last]" in " ".join(command("finetune", "--help").out.split())


def test_the_training_options_are_the_settings_with_their_defaults():
    from tinybert.cli.finetune import SETTINGS
    from tinybert.training import TrainingSettings

    options = {
        parameter.name: parameter.default for parameter in typer.main.get_command(app).commands["finetune"].params
    }
    assert {name: options[name] for name in SETTINGS} == TrainingSettings().to_dict()


def test_what_is_put_in_other_words_is_still_said():
    """A message that changes would else reach the command line with the arguments of Python."""
    from tinybert.cli import messages

    sources = Path(messages.__file__).resolve().parents[1].rglob("*.py")
    said = "".join(path.read_text(encoding="utf-8") for path in sources if path.name != "messages.py")
    said = re.sub(r'"\s*\n\s*f?"', "", said)  # a long message stands in several strings
    said = re.sub(r"Use \{\w+\}", "Use Classifier Use Tagger Use QuestionAnswerer Use Embedder", said)
    assert [argument for argument in messages.ARGUMENTS if argument not in said] == []


def test_errors_name_options():
    from tinybert.cli.messages import for_the_command_line

    told = for_the_command_line(
        "give the one that it was trained with, vocabulary='vocab.txt' (and do_lower_case=False"
    )
    assert told == "give the one that it was trained with, --vocabulary vocab.txt (and --cased"
