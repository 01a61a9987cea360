"""`tinybert answer`: answers out of contexts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from ..task import QUESTION_ANSWERING
from . import options
from .options import OnError

if TYPE_CHECKING:
    from .input_rows import Row


class From(str, Enum):
    """Format of the questions."""

    SQUAD = "squad"
    JSONL = "jsonl"


class To(str, Enum):
    """Format of the answers."""

    JSON = "json"
    JSONL = "jsonl"


def answer(
    model: options.Model,
    input_: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="SQuAD's .json, or .jsonl of objects with question and context; - is stdin, of JSON lines. "
            "[default: -]",
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
            help="The best answer by id, as SQuAD's scorers take it (json); or jsonl. [default: by its ending; "
            "on stdout as the input]",
            show_default=False,
        ),
    ] = None,
    top_k: Annotated[int, typer.Option(min=1, help="Answers to each question, the best first.")] = 1,
    no_answer_threshold: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="Lets 'no answer' win where it exceeds the best answer by this, in logits; 0 is usual."),
    ] = None,
    from_: Annotated[
        Optional[From],  # noqa: UP045
        typer.Option("--from", help="Format of the input. [default: by its ending; of stdin, jsonl]"),
    ] = None,
    align_to_words: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option(
            "--align-to-words/--no-align-to-words",
            help="Whether answers grow to whole words. [default: where the script has blanks between words]",
            show_default=False,
        ),
    ] = None,
    *,
    computing: options.ComputeOptions,
    on_error: options.OnErrorOption = OnError.FAIL,
    loading: options.ModelOptions,
) -> None:
    """Answers questions with stretches of their contexts, which may be of any length.

    Example: tinybert answer my-model --question "Who?" --context "It was Ada."
    """
    from .input_rows import Row, open_input
    from .output import output_format, text_output
    from .results import Results

    if (question is None) != (context is None):
        raise typer.BadParameter("give --question and --context, or neither", param_hint="--question")
    if question is not None and input_ != "-":
        raise typer.BadParameter("give --question and --context, or an input", param_hint="INPUT")
    kind = from_.value if from_ else "squad" if input_.endswith(".json") else "jsonl"
    known = ("json", "jsonl") if kind == "squad" and question is None else ("jsonl", "json")
    form = output_format(output, to and to.value, known)
    one = question is not None
    with nullcontext() if one else open_input(input_) as file:
        rows = iter([Row(1, (question, context))]) if one else _rows(file, kind)
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
        with text_output(output) as write:
            for line in (_predictions if form == "json" else _lines)(results.of(rows)):
                write(line)
    results.finish()


def _rows(file: Any, kind: Any) -> Iterator[Row]:
    from ..data import read_squad
    from ..data.columns import Request
    from .input_rows import Row, read_rows

    if kind == "jsonl":
        yield from read_rows(file, kind, Request("question", "context"), pairs=True)
        return
    for number, example in enumerate(read_squad(file, strict=None), 1):
        yield Row(number, (example.question, example.context), id=example.id, unit="question")


def _predictions(results: Iterator[tuple[Row, Any]]) -> Iterator[str]:
    """The text of the best answer to each question by its id; by its line where it has none."""
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
