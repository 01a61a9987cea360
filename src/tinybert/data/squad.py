"""Reader of SQuAD JSON, versions 1.1 and 2.0, the format of CMRC 2018 and DRCD too."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from ..counting import counted
from ..errors import InputError
from ..reading import parse_json
from .bad_rows import BadRows, OnError
from .examples import AnswerSpan, QuestionExample
from .text_lines import Source, is_whole, name_of, read_text


def read_squad(path: Source, *, strict: bool | None = True, on_error: OnError = "raise") -> list[QuestionExample]:
    """Reads questions and checks that each answer is in its context where the file says.

    Args:
        path: The file, UTF-8; or an open binary file.
        strict: False leaves out the questions that have an answer at a wrong place, and warns once with their number.
            None does not look at places: to train on answers takes them, to score takes their texts alone.
        on_error: `raise` an error at a malformed question, or `skip` malformed ones; a warning counts them.

    Returns:
        The questions in the order of the file. A question without the key `answers`, as in a test set, has no answers.
        One with an empty list is impossible unless `is_impossible` says otherwise.

    Raises:
        InputError: An answer is not at its `answer_start` (the message shows what is there, and where the answer is),
            an impossible question has an answer, an id occurs twice, or a key is missing or malformed (names file and
            question); or the file is not JSON in this format or has no questions.

    Warns:
        UserWarning: Questions were skipped; gives their number and the first of them.

    Examples:
        A path, or an open file:

        >>> import io, json
        >>> qas = [{"id": "1", "question": "Where?", "answers": [{"text": "Here", "answer_start": 0}]}]
        >>> content = {"data": [{"paragraphs": [{"context": "Here it is.", "qas": qas}]}]}
        >>> read_squad(io.BytesIO(json.dumps(content).encode()))[0].answers
        (AnswerSpan(text='Here', start=0),)
    """
    name, bad = name_of(path), BadRows(path, on_error)
    questions = []
    for entry in questions_or_errors(path):
        if isinstance(entry, InputError):
            bad.add(entry.prefixed(f"{name}, "))
        else:
            questions.append(entry)
    bad.report(any_good=bool(questions))
    looked_at = questions if strict is not None else ()
    problems = {question.id: problem for question in looked_at if (problem := answer_problem(question))}
    if not problems:
        return questions
    identifier, problem = next(iter(problems.items()))
    if strict:
        raise InputError(
            f"{name}, question {identifier!r:.60}: {problem} Questions like that: {len(problems)}; they can be left "
            "out.",
            argument="strict",
            example=False,
        )
    of = f"of {counted(len(questions), 'question')}"
    left_out = f"{name}: {counted(len(problems), f'{of} is', f'{of} are')} left out"
    warnings.warn(f"{left_out}; the first is {identifier!r:.60}: {problem}", stacklevel=2)
    return [question for question in questions if question.id not in problems]


def questions_or_errors(path: Source) -> list[QuestionExample | InputError]:
    """Reads questions; a malformed one, or an article or paragraph that is, has its place among the others.

    Args:
        path: The file, as for `read_squad`.

    Returns:
        The questions; in the place of a malformed one an InputError that says which it is and what is wrong, to follow
        the file's name.

    Raises:
        InputError: The file is not JSON, is not of this form, or has no questions.
    """
    name = name_of(path)
    content = parse_json(read_text(path), source=name, lone_surrogates=True)
    try:
        articles = [*_items(content, "data", "the file")]
    except InputError as error:
        raise error.prefixed(f"{name}, ") from None
    entries: list[QuestionExample | InputError] = []
    seen: set[str] = set()
    for entry in _questions(articles, name):
        if isinstance(entry, QuestionExample) and entry.id in seen:
            entries.append(_twice(entry.id))
            continue
        entries.append(entry)
        if isinstance(entry, QuestionExample):
            seen.add(entry.id)
    if not entries:
        raise InputError(f"{name}, there are no questions.")
    return entries


def _questions(articles: list[tuple[str, Any]], name: str) -> Iterator[QuestionExample | InputError]:
    # Places such as data[3].paragraphs[0] say where a question without an id is.
    for place, article in articles:
        try:
            paragraphs = [*_items(article, "paragraphs", place)]
        except InputError as error:
            yield error
            continue
        for inner, paragraph in paragraphs:
            yield from _questions_about(paragraph, inner, name)


def _questions_about(paragraph: Any, place: str, name: str) -> Iterator[QuestionExample | InputError]:
    try:
        context = _string(paragraph, "context", place)
        questions = [*_items(paragraph, "qas", place)]
    except InputError as error:
        yield error
        return
    for inner, question in questions:
        try:
            found = _question(question, context, inner, name)
        except InputError as error:
            yield error
            continue
        yield found


def _question(question: Any, context: str, place: str, name: str) -> QuestionExample:
    identifier = _string(question, "id", place)
    named = f"question {identifier!r:.60}"
    # Version 2 without the flag: an empty list means that there is no answer.
    impossible = question.get("is_impossible", question.get("answers") == [])
    if not isinstance(impossible, bool):
        raise InputError(f"{named}: is_impossible is {impossible!r:.60}; it must be true or false.")
    answers = []
    for inner, answer in _items(question, "answers", named) if question.get("answers") is not None else ():
        start = answer.get("answer_start") if isinstance(answer, dict) else None
        if not isinstance(start, int) or isinstance(start, bool):
            raise InputError(f"{inner}: answer_start is {start!r:.60}; it must be an integer.")
        answers.append(AnswerSpan(_string(answer, "text", inner), start))
    asked = _string(question, "question", named)
    return QuestionExample(identifier, asked, context, tuple(answers), impossible, f"{name}, {named}")


def _items(value: Any, key: str, place: str) -> Iterator[tuple[str, Any]]:
    items = value.get(key) if isinstance(value, dict) else None
    if not isinstance(items, list):
        raise InputError(f"{place}: no list {key!r}; {_found(value)}. SQuAD has data, paragraphs, qas, answers.")
    prefix = "" if place == "the file" else f"{place}{', ' if place.startswith('question') else '.'}"
    return ((f"{prefix}{key}[{index}]", item) for index, item in enumerate(items))


def _string(value: Any, key: str, place: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    if isinstance(found, str):
        if not is_whole(found):
            raise InputError(f"{place}: {key!r} holds half of a surrogate pair, not a character.")
        return found
    problem = f"{key!r} is {found!r:.60}, not a string" if found is not None else f"no {key!r}; {_found(value)}"
    raise InputError(f"{place}: {problem}.")


def _found(value: Any) -> str:
    if isinstance(value, dict):
        return "there are " + (", ".join(map(repr, list(value)[:20])) or "no keys")
    return f"there is {value!r:.60}"


def check_ids(questions: list[QuestionExample]) -> None:
    """Raise InputError unless there are questions and their ids are distinct."""
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise _twice(question.id)
        seen.add(question.id)
    if not questions:
        raise InputError("there are no questions.")


def _twice(identifier: str) -> InputError:
    return InputError(f"question {identifier!r:.60} occurs twice; predictions could not be told apart.")


def answer_problem(question: QuestionExample) -> str:
    """Return what is wrong with a question's answers; empty if nothing is."""
    if question.is_impossible and question.answers:
        return "is_impossible, but it has an answer."
    for answer in question.answers:
        end = answer.start + len(answer.text)
        if not answer.text.strip():
            return "an answer is empty. A question without one has is_impossible."
        if answer.start < 0 or question.context[answer.start : end] != answer.text:
            there = question.context[answer.start : end][:60] if answer.start >= 0 else ""
            start = max(0, answer.start)
            before = question.context.rfind(answer.text, 0, start + len(answer.text))
            places = [place for place in (before, question.context.find(answer.text, start)) if place >= 0]
            nearest = min(places, key=lambda place: abs(place - answer.start), default=None)
            known = "it is nowhere in the context" if nearest is None else f"it is at {nearest}"
            says = f"the answer {answer.text[:60]!r:.60} is not at character {answer.start}, where there is"
            return f"{says} {repr(there)[:60] if there else 'nothing'}; {known}."
    return ""
