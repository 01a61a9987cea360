"""Arguments and options that several commands share, so that they are called and explained the same everywhere."""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..errors import InputError
from . import completion

if TYPE_CHECKING:
    from ..data.columns import Column
    from ..tasks import TaskModel

EXIT_CODES = "Exit codes: 0 done; 1 an error that is explained on stderr; 2 wrong usage; 130 interrupted."


class From(str, Enum):
    """Format of an input: one text a line, or a table."""

    TEXT = "text"
    TSV = "tsv"
    CSV = "csv"
    JSONL = "jsonl"


class OnError(str, Enum):
    """What becomes of a bad line."""

    FAIL = "fail"
    SKIP = "skip"


# Optional and not `| None`: typer reads the annotations.
Model = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A hub uid, a folder of finetune's, a Hugging Face BERT folder, or a checkpoint file.",
        autocompletion=completion.uids,
    ),
]
Input = Annotated[
    str,
    typer.Argument(
        metavar="INPUT",
        help="Text file with one text a line, or .tsv, .csv, .jsonl; - is stdin. [default: -]",
        show_default=False,
    ),
]
Output = Annotated[str, typer.Option("--output", "-o", help="Where results go; - is stdout. It is there whole or not.")]
FromOption = Annotated[
    Optional[From],  # noqa: UP045
    typer.Option("--from", help="Format of the input. [default: by its ending; of stdin, text]", show_default=False),
]
Text = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--text", help="Column of the text: a name, or an index from 0. [default: names known from GLUE]"),
]
Pair = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--pair", help="Column of the second text, where texts come in pairs."),
]
Label = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--label", help="Column of the label; of CoNLL files its index. [default: known names; the last]"),
]
TableFrom = Annotated[
    Optional[From],  # noqa: UP045
    typer.Option("--from", help="Format of a table: tsv, csv or jsonl. [default: by its ending]", show_default=False),
]
MultiLabel = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--multi-label", metavar="SEP", help="Texts may have several labels; what stands between them."),
]
ExtraFields = Annotated[bool, typer.Option("--allow-extra-fields", help="Rows may have more fields than the first.")]
MaxLength = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--max-length", help="Tokens to which a text is cut, or of a window. [default: the model's]"),
]
BatchSize = Annotated[int, typer.Option("--batch-size", min=1, help="The most rows that are computed at once.")]
OnErrorOption = Annotated[
    OnError,
    typer.Option("--on-error", help="At a bad line, fail; or skip: report it, go on, exit with 1 at the end."),
]
Vocabulary = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--vocabulary", help="A vocab.txt, or a folder with one. [default: the model's own]"),
]
Cased = Annotated[
    Optional[bool],  # noqa: UP045
    typer.Option("--cased/--uncased", help="Whether upper case is kept. [default: what the model says]"),
]
Config = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--config", metavar="NAME=VALUE", help="What a file cannot tell, such as hidden_act=gelu_erf."),
]


def load(model: str, kind: str, vocabulary: str | None, cased: bool | None, config: list[str] | None) -> TaskModel:
    """Loads the model that a command was given."""
    from ..tasks import load_model

    case = None if cased is None else not cased
    return load_model(model, vocabulary=vocabulary, do_lower_case=case, kind=kind, **config_fields(config))


def config_fields(settings: list[str] | None) -> dict[str, Any]:
    """Fields of `TinyBertConfig` out of NAME=VALUE."""
    fields: dict[str, Any] = {}
    for setting in settings or ():
        name, equals, value = setting.partition("=")
        if not equals:
            raise InputError(f"--config {setting}: give NAME=VALUE, such as hidden_act=gelu_erf")
        try:
            fields[name] = json.loads(value)
        except ValueError:  # a string, which needs no quotes here
            fields[name] = value
    return fields


def column(given: str | None) -> Column | None:
    """A column's name, or its index where digits were given."""
    return int(given) if given is not None and given.isascii() and given.isdigit() else given
