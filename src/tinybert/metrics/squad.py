"""Exact match and F1 for questions that all have an answer: SQuAD v1.1, CMRC 2018."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from ..counting import counted
from ..errors import InputError
from .answer_rules import RULES, AnswerRules

Language = Literal["en", "zh"]
References = Mapping[str, Sequence[str]]
"""The correct answers of each question, by question id."""


def squad_scores(
    references: References, predictions: Mapping[str, str], *, language: Language = "en"
) -> dict[str, float]:
    """Compute exact match and F1 for questions that all have an answer.

    Args:
        references: One or more correct answers of each question, by question id. The best match counts.
        predictions: The predicted answer by question id, "" for none. Other ids are ignored.
        language: "en" compares like SQuAD v1.1: words, without case, punctuation and articles. "zh" compares like CMRC
            2018: characters, with F1 over the longest common run.

    Returns:
        `exact_match` and `f1`, 0 to 100, means over all questions; `total`, the number of questions. Equal to the
        results of the official scripts, except that these accept a missing prediction and score it 0.

    Raises:
        InputError: There are no questions, or a question has no correct answer or no prediction; the message names it.

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
    """Validate the arguments of an answer metric.

    Args:
        references: The correct answers by question id.
        predictions: The predicted answer by question id.
        language: "en" or "zh".

    Returns:
        The comparison rules of the language.

    Raises:
        InputError: The language is unknown, there are no questions, a prediction is missing, or an answer is not a
            string.
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
