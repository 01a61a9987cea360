"""Exact match and F1 for questions that may have no answer: SQuAD v2.0."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ..errors import InputError
from .answer_rules import AnswerRules
from .squad import Language, References, check_answers

Scores = Mapping[str, float]
"""The score of each question, 0 to 1, by question id."""


def squad_v2_scores(
    references: References,
    predictions: Mapping[str, str],
    *,
    na_probs: Mapping[str, float] | None = None,
    na_threshold: float = 1.0,
    language: Language = "en",
) -> dict[str, float]:
    """Compute exact match and F1 for questions of which some have no answer.

    Args:
        references: The correct answers of each question, by question id; empty if it has none.
        predictions: The predicted answer by question id, "" for none. Other ids are ignored.
        na_probs: The predicted probability that a question has no answer, 0 to 1, by question id.
        na_threshold: A prediction counts as "" if its `na_probs` is above this.
        language: As in `squad_scores`.

    Returns:
        `exact_match` and `f1`, 0 to 100, means over all questions; `total`, the number of questions; the same for the
        questions with an answer (`HasAns_exact`, `HasAns_f1`, `HasAns_total`) and without (`NoAns_...`), if there are
        any. With `na_probs`, also `best_exact` and `best_f1` at the best threshold, and these thresholds
        (`best_exact_thresh`, `best_f1_thresh`). Equal to the results of the official script, which calls `exact_match`
        `exact`.

    Raises:
        InputError: There are no questions, or a question has no prediction or no number in `na_probs`; the message
            names it.

    Examples:
        >>> references = {"q1": ["Ulm"], "q2": []}
        >>> scores = squad_v2_scores(references, {"q1": "Ulm", "q2": "Bonn"}, na_probs={"q1": 0.1, "q2": 0.9})
        >>> scores["f1"], scores["best_f1"], scores["best_f1_thresh"]
        (50.0, 100.0, 0.1)
    """
    rules = check_answers(references, predictions, language)
    if na_probs is None and na_threshold != 1.0:
        raise InputError("na_threshold is compared with na_probs; give them too.")
    answerable = {name: len(answers) > 0 for name, answers in references.items()}
    raw = [
        {name: score(rules, answers, predictions[name]) for name, answers in references.items()}
        for score in (_exact, _f1)
    ]
    exact, f1 = raw
    if na_probs is not None:
        _check_probabilities(references, na_probs)
        exact, f1 = (_at_threshold(scores, na_probs, na_threshold, answerable) for scores in raw)

    total = len(references)
    result = {"exact_match": _mean(exact, answerable), "f1": _mean(f1, answerable), "total": float(total)}
    for part, wanted in (("HasAns", True), ("NoAns", False)):
        names = [name for name in answerable if answerable[name] is wanted]
        if names:
            result[f"{part}_exact"], result[f"{part}_f1"] = _mean(exact, names), _mean(f1, names)
            result[f"{part}_total"] = float(len(names))
    if na_probs is not None:
        for key, scores in zip(("exact", "f1"), raw, strict=True):
            best, result[f"best_{key}_thresh"] = _best_threshold(scores, na_probs, predictions, answerable)
            result[f"best_{key}"] = 100 * best / total
    return result


def _exact(rules: AnswerRules, answers: Iterable[str], prediction: str) -> float:
    predicted = rules.normalize(prediction)
    return float(any(rules.normalize(answer) == predicted for answer in _worth_comparing(rules, answers)))


def _f1(rules: AnswerRules, answers: Iterable[str], prediction: str) -> float:
    predicted, best = rules.tokens(prediction), 0.0
    for answer in _worth_comparing(rules, answers):
        gold = rules.tokens(answer)
        # Unlike in v1.1, an empty answer matches an empty answer.
        best = max(best, rules.f1(gold, predicted) if gold and predicted else float(gold == predicted))
    return best


def _worth_comparing(rules: AnswerRules, answers: Iterable[str]) -> list[str]:
    """Return the answers that are not empty after normalization; [""] if there are none."""
    return [answer for answer in answers if rules.normalize(answer)] or [""]


def _at_threshold(
    scores: Scores, na_probs: Mapping[str, float], threshold: float, answerable: Mapping[str, bool]
) -> dict[str, float]:
    """Return the scores when predictions above the threshold are replaced by "no answer"."""
    return {
        name: float(not answerable[name]) if na_probs[name] > threshold else score for name, score in scores.items()
    }


def _best_threshold(
    scores: Scores, na_probs: Mapping[str, float], predictions: Mapping[str, str], answerable: Mapping[str, bool]
) -> tuple[float, float]:
    """Return the best sum of scores over all thresholds, and the threshold at which it is reached.

    This reproduces the official script, including its quirks: its best may lie between questions of equal probability,
    where no threshold can separate them; and its threshold for accepting no prediction is 0.0, which accepts those with
    probability 0.
    """
    current: float = sum(not has_answer for has_answer in answerable.values())
    best, threshold = current, 0.0
    for name in sorted((name for name in na_probs if name in scores), key=lambda name: na_probs[name]):
        if answerable[name]:
            current += scores[name]
        elif predictions[name]:
            current -= 1
        if current > best:
            best, threshold = current, float(na_probs[name])
    return best, threshold


def _mean(scores: Scores, names: Iterable[str]) -> float:
    values = [scores[name] for name in names]
    return 100 * sum(values) / len(values)


def _check_probabilities(references: References, na_probs: Mapping[str, float]) -> None:
    for name in references:
        value = na_probs.get(name)
        if value is None or math.isnan(value):
            raise InputError(f"na_probs of question {name!r} is {value}; each question needs a number.")
