"""The complete command line: its commands, and how errors are reported to the user."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from ..errors import TinyBertError
from ..signals import interrupted_when_told_to_end
from ..task import (
    ENCODER,
    MASKED_LANGUAGE_MODELING,
    QUESTION_ANSWERING,
    SEQUENCE_CLASSIFICATION,
    TOKEN_CLASSIFICATION,
)
from .answer import answer
from .augment import augment
from .classify import classify
from .convert import convert
from .distill import app as distill
from .embed import embed
from .evaluate import evaluate
from .fill import fill
from .finetune import finetune
from .grouping import grouped
from .hub import app as hub
from .options import EXIT_CODES
from .rerank import rerank
from .search import search
from .stderr import complain, rendered, warnings_as_messages
from .streams import flush_stderr, flush_stdout, open_closed_streams
from .tag import tag

COMMANDS: dict[str, Callable[..., None]] = {
    ENCODER.name: embed,
    SEQUENCE_CLASSIFICATION.name: classify,
    TOKEN_CLASSIFICATION.name: tag,
    QUESTION_ANSWERING.name: answer,
    MASKED_LANGUAGE_MODELING.name: fill,
}
"""The command that runs models of each kind of task."""

app = typer.Typer(
    help="TinyBERT on MindSpore: verified weights, text in, answers out.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # markup would swallow [default: ...], and is slower
    context_settings={"help_option_names": ["-h", "--help"]},
)
_OTHERS: list[Callable[..., None]] = [search, rerank, finetune, evaluate, convert, augment]
for command in [*COMMANDS.values(), *_OTHERS]:
    app.command(epilog=EXIT_CODES)(grouped(command))
app.add_typer(distill, name="distill")
app.add_typer(hub, name="hub")


def _print_version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Print the version and exit.", callback=_print_version, is_eager=True
    ),
) -> None:
    del version


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 an error (explained on stderr), 2 wrong usage, 130 interrupted."""
    open_closed_streams()
    try:
        with interrupted_when_told_to_end(), warnings_as_messages():
            try:
                app()
            finally:
                flush_stdout()
    except (TinyBertError, OSError) as error:  # OSError: for example a full disk or a read-only folder
        complain(rendered(error) if isinstance(error, TinyBertError) else _of_the_system(error))
        sys.exit(1)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(130)
    finally:
        flush_stderr()


def _of_the_system(error: OSError) -> str:
    """Return the system's message with its file; for stdout the system gives no name."""
    return f"{error.filename or 'stdout or another output'}: {error.strerror or error}"
