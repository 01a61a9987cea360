"""`tinybert hub check`: report problems of cards, distinguishing the hub's own rules from ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ..counting import counted
from ..errors import CardError, InputError
from ..hub.card import check_card, read_card_text
from ..hub.card.problem import Problem

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def check(
    cards: Annotated[
        list[Path], typer.Argument(help="Card files, or folders, of which all .md files except READMEs are checked.")
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Count notes as errors, as for a card to be published.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check model cards, and print each problem with its line. Exit code 1 if there is an error.

    Errors are what the hub's own validator also refuses. Notes are what is missing, or breaks only this package's
    rules: such a card is still read.

    Example: tinybert hub check tinybert.md

    Example: tinybert hub check --strict ./assets
    """
    found = {path: _problems(path) for path in _card_files(cards)}
    refused = [path for path, problems in found.items() if strict or any(p.severity == "error" for p in problems)]
    refused = [path for path in refused if found[path]]
    if as_json:
        typer.echo(
            json.dumps([_facts(path, problems) for path, problems in found.items()], ensure_ascii=False, indent=2)
        )
    else:
        for path, problems in found.items():
            typer.echo("\n".join(_lines(path, problems)))
    if len(found) > 1:
        typer.echo(f"{counted(len(found), 'card')}: {len(found) - len(refused)} valid, {len(refused)} not", err=True)
    if refused:
        raise typer.Exit(1)


def _card_files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        below = sorted(each for each in path.rglob("*.md") if _may_be_card(each.relative_to(path)))
        if not below:
            raise InputError(f"{path} holds no card, which is a .md file with a header")
        yield from below


def _may_be_card(path: Path) -> bool:
    """Neither a README nor hidden, as are what a killed run left and what macOS writes beside each file."""
    return not path.name.lower().startswith("readme") and not any(part.startswith(".") for part in path.parts)


def _problems(path: Path) -> list[Problem]:
    try:
        return check_card(read_card_text(path))
    except CardError as error:
        return [Problem(0, str(error))]


def _lines(path: Path, problems: list[Problem]) -> Iterator[str]:
    for problem in problems:
        place = f"{path}:{problem.line}: " if problem.line else ""
        yield f"{place}{'note: ' if problem.severity == 'note' else ''}{problem.message}"
    if not any(problem.severity == "error" for problem in problems):
        noted = f", with {counted(len(problems), 'note')}" if problems else ""
        yield f"{path}: valid{noted}"


def _facts(path: Path, problems: list[Problem]) -> dict[str, object]:
    listed = [{"line": p.line or None, "severity": p.severity, "message": p.message} for p in problems]
    return {"card": str(path), "valid": all(p.severity == "note" for p in problems), "problems": listed}
