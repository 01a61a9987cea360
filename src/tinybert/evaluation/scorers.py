"""Labelled examples of each kind of task: what is right, prepared once, and how good predictions are against it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from .. import metrics
from ..data.squad import check_ids
from ..errors import InputError
from ..metrics import are_tags
from ..task import ENCODER, KINDS, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, Task
from .labels import Examples, check_kind, label_ids, label_sets, numbers, with_unknown, word_label_ids
from .pairs import are_matches, check_pairs, scores_of
from .token_id_examples import labelled

Prediction = str | float | list[str]
"""A prediction, in the form of the example's label.

For a text, the name of its label, a list of names, or a number; for a sentence, the names of its words' labels; for a
question, the text of the answer; for a pair, the cosine of its vectors or, if no pair has a score, the rank of the
second text among all second texts.
"""


class Scorer(ABC):
    """Base class of scorers, which hold the true labels of examples and score predictions against them.

    Args:
        task: The task of the model.
        labels: Names of all labels, in the order of the model's outputs.
        examples: The labelled examples.

    Attributes:
        form: The form of the labels, a key of `Kind.key_metrics`.

    Raises:
        InputError: An example does not fit the task.

    Warns:
        UserWarning: Examples have labels that the model does not know.
    """

    form: str

    def __init__(self, task: Task, labels: Sequence[str], examples: Sequence[Any]) -> None:
        self.task, self.labels, self.examples = task, labels, examples

    @property
    def key_metric(self) -> str:
        """Name of the metric by which models are compared."""
        return KINDS[self.task.kind].key_metrics[self.form]

    @abstractmethod
    def score(self, predictions: Sequence[Any]) -> dict[str, float]:
        """Return the metrics, by name, of predictions (one for each example); see `tinybert.metrics`."""

    @property
    def has_report(self) -> bool:
        """Whether a report by class or entity type is available."""
        return False

    def check_report(self) -> None:
        """Raise InputError unless a report by class or entity type is available."""
        if not self.has_report:
            raise InputError(f"a report is of classes or entities, of which {self.task.kind} with {self.form} has none")

    def report(self, predictions: Sequence[Any]) -> str:
        """Return a table of the scores of each class and the confusions, as text; see `tinybert.metrics`.

        Raises:
            InputError: There are no classes.
        """
        self.check_report()
        return self._report(predictions)

    def _report(self, predictions: Sequence[Any]) -> str:
        raise NotImplementedError


class PairScorer(Scorer):
    """Scorer of text pairs: correlation of cosines and scores; without scores, the ranks of the matching texts."""

    def __init__(self, task: Task, labels: Sequence[str], examples: Sequence[Any]) -> None:
        super().__init__(task, labels, examples)
        check_pairs(examples)
        self.form = "matches" if are_matches(examples) else "scores"
        self._truth = None if self.form == "matches" else scores_of(examples)

    def score(self, predictions: Sequence[Any]) -> dict[str, float]:
        if self._truth is None:
            return metrics.retrieval_scores(predictions)
        return metrics.correlation_scores(self._truth, numbers(predictions))


class TextScorer(Scorer):
    """Scorer of texts with one label, several labels, or a number."""

    def __init__(self, task: Task, labels: Sequence[str], examples: Sequence[Any]) -> None:
        super().__init__(task, labels, examples)
        self.form = str(task.problem)
        self._values, self._scores, least = _PROBLEMS[self.form]
        if len(examples) < least:
            raise InputError("there is one example; a correlation needs at least two")
        if self.form != "regression":
            self.labels = with_unknown(labels, examples)
        self._truth = self._values([example.label for example in examples], self.labels, examples)

    def score(self, predictions: Sequence[Any]) -> dict[str, float]:
        return self._scores(self._truth, self._values(predictions, self.labels))

    @property
    def has_report(self) -> bool:
        return self.form != "regression"

    def _report(self, predictions: Sequence[Any]) -> str:
        if self.form == "multi-label":
            return metrics.multilabel_report(self._truth, label_sets(predictions, self.labels), self.labels)
        truth = [self.labels[index] for index in self._truth.tolist()]
        return metrics.classification_report(truth, list(predictions), labels=self.labels)


_PROBLEMS: dict[str, tuple[Callable[..., np.ndarray], Callable[..., dict[str, float]], int]] = {
    "single-label": (label_ids, metrics.classification_scores, 1),
    "multi-label": (label_sets, metrics.multilabel_scores, 1),
    "regression": (numbers, metrics.correlation_scores, 2),
}
"""For each problem: conversion of labels to arrays, the metrics, and the minimum number of examples."""


class WordScorer(Scorer):
    """Scorer of word labels: entity scores if they are tags such as B-PER, otherwise accuracy."""

    def __init__(self, task: Task, labels: Sequence[str], examples: Sequence[Any]) -> None:
        super().__init__(task, labels, examples)
        self.form = "tags" if are_tags(labels) else "words"
        self.labels = with_unknown(labels, examples)
        ids = word_label_ids(examples, self.labels)
        self._ids = np.concatenate(ids)
        self._tags = [[self.labels[index] for index in sentence] for sentence in ids]

    def score(self, predictions: Sequence[Any]) -> dict[str, float]:
        if self.form == "tags":
            return metrics.entity_scores(self._tags, predictions)
        # Labels that do not mark spans, such as parts of speech: each word counts separately.
        return metrics.classification_scores(self._ids, label_ids(list(chain.from_iterable(predictions)), self.labels))

    has_report = True

    def _report(self, predictions: Sequence[Any]) -> str:
        if self.form == "tags":
            return metrics.entity_report(self._tags, predictions)
        words = [list(chain.from_iterable(sentences)) for sentences in (self._tags, predictions)]
        return metrics.classification_report(*words, labels=self.labels)


class AnswerScorer(Scorer):
    """Scorer of answers: SQuAD v2.0 if a question has no answer, otherwise v1.1; CMRC 2018 rules for Chinese."""

    form = "answers"

    def __init__(self, task: Task, labels: Sequence[str], examples: Sequence[Any]) -> None:
        super().__init__(task, labels, examples)
        check_ids(list(examples))
        self._references = {example.id: [answer.text for answer in example.answers] for example in examples}
        impossible = has_impossible(examples)
        unanswered = [name for name, answers in self._references.items() if not answers]
        if unanswered and not impossible:
            others = f", nor have {len(unanswered) - 1} others" if len(unanswered) > 1 else ""
            raise InputError(
                f"question {unanswered[0]!r} has no right answer{others}. Where questions may have none, mark those: "
                '"is_impossible": true'
            )
        self._scores = metrics.squad_v2_scores if impossible else metrics.squad_scores
        self._language = metrics.language_of(self._references)

    def score(self, predictions: Sequence[Any]) -> dict[str, float]:
        answers = dict(zip(self._references, predictions, strict=True))
        return self._scores(self._references, answers, language=self._language)


SCORERS: dict[str, type[Scorer]] = {
    ENCODER.name: PairScorer,
    SEQUENCE_CLASSIFICATION.name: TextScorer,
    TOKEN_CLASSIFICATION.name: WordScorer,
    QUESTION_ANSWERING.name: AnswerScorer,
}
"""The scorer of each kind of task."""


def scorer_for(task: Task, labels: Sequence[str], examples: Examples) -> Scorer:
    """Create the scorer for labelled examples; invalid examples raise an error at once.

    Args:
        task: The task of the model.
        labels: Names of the model's outputs, as in `TaskModel.labels`.
        examples: The labelled examples.

    Raises:
        InputError: An example does not fit the task.

    Warns:
        UserWarning: Examples have labels that the model does not know.
    """
    check_kind(examples, task.kind)
    scorer = SCORERS[task.kind](task, labels, labelled(examples, task, labels))
    scorer.examples = examples
    return scorer


def has_impossible(examples: Sequence[Any]) -> bool:
    """Return whether any question has no answer, so that "no answer" is a valid prediction."""
    return any(example.is_impossible for example in examples)
