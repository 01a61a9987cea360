"""Arguments and options shared by several commands, so that names and help texts are the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Optional

import typer

from . import completion
from .option_values import column, config_fields

if TYPE_CHECKING:
    from ..data.labelled import Table
    from ..tasks import TaskModel
    from .input_rows import Row

EXIT_CODES = "Exit codes: 0 done; 1 an error that is explained on stderr; 2 wrong usage; 130 interrupted."


class From(str, Enum):
    """Format of an input: one text per line, or a table."""

    TEXT = "text"
    TSV = "tsv"
    CSV = "csv"
    JSONL = "jsonl"


class OnError(str, Enum):
    """What to do with a bad line."""

    FAIL = "fail"
    SKIP = "skip"


# Optional instead of `| None`, since typer reads the annotations.
Model = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A Hugging Face model (hf:OWNER/NAME, or its folder), a folder that finetune wrote, a hub uid, or a "
        "checkpoint file.",
        autocompletion=completion.uids,
    ),
]
DefaultModel = Annotated[
    str,
    typer.Argument(
        metavar="[MODEL]",
        help="A Hugging Face model (hf:OWNER/NAME, or its folder), a folder that finetune wrote, a hub uid, or a "
        "checkpoint file. "
        "[default: the package's own]",
        autocompletion=completion.uids,
        show_default=False,
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
InputAfterModel = Annotated[
    Optional[str],  # noqa: UP045
    typer.Argument(
        metavar="[INPUT]",
        help="Text file with one text a line, or .tsv, .csv, .jsonl; - is stdin. [default: -]",
        show_default=False,
    ),
]
Output = Annotated[
    str, typer.Option("--output", "-o", help="Output file; - is stdout. A file is written completely or not at all.")
]

Text = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--text", help="Column of the text: a name, or an index from 0. [default: a known name]"),
]
Pair = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--pair", help="Column of the second text, where texts come in pairs."),
]
ExtraFields = Annotated[bool, typer.Option("--allow-extra-fields", help="Rows may have more fields than the first.")]
Header = Annotated[
    Optional[bool],  # noqa: UP045
    typer.Option("--header/--no-header", help="Whether the first line of a table holds names. [default: detected]"),
]
Delimiter = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--delimiter", help="Character between the fields of a CSV. [default: detected]"),
]
Encoding = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--encoding", help="The file's encoding, such as gb18030. [default: utf-8]"),
]
Config = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--config", metavar="NAME=VALUE", help="A setting that the file lacks, such as hidden_act=gelu_erf."),
]
Prefix = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="Prefix of the network's parameter names, where a file holds several networks."),
]
Id = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--id",
        metavar="COLUMN",
        help="Write this column of the input beside each result. [default: all columns where the output is CSV]",
    ),
]
TruncateDim = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(min=1, help="Number of leading numbers of each vector to keep. [default: as the model says]"),
]
PromptName = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="Name of the model's prompt to put before each text. [default: as the model says]"),
]
Prompt = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help='A text of your own before each text instead; "" for none.'),
]
RankLabel = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--label", help="For a reranker with several labels, the one whose probability is the score."),
]
OnErrorOption = Annotated[
    OnError,
    typer.Option("--on-error", help="At a bad line, fail; or skip it: report it, go on, and exit with 1 at the end."),
]

Devices = Annotated[
    int,
    typer.Option(
        "--devices", min=1, help="Devices to train on, data parallel, with one process each; on CPU, processes."
    ),
]
Port = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--port",
        min=1024,
        max=65535,
        help="Port at which several processes find each other. [default: a free one]",
    ),
]


@dataclass(frozen=True)
class InputOptions:
    """Options for reading an input of texts."""

    text: Text = None
    allow_extra_fields: ExtraFields = False
    header: Header = None
    delimiter: Delimiter = None
    encoding: Encoding = None
    from_: Annotated[
        Optional[From],  # noqa: UP045
        typer.Option(
            "--from", help="Format of the input. [default: by the file name; for stdin, text]", show_default=False
        ),
    ] = None

    def rows(
        self, file: BinaryIO, path: str, *, pair: str | None = None, pairs: bool = False, whole: bool = False
    ) -> Iterator[Row]:
        """Read the rows of an input.

        Args:
            file: The open input.
            path: Its path; the extension determines the format unless `--from` is given.
            pair: The column of the second text, as given by the user.
            pairs: Whether the task takes pairs.
            whole: Whether to set `record` of each row.
        """
        from ..data.columns import Request
        from ..data.table_rows import Form
        from .input_rows import input_format, read_rows

        request = Request(column(self.text), column(pair))
        kind: Any = input_format(path, self.from_ and self.from_.value)
        form = Form(self.header, self.delimiter, self.allow_extra_fields)
        return read_rows(file, kind, request, form, pairs=pairs, encoding=self.encoding, whole=whole)


@dataclass(frozen=True)
class TableOptions:
    """Options for reading a file of labelled examples."""

    text: Text = None
    pair: Pair = None
    label: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--label", help="Column of the label; for CoNLL files, its index. [default: a known name; the last]"
        ),
    ] = None
    negative: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--negative",
            metavar="COLUMN",
            help="To embed: column of a text that does not match the first; may be repeated. [default: a known name]",
        ),
    ] = None
    from_: Annotated[
        Optional[From],  # noqa: UP045
        typer.Option(
            "--from", help="Format of a table: tsv, csv or jsonl. [default: by the file name]", show_default=False
        ),
    ] = None
    multi_label: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--multi-label", metavar="SEP", help="Texts may have several labels, separated by this."),
    ] = None
    allow_extra_fields: ExtraFields = False
    header: Header = None
    delimiter: Delimiter = None
    encoding: Encoding = None
    skip_unlabelled: Annotated[
        bool,
        typer.Option("--skip-unlabelled", help="Leave out rows without a label, such as - or n/a, and say how many."),
    ] = False
    on_error: Annotated[
        OnError, typer.Option("--on-error", help="At a bad row, fail; or skip such rows and say how many there were.")
    ] = OnError.FAIL

    def table(self, *, regression: bool) -> Table:
        """Return the options in the form that the data readers take."""
        from ..data.labelled import Table

        return Table(
            column(self.text),
            column(self.pair),
            column(self.label),
            self.from_ and self.from_.value,
            regression,
            self.multi_label,
            self.allow_extra_fields,
            self.header,
            self.delimiter,
            self.encoding,
            self.skip_unlabelled,
            "skip" if self.on_error is OnError.SKIP else "raise",
            tuple(map(column, self.negative)) if self.negative else None,
        )


@dataclass(frozen=True)
class ModelOptions:
    """Settings that a model does not contain itself."""

    vocabulary: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--vocabulary", help="A vocab.txt, a folder with one, or hf:OWNER/NAME. [default: the model's own]"
        ),
    ] = None
    cased: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--cased/--uncased", help="Whether to keep upper case. [default: as the model says]"),
    ] = None
    config: Config = None

    @property
    def do_lower_case(self) -> bool | None:
        """Whether text is lower-cased; None for the model's setting."""
        return None if self.cased is None else not self.cased

    def load(self, model: str, kind: str | None) -> TaskModel:
        """Load a model for a kind of task; None takes the model's own kind."""
        from ..tasks import load_model

        return load_model(model, kind=kind, **self.given())

    def given(self) -> dict[str, Any]:
        """What the user gave, as arguments of `load_model`."""
        said = {"vocabulary": self.vocabulary, "do_lower_case": self.do_lower_case, **config_fields(self.config)}
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True)
class ComputeOptions:
    """Options for running texts through the network."""

    max_length: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--max-length", help="Length in tokens to which texts are cut, or of a window. [default: the model's]"
        ),
    ] = None
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="Largest number of rows in a batch.")] = 64
