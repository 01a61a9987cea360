"""Errors and warnings on stderr, with command line options in place of Python arguments."""

from __future__ import annotations

import dataclasses
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..config import TinyBertConfig
from ..distillation.settings import Objectives
from ..errors import TinyBertError, printable

PROGRAM = "tinybert"
"""Prefix of each message on stderr."""
OPTIONS = {
    "allow_extra_fields": "--allow-extra-fields",
    "candidate_labels": "--candidate-labels",
    "class_weights": "--class-weights",
    "delimiter": "--delimiter",
    **{
        field.name: f"--{field.name.replace('_', '-')}"
        for field in dataclasses.fields(Objectives)
        if field.name != "dropout"
    },
    "dev": "--dev",
    "dtype": "--dtype",
    "encoding": "--encoding",
    "force": "--force",
    "from_layers": "--from-layers",
    "held_out": "--held-out",
    "hypothesis_template": "--hypothesis-template",
    "id": "--id",
    "format": "--from",
    "kind": "--task",
    "label": "--label",
    "link": "--link",
    "labels": "--labels",
    "model": "--model",
    "learning_rate": "--learning-rate",
    "loss": "--loss",
    "matryoshka": "--matryoshka",
    "multi_label": "--multi-label",
    "multi_label_separator": "--multi-label",
    "negatives": "--negative",
    "output": "--output",
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
    "shards": "--shards",
    "skip_unlabelled": "--skip-unlabelled",
    "strict": "--skip-misplaced",
    "task": "--task",
    "text": "--text",
    "truncate_dim": "--truncate-dim",
    "uid": "--uid",
    "vocabulary": "--vocabulary",
    **{field.name: f"--config {field.name}" for field in dataclasses.fields(TinyBertConfig)},
}
"""The command line option for each argument that an error may name; other arguments have none."""
FLAGS = ("allow_extra_fields", "force", "multi_label", "regression", "skip_unlabelled", "strict")
"""Arguments whose options take no value."""


def rendered(error: TinyBertError) -> str:
    """Return an error's message with the option that would fix it."""
    option = OPTIONS.get(error.argument or "")
    if option is None:
        return error.message
    if isinstance(error.example, bool):
        return error.with_hint(option) if error.argument in FLAGS else error.message
    separator = "=" if " " in option else " "
    return error.with_hint(f"{option}{separator}{'...' if error.example is None else error.example}")


def complain(message: str) -> None:
    """Print a message to stderr."""
    with suppress(OSError):  # stderr has no reader
        print(f"{PROGRAM}: {printable(message)}", file=sys.stderr, flush=True)


@contextmanager
def warnings_as_messages() -> Iterator[None]:
    """Print the package's warnings as messages, every time they occur."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        complain(str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield
