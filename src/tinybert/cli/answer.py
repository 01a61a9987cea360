"""`tinybert answer`: find answers to questions in their contexts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..errors import InputError
from ..task import QUESTION_ANSWERING
from . import options
from .option_values import column
from .options import OnError

if TYPE_CHECKING:
    from .input_rows import Row


class From(str, Enum):
    """Input format of the questions."""

    SQUAD = "squad"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"


class To(str, Enum):
    """Output format of the answers."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"


@dataclass(frozen=True)
class QuestionInput:
    """Options for reading an input of questions."""

    from_: Annotated[
        Optional[From],  # noqa: UP045
        typer.Option("--from", help="Format of the input. [default: by the file name; for stdin, jsonl]"),
    ] = None
    question_column: Annotated[str, typer.Option("--question-column", help="Column of the question.")] = "question"
    context_column: Annotated[str, typer.Option("--context-column", help="Column of the context.")] = "context"
    allow_extra_fields: options.ExtraFields = False
    header: options.Header = None
    delimiter: options.Delimiter = None
    encoding: options.Encoding = None

    def kind(self, path: str) -> str:
        """Return the format of an input, given its path."""
        endings = {"json": "squad", "csv": "csv", "tsv": "tsv"}
        return self.from_.value if self.from_ else endings.get(path.rpartition(".")[2].lower(), "jsonl")

    def rows(self, file: Any, kind: Any, whole: bool) -> Iterator[Row]:
        """Yield the questions of an input, each with its context."""
        from ..data.columns import Request
        from ..data.squad import questions_or_errors
        from ..data.table_rows import Form
        from ..data.text_lines import decoded
        from .input_rows import Row, read_rows

        if kind == "squad":
            for number, example in enumerate(questions_or_errors(decoded(file, self.encoding)), 1):
                if isinstance(example, InputError):
                    yield Row(number, error=example, unit="question")
                    continue
                record = {"id": example.id, "question": example.question, "context": example.context}
                item = (example.question, example.context)
                yield Row(number, item, id=example.id, unit="question", record=record if whole else None)
            return
        request = Request(column(self.question_column), column(self.context_column))
        form = Form(self.header, self.delimiter, self.allow_extra_fields)
        yield from read_rows(file, kind, request, form, pairs=True, encoding=self.encoding, whole=whole)


def answer(
    model: options.Model,
    input_: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="SQuAD's .json, or .csv, .tsv or .jsonl with a question and its context in each row; - is stdin, of "
            "JSON lines. [default: -]",
            show_default=False,
        ),
    ] = "-",
    question: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="One question, instead of an input."),
    ] = None,
    context: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The text that the one question is about."),
    ] = None,
    output: options.Output = "-",
    to: Annotated[
        Optional[To],  # noqa: UP045
        typer.Option(
            help="The best answer by id, as SQuAD's scorers take it (json); or jsonl, csv, tsv. [default: by the file "
            "name; on stdout as the input]",
            show_default=False,
        ),
    ] = None,
    top_k: Annotated[int, typer.Option(min=1, help="Number of answers to each question, best first.")] = 1,
    no_answer_threshold: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="Give no answer where that exceeds the best answer by this much, in logits; usually 0."),
    ] = None,
    id_: options.Id = None,
    align_to_words: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option(
            "--align-to-words/--no-align-to-words",
            help="Extend answers to whole words. [default: where words are separated by blanks]",
            show_default=False,
        ),
    ] = None,
    *,
    reading: QuestionInput,
    computing: options.ComputeOptions,
    on_error: options.OnErrorOption = OnError.FAIL,
    loading: options.ModelOptions,
) -> None:
    """Answer questions with spans of their contexts, which may be of any length.

    CSV also has all columns of the input; the other formats except JSON have the one named by --id.

    Example: tinybert answer my-model --question "Who?" --context "It was Ada."
    """
    from .beside import beside
    from .input_rows import Row, open_input
    from .output import output_format, text_output
    from .results import Results

    if (question is None) != (context is None):
        raise typer.BadParameter("give --question and --context, or neither", param_hint="--question")
    if question is not None and input_ != "-":
        raise typer.BadParameter("give --question and --context, or an input", param_hint="INPUT")
    one, kind = question is not None, reading.kind(input_)
    form = output_format(output, to and to.value, _forms("jsonl" if one else kind))
    whole = form == "csv" or id_ is not None
    if form == "json" and id_ is not None:
        raise typer.BadParameter("JSON has one answer for each id, and no columns", param_hint="--id")
    with nullcontext() if one else open_input(input_) as file:
        record = {"question": question, "context": context}
        rows = iter([Row(1, (question, context), record=record)]) if one else reading.rows(file, kind, whole)
        from ..tasks import QuestionAnswerer

        answerer = QuestionAnswerer(loading.load(model, QUESTION_ANSWERING.name))
        task = partial(
            answerer,
            top_k=top_k,
            handle_impossible=no_answer_threshold is not None,
            threshold=no_answer_threshold or 0.0,
            align_to_words=align_to_words,
            max_length=computing.max_length,
            batch_size=computing.batch_size,
        )
        results = Results(task, input_, output, on_error)
        found = results.of(rows)
        if form == "json":
            lines = _predictions(found)
        elif form == "jsonl" and not whole:
            lines = _lines(found)
        else:
            names = ["answer", "score", "start", "end"] if top_k == 1 else ["answers"]
            lines = beside(found, form, names, _values, whole=whole, id_=id_)
        with text_output(output) as write:
            for line in lines:
                write(line)
    results.finish()


def _forms(kind: str) -> tuple[str, ...]:
    """Return the output formats, with the default for an input format first."""
    usual = "json" if kind == "squad" else kind
    return (usual, *(form.value for form in To if form.value != usual))


def _values(found: Any) -> list[Any]:
    if isinstance(found, list):
        return [[each.to_dict() for each in found]]
    return [found.text, found.score, found.start, found.end]


def _predictions(results: Iterator[tuple[Row, Any]]) -> Iterator[str]:
    """Yield a JSON object of the best answers by question id, or by line number for questions without an id."""
    import json

    texts = {}
    for row, found in results:
        if found is not None:
            best = found[0] if isinstance(found, list) else found
            texts[str(row.line if row.id is None else row.id)] = best.text
    yield json.dumps(texts, ensure_ascii=False) + "\n"


def _lines(results: Iterator[tuple[Row, Any]]) -> Iterator[str]:
    from .output import bad_line, json_line

    for row, found in results:
        named = {} if row.id is None else {"id": row.id}
        if found is None:
            yield bad_line(row, **named)
        elif isinstance(found, list):
            yield json_line(**named, answers=[each.to_dict() for each in found])
        else:
            yield json_line(**named, **found.to_dict())
