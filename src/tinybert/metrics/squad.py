"""Exact match and F1 of answers where every question has one: SQuAD v1.1, CMRC 2018."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from ..counting import counted
from ..errors import InputError
from .answer_rules import RULES, AnswerRules

Language = Literal["en", "zh"]
References = Mapping[str, Sequence[str]]
"""The right answers of each question, by the question's id."""


def squad_scores(
    references: References, predictions: Mapping[str, str], *, language: Language = "en"
) -> dict[str, float]:
    """What is reported of answers to questions that all have one.

    Args:
        references: The right answers of each question, one or more, by the question's id. The best match counts.
        predictions: The answer to each question, "" where there is none. Further ids are left aside.
        language: "en" compares as SQuAD v1.1 does: words, without case, punctuation and articles. "zh" compares as
            CMRC 2018 does: characters, F1 over the longest run in common.

    Returns:
        `exact_match` and `f1`, 0 to 100, means over all questions; `total`, their number. Equal to the official
        scripts', which also let a missing prediction pass, and give it 0.

    Raises:
        InputError: There are no questions, or one has no right answer or no prediction; the message names it.

    Examples:
        >>> squad_scores({"q1": ["the Danube"], "q2": ["Ulm", "in Ulm"]}, {"q1": "Danube", "q2": "Ulm or Bonn"})
        {'exact_match': 50.0, 'f1': 75.0, 'total': 2.0}
        >>> squad_scores({"q1": ["多瑙河"]}, {"q1": "多瑙河。"}, language="zh")
        {'exact_match': 100.0, 'f1': 100.0, 'total': 1.0}
    """
    rules = check_answers(references, predictions, language)
    unanswerable = [name for name, answers in references.items() if not len(answers)]
    if unanswerable:
        raise InputError(
            f"{_some(unanswerable)} no right answer. Where questions may have none, squad_v2_scores is the measure."
        )
    exact, f1 = 0.0, 0.0
    for name, answers in references.items():
        predicted = rules.normalize(predictions[name])
        exact += any(rules.normalize(answer) == predicted for answer in answers)
        tokens = rules.tokens(predictions[name])
        f1 += max(rules.f1(rules.tokens(answer), tokens) for answer in answers)
    total = len(references)
    return {"exact_match": 100 * exact / total, "f1": 100 * f1 / total, "total": float(total)}


def check_answers(references: References, predictions: Mapping[str, str], language: str) -> AnswerRules:
    """Checks what a measure of answers is called with.

    Args:
        references: The right answers of each question.
        predictions: The answer to each question.
        language: "en" or "zh".

    Returns:
        How answers in the language are compared.

    Raises:
        InputError: Something is missing or is no string.
    """
    if language not in RULES:
        raise InputError(f"language is {language!r}; it must be one of {', '.join(map(repr, RULES))}.")
    if not references:
        raise InputError("There are no questions: there is nothing to score.")
    missing = [name for name in references if name not in predictions]
    if missing:
        raise InputError(f'{_some(missing)} no prediction. Where there is no answer, give "".')
    for name, answers in references.items():
        if isinstance(answers, str) or not all(isinstance(answer, str) for answer in answers):
            raise InputError(f"The right answers of question {name!r} must be a list of strings, not {answers!r}.")
        if not isinstance(predictions[name], str):
            raise InputError(f"The prediction for question {name!r} is {predictions[name]!r}, not a string.")
    return RULES[language]


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:3])) + (", ..." if len(names) > 3 else "")
    return f"Question {shown} has" if len(names) == 1 else f"{counted(len(names), 'question')} ({shown}) have"
