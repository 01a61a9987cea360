"""Learning setup for each kind of task: conversion of examples to rows, the trained cell, and its loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mindspore import nn

from ..checkpoint.sentence import SentenceSettings
from ..errors import ConfigError
from ..evaluation.labels import Examples, check_kind, check_labels
from ..evaluation.pairs import check_pairs_to_learn, form_of
from ..evaluation.token_id_examples import are_tokenized
from ..task import ENCODER, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, Task
from ..text import BertTokenizer
from .embedding import TextVectors
from .embedding_losses import embedding_loss
from .features import Features, answer_features, pair_features, sequence_features, token_features
from .loss_choice import check_loss, check_no_vector_loss
from .losses import AnswerLoss, BinaryCrossEntropy, CrossEntropy, SquaredError, TokenLoss
from .settings import TrainingSettings
from .token_id_features import tokenized_features

_PROBLEMS: dict[str, Callable[[Features], nn.Cell]] = {
    "single-label": lambda features: CrossEntropy(features.class_weights),
    "multi-label": lambda features: BinaryCrossEntropy(),
    "regression": lambda features: SquaredError(),
}


def _check_settings(examples: Any, task: Task, settings: TrainingSettings) -> None:
    del examples
    check_no_vector_loss(settings, task.kind)


class Learning(NamedTuple):
    """Learning setup of a kind of task.

    Attributes:
        features: Converts examples to labelled rows, given the task, tokenizer and maximum length.
        loss: Creates the loss for a task, its features and the settings.
        trained: Returns the cell to train, given the network and its embedding settings.
        check: Raises InputError if nothing can be learned from the examples, or ConfigError if nothing can be learned
            with the task's labels or the settings.
    """

    features: Callable[[Any, Task, BertTokenizer, int], Features]
    loss: Callable[[Task, Any, TrainingSettings], nn.Cell]
    trained: Callable[[nn.Cell, SentenceSettings], nn.Cell] = lambda network, sentence: network
    check: Callable[[Any, Task, TrainingSettings], None] = _check_settings


def _check_pairs(examples: Any, task: Task, settings: TrainingSettings) -> None:
    del task
    check_pairs_to_learn(examples)
    check_loss(settings, form_of(examples))


def _text_vectors(encoder: nn.Cell, sentence: SentenceSettings) -> nn.Cell:
    if sentence.refused or sentence.dense or len(sentence.pooling) != 1:
        what = sentence.refused or "it has dense layers, or several poolings at once"
        raise ConfigError(f"the model's vectors cannot be trained: {what}")
    return TextVectors(encoder, sentence.pooling[0], sentence.normalize)


def _check_labels(examples: Any, task: Task, settings: TrainingSettings) -> None:
    _check_settings(examples, task, settings)
    if len(task.labels) == 1 and task.problem != "multi-label":
        check_labels(examples, task)  # one that is not known is the reason, where labels were given
        raise ConfigError(f"all labels are {task.labels[0]!r}: there is nothing to tell apart")


LEARNING: dict[str, Learning] = {
    ENCODER.name: Learning(
        pair_features,
        lambda task, features, settings: embedding_loss(features.form, features.texts, settings),
        _text_vectors,
        _check_pairs,
    ),
    SEQUENCE_CLASSIFICATION.name: Learning(
        sequence_features, lambda task, features, settings: _PROBLEMS[str(task.problem)](features), check=_check_labels
    ),
    TOKEN_CLASSIFICATION.name: Learning(
        token_features, lambda task, features, settings: TokenLoss(features.class_weights), check=_check_labels
    ),
    QUESTION_ANSWERING.name: Learning(answer_features, lambda task, features, settings: AnswerLoss()),
}
"""Learning setup by kind of task."""


def featurize(examples: Examples, task: Task, tokenizer: BertTokenizer, max_length: int) -> Features:
    """Tokenize labelled examples into features.

    Args:
        examples: Examples of the class that the task needs.
        task: The task, which defines the labels and their order.
        tokenizer: The model's tokenizer.
        max_length: Maximum tokens per row. Longer texts are truncated; long contexts of questions are split into
            several rows.

    Raises:
        InputError: An example has no label, or one that the task does not have; the message names the example.
    """
    check_kind(examples, task.kind)
    make = tokenized_features if are_tokenized(examples) else LEARNING[task.kind].features
    return make(examples, task, tokenizer, max_length)
