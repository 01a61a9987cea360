"""`tinybert tag`: names and other labelled stretches in texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from . import options
from .options import OnError

if TYPE_CHECKING:
    from .rows import Row


class From(str, Enum):
    """Format of the input."""

    TEXT = "text"
    TSV = "tsv"
    CSV = "csv"
    JSONL = "jsonl"
    CONLL = "conll"


class To(str, Enum):
    """Format of what is found."""

    JSONL = "jsonl"
    CONLL = "conll"


class Aggregation(str, Enum):
    """Which label a word of several pieces gets."""

    FIRST = "first"
    AVERAGE = "average"
    MAX = "max"


def tag(  # noqa: PLR0913, PLR0917 -- each is an option of the command
    model: options.Model,
    input_: options.Input = "-",
    output: options.Output = "-",
    to: Annotated[
        Optional[To],  # noqa: UP045
        typer.Option(
            help="Spans (jsonl), or a word and its label a line (conll). [default: by its ending; on stdout, jsonl]",
            show_default=False,
        ),
    ] = None,
    words: Annotated[bool, typer.Option("--words", help="Words are what stands between blanks.")] = False,
    aggregation: Annotated[Aggregation, typer.Option(help="Whose label a word of several pieces gets.")] = (
        Aggregation.FIRST
    ),
    text: options.Text = None,
    allow_extra_fields: options.ExtraFields = False,
    from_: Annotated[
        Optional[From],  # noqa: UP045
        typer.Option("--from", help="Format of the input. [default: by its ending; of stdin, text]"),
    ] = None,
    max_length: options.MaxLength = None,
    batch_size: options.BatchSize = 64,
    on_error: options.OnErrorOption = OnError.FAIL,
    vocabulary: options.Vocabulary = None,
    cased: options.Cased = None,
    config: options.Config = None,
) -> None:
    """Finds names and other labelled stretches: the spans of each text as JSON lines, or every word with its label.

    The input may also be a .conll file; its first column holds the words.

    Example: tinybert tag my-model news.txt -o news.jsonl
    """
    from . import output as out
    from . import rows as reading
    from .results import Results

    conll = out.format_of(output, to and to.value, ("jsonl", "conll")) == "conll"
    kind = from_.value if from_ else "conll" if input_.endswith(".conll") else reading.format_of(input_, None)
    if kind == "conll" and text is not None:
        raise typer.BadParameter("the words of CoNLL files are in their first column", param_hint="--text")
    with reading.open_input(input_) as file:
        rows = _rows(file, kind, text, words, allow_extra_fields)
        from ..tasks import Tagger

        tagger = Tagger(options.load(model, Tagger.kind, vocabulary, cased, config))
        task = partial(
            tagger.label_words if conll else tagger,
            aggregation=aggregation.value,
            is_split_into_words=words or kind == "conll",
            max_length=max_length,
            batch_size=batch_size,
        )
        results = Results(task, input_, output, on_error)
        with out.text_output(output) as write:
            for row, found in results.of(rows):
                write((_words if conll else _spans)(row, found))
    results.finish()


def _rows(file: Any, kind: str, text: str | None, words: bool, extra: bool) -> Iterator[Row]:
    from ..data import read_conll
    from ..data.columns import Request
    from .rows import Row, read_rows

    if kind == "conll":
        for number, sentence in enumerate(read_conll(file, label_column=None), 1):
            yield Row(number, list(sentence.words), unit="sentence")
        return
    for row in read_rows(file, kind, Request(options.column(text)), extra=extra):
        yield replace(row, item=row.item.split()) if words and row.item is not None else row


def _spans(row: Row, spans: list[Any] | None) -> str:
    from .output import json_line

    if spans is None:
        return json_line(error=row.error)
    names = ("type", "start", "end", "text", "score")
    text = row.item if isinstance(row.item, str) else " ".join(row.item)
    return json_line(text=text, spans=[{name: asdict(span)[name] for name in names} for span in spans])


def _words(row: Row, words: list[Any] | None) -> str:
    del row
    return "".join(f"{word.text}\t{word.label}\n" for word in words or ()) + "\n"
