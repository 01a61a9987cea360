"""Errors and warnings as the command line says them: on stderr, with options in the place of Python's arguments."""

from __future__ import annotations

import dataclasses
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..config import TinyBertConfig
from ..errors import TinyBertError, printable

PROGRAM = "tinybert"
"""What each message on stderr begins with."""
OPTIONS = {
    "allow_extra_fields": "--allow-extra-fields",
    "class_weights": "--class-weights",
    "delimiter": "--delimiter",
    "dev": "--dev",
    "encoding": "--encoding",
    "force": "--force",
    "id": "--id",
    "format": "--from",
    "kind": "--task",
    "label": "--label",
    "link": "--link",
    "labels": "--labels",
    "model": "--model",
    "learning_rate": "--learning-rate",
    "multi_label_separator": "--multi-label",
    "on_error": "--on-error",
    "pair": "--pair",
    "pooling": "--pooling",
    "port": "--port",
    "prefix": "--prefix",
    "problem": "--problem",
    "prompt": "--prompt",
    "prompt_name": "--prompt-name",
    "regression": "--regression",
    "repo_link": "--repo-link",
    "skip_unlabelled": "--skip-unlabelled",
    "strict": "--skip-misplaced",
    "task": "--task",
    "text": "--text",
    "uid": "--uid",
    "vocabulary": "--vocabulary",
    **{field.name: f"--config {field.name}" for field in dataclasses.fields(TinyBertConfig)},
}
"""The option of each argument that an error may speak of; arguments that are not here have none."""
FLAGS = ("allow_extra_fields", "force", "regression", "skip_unlabelled", "strict")
"""Those of them whose options take no value."""


def rendered(error: TinyBertError) -> str:
    """An error's message, with the option that remedies it."""
    option = OPTIONS.get(error.argument or "")
    if option is None:
        return error.message
    if isinstance(error.example, bool):
        return error.with_hint(option) if error.argument in FLAGS else error.message
    separator = "=" if " " in option else " "
    return error.with_hint(f"{option}{separator}{'...' if error.example is None else error.example}")


def complain(message: str) -> None:
    """Prints a message on stderr."""
    with suppress(OSError):  # nobody reads it
        print(f"{PROGRAM}: {printable(message)}", file=sys.stderr, flush=True)


@contextmanager
def warnings_as_messages() -> Iterator[None]:
    """Prints what the package warns of as messages, each time it does."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        complain(str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield
