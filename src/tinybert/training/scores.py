"""How good predictions are: what a model says of examples, compared with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from .. import metrics
from ..checkpoint.task import Task
from ..data import QuestionExample, TaggedExample
from ..data.squad import check_ids
from ..tasks import TaskModel
from ..tasks.spans import are_tags
from .labels import Examples, check_kind, label_ids, label_sets, numbers, word_label_ids
from .pairs import are_matches, scores_of

Prediction = str | float | list[str]
"""What a model says of an example, in the form of the example's own label: the name of a text's label, a number, the
names of all labels of a text, one for each word of a sentence, or the text of an answer, "" for none. Of a pair the
cosine of its vectors; where no pair has a score, the rank of the second text among all of them."""


def key_metric(task: Task, *, matches: bool = False) -> str:
    """The metric by which the best network is kept.

    Args:
        task: The task.
        matches: Of an encoder, whether the pairs of the dev set have no scores.
    """
    if task.kind == "encoder":
        return "mrr" if matches else "spearman"
    if task.kind == "token-classification":
        return "f1" if are_tags(task.labels) else "accuracy"
    if task.kind == "question-answering":
        return "f1"
    return {"regression": "spearman", "multi-label": "micro_f1", "single-label": "accuracy"}[task.problem]


def score(model: TaskModel, examples: Examples, predictions: Sequence[Prediction]) -> dict[str, float]:
    """The metrics of what a model said.

    Args:
        model: The model: its task tells what counts, and what the labels are called.
        examples: The labelled examples.
        predictions: What `predictions` returned for them.

    Returns:
        Metrics by name; see `tinybert.metrics`. Of words, entity scores where their labels are tags such as B-PER, else
        accuracy. Of answers, by the rules of SQuAD v2 where a question has none, else v1.1; Chinese ones by those of
        CMRC 2018.

    Raises:
        InputError: An example does not fit the model's task, or has a label that the model does not know.
    """
    scorers: dict[str, Any] = {
        "encoder": _pair_scores,
        "sequence-classification": _text_scores,
        "token-classification": _word_scores,
        "question-answering": _answer_scores,
    }
    check_kind(examples, model.task.kind)
    return scorers[model.task.kind](model, examples, predictions)


def check_examples(model: TaskModel, examples: Examples) -> None:
    """Raises InputError unless a model can be scored on the examples: told now, not after hours of work.

    Args:
        model: The model.
        examples: The labelled examples.
    """
    check_kind(examples, model.task.kind)
    if not (model.task.kind == "encoder" and are_matches(examples)):  # of matches, nothing can be wrong
        score(model, examples, [_truth(example) for example in examples])


def has_impossible(examples: Sequence[Any]) -> bool:
    """Whether "no answer" is an answer: it is where one of the questions has none."""
    return any(example.is_impossible for example in examples)


def _truth(example: Any) -> Any:
    if isinstance(example, QuestionExample):
        return example.answers[0].text if example.answers else ""
    return example.labels if isinstance(example, TaggedExample) else example.label


def _pair_scores(model: TaskModel, examples: Sequence[Any], predictions: Sequence[Any]) -> dict[str, float]:
    del model
    if are_matches(examples):
        return metrics.retrieval_scores(predictions)
    return metrics.correlation_scores(scores_of(examples), numbers(predictions))


def _text_scores(model: TaskModel, examples: Sequence[Any], predictions: Sequence[Any]) -> dict[str, float]:
    labels = [example.label for example in examples]
    if model.task.problem == "regression":
        return metrics.correlation_scores(numbers(labels), numbers(predictions))
    if model.task.problem == "multi-label":
        return metrics.multilabel_scores(label_sets(labels, model.labels), label_sets(predictions, model.labels))
    return metrics.classification_scores(label_ids(labels, model.labels), label_ids(predictions, model.labels))


def _word_scores(model: TaskModel, examples: Sequence[Any], predictions: Sequence[Any]) -> dict[str, float]:
    names = model.labels
    labels = word_label_ids(examples, names)
    if are_tags(names):
        return metrics.entity_scores([[names[index] for index in sentence] for sentence in labels], predictions)
    # Labels that mark no spans, parts of speech say: each word counts by itself.
    return metrics.classification_scores(
        np.concatenate(labels), label_ids(list(chain.from_iterable(predictions)), names)
    )


def _answer_scores(model: TaskModel, examples: Sequence[Any], predictions: Sequence[Any]) -> dict[str, float]:
    del model
    check_ids(list(examples))
    references = {example.id: [answer.text for answer in example.answers] for example in examples}
    answers = {example.id: text for example, text in zip(examples, predictions, strict=True)}
    scores = metrics.squad_v2_scores if has_impossible(examples) else metrics.squad_scores
    return scores(references, answers, language=metrics.language_of(references))
