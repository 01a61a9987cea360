"""Groups of options: a parameter that is a dataclass stands for one option of each field."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import pytest
import typer

from tinybert.cli.grouping import grouped


@dataclasses.dataclass(frozen=True)
class Plain:
    count: int = dataclasses.field(default=3, metadata={"help": "How many."})
    rate: float | None = dataclasses.field(default=None, metadata={"help": "How fast."})


@dataclasses.dataclass(frozen=True)
class Base:
    name: Annotated[str, typer.Option("--called", "-c", help="A name.")] = "ann"
    loud: Annotated[bool, typer.Option("--loud/--quiet")] = False


@dataclasses.dataclass(frozen=True)
class More(Base):
    loud: Annotated[bool, typer.Option("--shout")] = True
    last: Annotated[str, typer.Option(help="Its last.")] = "z"


def command(path: str, *, words: More, numbers: Plain, end: int = 1) -> None:
    """Does it."""
    command.called = (path, words, numbers, end)


@pytest.fixture
def run():
    """A function that runs the command with its words, and returns what the function was called with."""
    app = typer.Typer(rich_markup_mode=None)
    app.command()(grouped(command))
    click_command = typer.main.get_command(app)

    def run(*words):
        click_command.main(list(words), standalone_mode=False)
        return command.called

    run.params = click_command.params
    return run


def test_options_become_the_group(run):
    assert run("p") == ("p", More("ann", True, "z"), Plain(3, None), 1)
    given = run("p", "-c", "bob", "--shout", "--last", "y", "--count", "4", "--rate", "0.5", "--end", "2")
    assert given == ("p", More("bob", True, "y"), Plain(4, 0.5), 2)


def test_each_field_is_an_option_in_the_order_of_the_parameters(run):
    assert [each.name for each in run.params if each.name not in ("install_completion", "show_completion")] == [
        "path",
        "name",
        "loud",
        "last",
        "count",
        "rate",
        "end",
    ]
    options = {each.name: each for each in run.params}
    assert (options["name"].opts, options["name"].help) == (["--called", "-c"], "A name.")
    assert (options["count"].default, options["count"].help) == (3, "How many.")
    assert options["loud"].opts == ["--shout"]  # a group derived from another may redefine it


def test_a_wrong_value_is_told_as_of_any_option(run):
    with pytest.raises(Exception, match="valid integer") as error:
        run("p", "--count", "many")
    assert error.value.param.opts == ["--count"]


def test_the_function_keeps_its_name_and_documentation():
    made = grouped(command)
    assert (made.__name__, made.__doc__) == ("command", "Does it.")
