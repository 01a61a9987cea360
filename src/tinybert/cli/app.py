"""The command line as a whole: its groups of commands, and how errors reach the user."""

from __future__ import annotations

import sys

import typer

from ..errors import TinyBertError
from . import hub

app = typer.Typer(
    help="TinyBERT on MindSpore: verified weights, text in, answers out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(hub.app, name="hub")


def _print_version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Prints the version and exits.", callback=_print_version, is_eager=True
    ),
) -> None:
    del version


def main() -> None:
    """Runs the command. Exit codes: 0 done, 1 an error that the message explains, 2 wrong usage, 130 interrupted."""
    try:
        app()
    except (TinyBertError, OSError) as error:  # OSError: a full disk, a folder without the right to write
        print(f"tinybert: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("tinybert: interrupted", file=sys.stderr)
        sys.exit(130)
