"""Errors on the command line name the option instead of Python's argument and leave the user's data unchanged."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest
import typer
from tiny import command, save_model

import tinybert
from tinybert.cli.app import app
from tinybert.cli.stderr import FLAGS, OPTIONS, rendered, warnings_as_messages
from tinybert.distillation.settings import WEIGHTS
from tinybert.errors import InputError

WITHOUT_OPTION = {
    "facts",  # the command sets only values that a card may have
    "is_split_into_words",  # --words, and CoNLL, determine it
    "label_column",  # `read_examples` makes it the label
    "max_length",
    "return_overflowing",
    "truncation",
    "word_column",  # `read_examples` makes it the text
}
"""Arguments named in errors for which the command line has no option, or none that helps."""
GIVEN_BY_NAME = {
    "checkpoint/shapes.py": set(),
    "data/columns.py": {"text", "pair", "label"},
    "data/conll.py": {"word_column", "label_column"},
    "data/labelled.py": {"text", "label"},
    "distillation/checks.py": {"directions", "vectors"},
    "distillation/settings.py": {*WEIGHTS, "hidden_layers", "projections"},
}
"""Files that pass an argument's name in a variable, and these names."""


def used_arguments():
    """Return the argument names given to the package's errors, by file."""
    package = Path(tinybert.__file__).parent
    found = {}
    for path in package.rglob("*.py"):
        name = path.relative_to(package).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values = (
                [word.value for word in node.keywords if word.arg == "argument"] if isinstance(node, ast.Call) else []
            )
            for value in values:
                if isinstance(value, ast.Constant):
                    found.setdefault(name, set()).add(value.value)
                elif not (isinstance(value, ast.Name) and value.id == "argument"):
                    found.setdefault(name, set()).update(GIVEN_BY_NAME[name])
    return found


def click_options():
    """Return all options of all commands, and for each whether it is a flag: commands may differ."""
    group = typer.main.get_command(app)
    commands = [
        *group.commands.values(),
        *(each for name in ("distill", "hub") for each in group.commands[name].commands.values()),
    ]
    found = {}
    for command_ in commands:
        for each in command_.params:
            for option in (*each.opts, *each.secondary_opts):
                found.setdefault(option, set()).add(getattr(each, "is_flag", False))
    return found


def test_each_argument_has_its_option_or_is_known_to_have_none():
    used = set().union(*used_arguments().values())
    assert used - OPTIONS.keys() - WITHOUT_OPTION == set()
    assert WITHOUT_OPTION - used == set()
    assert WITHOUT_OPTION & OPTIONS.keys() == set()


def test_each_option_is_one_of_a_command_and_of_some_error():
    known = click_options()
    settings = {name for name, option in OPTIONS.items() if option.startswith("--config ")}
    assert {option.split()[0] for option in OPTIONS.values()} - known.keys() == set()
    kinds = {name: known[OPTIONS[name]] for name in OPTIONS if name not in settings}
    assert {name for name, found in kinds.items() if found == {True}} <= set(FLAGS)
    assert all(True in kinds[name] for name in FLAGS)
    assert OPTIONS.keys() - settings - set().union(*used_arguments().values()) == set()


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (InputError("which one?", argument="text"), "which one? (--text ...)"),
        (InputError("say which one.", argument="text", example="NAME"), "say which one (--text NAME)."),
        (InputError("by its index.", argument="text", example=0), "by its index (--text 0)."),
        (InputError("leave it out", argument="regression", example=True), "leave it out (--regression)"),
        (InputError("5 is wrong", argument="num_attention_heads"), "5 is wrong (--config num_attention_heads=...)"),
        (InputError("leave it unread", argument="label", example=False), "leave it unread"),
        (InputError("cut it", argument="max_length"), "cut it"),
        (InputError("text='NAME' and (vocabulary='vocab.txt')"), "text='NAME' and (vocabulary='vocab.txt')"),
    ],
)
def test_an_error_names_the_option_that_remedies_it(error, shown):
    assert rendered(error) == shown
    assert rendered(error.prefixed("data.tsv, line 3: ")) == f"data.tsv, line 3: {shown}"


def test_warnings_are_messages_each_time(capsys):
    with warnings_as_messages():
        for _ in range(2):
            warnings.warn("text='NAME' is missing", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == "tinybert: text='NAME' is missing\n" * 2


OWN = "text='NAME' vocabulary='v' Use Tagger"
"""User data that looks like Python."""


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("classifier"), "sequence-classification", ("no", OWN))


def test_the_users_own_words_are_shown_as_they_are(encoder_folder, classifier, tmp_path):
    table = tmp_path / "text='NAME' (vocabulary='vocab.txt').csv"
    table.write_text(f'"{OWN}",n\nfilm,1\n', encoding="utf-8")
    run = command("embed", encoder_folder, table)
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith(f"tinybert: {table}, line 1: no column is known as a text; there are {OWN!r}, 'n'. ")
    assert run.err.endswith(" (--text NAME).\n")

    table.write_text(f'text,label\nfilm,yes\nfilm,"{OWN} too"\n', encoding="utf-8")
    run = command("evaluate", classifier, table)
    unknown = (
        f"tinybert: the model does not know 'yes', {OWN + ' too'!r}, first in {table}, line 2: each counts as a miss\n"
    )
    assert (run.code, run.err) == (0, unknown)

    run = command("embed", encoder_folder, "--from", "jsonl", stdin=f'{{"{OWN}": 1}}\n'.encode())
    assert OWN in run.err
    run = command("embed", OWN, stdin=b"film\n")
    assert run.err.startswith(f"tinybert: {OWN} is neither a folder nor a file")
    skipped = command(
        "embed", encoder_folder, "--from", "tsv", "--on-error", "skip", stdin=f"text\n{OWN}\tb\n".encode()
    )
    assert skipped.err.startswith("tinybert: stdin, line 2: ")
    assert "vocabulary" not in skipped.err.replace(OWN, "")
