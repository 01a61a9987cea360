"""The command line as a whole: its groups of commands, and how errors reach the user."""

from __future__ import annotations

import sys

import typer

from ..errors import TinyBertError
from ..signals import interrupted_when_told_to_end
from . import answer, classify, convert, embed, evaluate, finetune, hub, tag
from .messages import PROGRAM, for_the_command_line
from .options import EXIT_CODES

app = typer.Typer(
    help="TinyBERT on MindSpore: verified weights, text in, answers out.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # which takes [default: ...] for markup, and is slower
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    embed.embed,
    classify.classify,
    tag.tag,
    answer.answer,
    finetune.finetune,
    evaluate.evaluate,
    convert.convert,
):
    app.command(epilog=EXIT_CODES)(command)
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
        with interrupted_when_told_to_end():
            app()
    except (TinyBertError, OSError) as error:  # OSError: a full disk, a folder without the right to write
        print(f"{PROGRAM}: {for_the_command_line(str(error))}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"{PROGRAM}: interrupted", file=sys.stderr)
        sys.exit(130)
