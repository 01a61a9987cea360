"""Writers of SQuAD JSON: questions, and predicted answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from ..errors import InputError
from ..writing import replacing
from .examples import QuestionExample
from .squad import answer_problem, check_ids


def write_squad(path: str | os.PathLike[str], examples: Iterable[QuestionExample]) -> int:
    """Write questions as SQuAD 2.0 JSON; `read_squad` reads them back unchanged.

    Args:
        path: The file, written atomically.
        examples: The questions. Consecutive questions with the same context share a paragraph.

    Returns:
        Number of questions written.

    Raises:
        InputError: There are no questions, an id occurs twice, an answer is not in its context, or a text cannot be
            encoded as UTF-8.
    """
    questions = list(examples)
    if not questions:
        raise InputError(f"There are no examples to write to {os.fspath(path)}.")
    check_ids(questions)
    for question in questions:
        problem = answer_problem(question)
        if problem:
            raise InputError(f"question {question.id!r}: {problem}")
    paragraphs = [
        {"context": context, "qas": [_as_json(question) for question in group]}
        for context, group in groupby(questions, key=lambda question: question.context)
    ]
    _write_json(path, {"version": "v2.0", "data": [{"title": "", "paragraphs": paragraphs}]})
    return len(questions)


def write_predictions(path: str | os.PathLike[str], predictions: Mapping[str, str]) -> int:
    """Write predicted answers as JSON for the official evaluation scripts of SQuAD and CMRC.

    Args:
        path: The file, written atomically.
        predictions: Answer text by question id; empty if the context has no answer.

    Returns:
        Number of answers written.

    Raises:
        InputError: An id or an answer is not a string, or cannot be encoded as UTF-8.
    """
    for identifier, answer in predictions.items():
        if not isinstance(identifier, str) or not isinstance(answer, str):
            raise InputError(f"predictions[{identifier!r}] is {answer!r:.60}; ids and answers are strings.")
    _write_json(path, dict(predictions))
    return len(predictions)


def _as_json(question: QuestionExample) -> dict[str, Any]:
    answers = [{"text": answer.text, "answer_start": answer.start} for answer in question.answers]
    return {
        "id": question.id,
        "question": question.question,
        "answers": answers,
        "is_impossible": question.is_impossible,
    }


def _write_json(path: str | os.PathLike[str], content: Any) -> None:
    with replacing(path, through_link=True) as temporary:
        try:
            encoded = json.dumps(content, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            half = error.object[error.start]
            raise InputError(f"A text holds {half!r}, half of a surrogate pair, not a character.") from None
        temporary.write_bytes(encoded + b"\n")
