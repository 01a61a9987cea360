"""`tinybert tag`: find names and other labelled spans in texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..errors import InputError
from ..task import TOKEN_CLASSIFICATION
from . import options
from .options import OnError

if TYPE_CHECKING:
    from .input_rows import Row


class From(str, Enum):
    """Format of the input."""

    TEXT = "text"
    TSV = "tsv"
    CSV = "csv"
    JSONL = "jsonl"
    CONLL = "conll"


class To(str, Enum):
    """Output format of the spans."""

    JSONL = "jsonl"
    CONLL = "conll"
    CSV = "csv"


class Aggregation(str, Enum):
    """How a word of several pieces gets its label."""

    FIRST = "first"
    AVERAGE = "average"
    MAX = "max"


TagFrom = Annotated[
    Optional[From],  # noqa: UP045
    typer.Option("--from", help="Format of the input. [default: by the file name; for stdin, text]"),
]
"""The input formats of this command, which include CoNLL."""


@dataclass(frozen=True)
class TagInput(options.InputOptions):
    """Options for reading an input of texts or words."""

    from_: TagFrom = None  # type: ignore[assignment]


def tag(
    model: options.Model,
    input_: options.Input = "-",
    output: options.Output = "-",
    to: Annotated[
        Optional[To],  # noqa: UP045
        typer.Option(
            help="Spans (jsonl, csv), or a word and its label a line (conll). [default: by the file name; on stdout, "
            "jsonl]",
            show_default=False,
        ),
    ] = None,
    conll: Annotated[bool, typer.Option("--conll", help="The same as --to conll.")] = False,
    words: Annotated[bool, typer.Option("--words", help="Split texts into words at blanks.")] = False,
    aggregation: Annotated[Aggregation, typer.Option(help="How a word of several pieces gets its label.")] = (
        Aggregation.FIRST
    ),
    id_: options.Id = None,
    *,
    reading: TagInput,
    computing: options.ComputeOptions,
    on_error: options.OnErrorOption = OnError.FAIL,
    loading: options.ModelOptions,
) -> None:
    """Find names and other labelled spans: the spans of each text as JSON lines, or every word with its label.

    The input may also be a .conll file; its first column holds the words. CSV has all columns of the input, then
    the spans as JSON.

    Example: tinybert tag my-model news.txt -o news.jsonl
    """
    from .beside import beside
    from .input_rows import open_input
    from .output import output_format, text_output
    from .results import Results

    if conll and to not in (None, To.CONLL):
        raise typer.BadParameter("--conll and --to contradict each other", param_hint="--conll")
    form = output_format(output, "conll" if conll else to and to.value, ("jsonl", "conll", "csv"))
    whole = form == "csv" or id_ is not None
    if whole and form == "conll":
        raise typer.BadParameter("a line of CoNLL is a word, which has no other columns", param_hint="--id")
    given = reading.from_
    from_conll = given is From.CONLL if given else input_.endswith(".conll")
    if from_conll and reading.text is not None:
        raise typer.BadParameter("the words of CoNLL files are in their first column", param_hint="--text")
    if from_conll and whole:
        raise typer.BadParameter("a CoNLL file has words, and no columns to write beside results", param_hint="--to")
    with open_input(input_) as file:
        rows = _sentences(file) if from_conll else reading.rows(file, input_, whole=whole)
        if words and not from_conll:
            rows = (row if row.item is None else replace(row, item=row.item.split()) for row in rows)
        from ..tasks import Tagger

        tagger = Tagger(loading.load(model, TOKEN_CLASSIFICATION.name))
        task = partial(
            tagger.label_words if form == "conll" else tagger,
            aggregation=aggregation.value,
            is_split_into_words=words or from_conll,
            max_length=computing.max_length,
            batch_size=computing.batch_size,
        )
        results = Results(task, input_, output, on_error)
        found = results.of(rows)
        if whole:
            lines = beside(found, form, ["spans"], lambda spans: [_listed(spans)], whole=True, id_=id_)
        else:
            lines = (_words(words_) if form == "conll" else _spans(row, words_) for row, words_ in found)
        with text_output(output) as write:
            for line in lines:
                write(line)
    results.finish()


def _sentences(file: Any) -> Iterator[Row]:
    from ..data.conll import words_or_errors
    from .input_rows import Row

    for line, words in words_or_errors(file):
        yield Row(line, error=words) if isinstance(words, InputError) else Row(line, words)


def _spans(row: Row, spans: list[Any] | None) -> str:
    from .output import bad_line, json_line

    if spans is None:
        return bad_line(row)
    text = row.item if isinstance(row.item, str) else " ".join(row.item)
    return json_line(text=text, spans=_listed(spans))


def _listed(spans: list[Any]) -> list[dict[str, Any]]:
    names = ("type", "start", "end", "text", "score")
    return [{name: getattr(span, name) for name in names} for span in spans]


def _words(words: list[Any] | None) -> str:
    return "".join(f"{word.text}\t{word.label}\n" for word in words or ()) + "\n"
