"""What is learned for each kind of task: how examples become rows, which cell is trained, and its loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mindspore import nn

from ..checkpoint.sentence import SentenceSettings
from ..errors import ConfigError
from ..evaluation.labels import Examples, check_kind, check_labels
from ..evaluation.pairs import are_matches, check_pairs_to_learn
from ..evaluation.tokenized import are_tokenized
from ..task import ENCODER, QUESTION_ANSWERING, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, Task
from ..text import BertTokenizer
from .embedding import CosineLoss, InBatchNegatives, TextVectors
from .features import Features, answer_features, pair_features, sequence_features, token_features
from .losses import AnswerLoss, BinaryCrossEntropy, CrossEntropy, SquaredError, TokenLoss
from .settings import TrainingSettings
from .tokenized import tokenized_features

_PROBLEMS: dict[str, Callable[[Features], nn.Cell]] = {
    "single-label": lambda features: CrossEntropy(features.class_weights),
    "multi-label": lambda features: BinaryCrossEntropy(),
    "regression": lambda features: SquaredError(),
}


class Learning(NamedTuple):
    """How a kind of task is learned.

    Attributes:
        features: Makes rows with labels of examples, for a task, with a tokenizer, cut to a length.
        loss: The loss of a task over such rows.
        trained: The cell that is trained, from the network and how it makes vectors.
        check: Raises InputError where examples teach nothing, or ConfigError where they do not for a task with its
            labels, or with these settings.
    """

    features: Callable[[Any, Task, BertTokenizer, int], Features]
    loss: Callable[[Task, Any], nn.Cell]
    trained: Callable[[nn.Cell, SentenceSettings], nn.Cell] = lambda network, sentence: network
    check: Callable[[Any, Task, TrainingSettings], None] = lambda examples, task, settings: None


def _check_pairs(examples: Any, task: Task, settings: TrainingSettings) -> None:
    del task
    check_pairs_to_learn(examples)
    if are_matches(examples) and settings.batch_size == 1:
        raise ConfigError("batch_size is 1: a pair without a score needs others in its batch; the more, the better")


def _text_vectors(encoder: nn.Cell, sentence: SentenceSettings) -> nn.Cell:
    if sentence.refused or sentence.dense or len(sentence.pooling) != 1:
        what = sentence.refused or "it has dense layers, or several poolings at once"
        raise ConfigError(f"the model's vectors cannot be trained: {what}")
    return TextVectors(encoder, sentence.pooling[0])


def _check_labels(examples: Any, task: Task, settings: TrainingSettings) -> None:
    del settings
    if len(task.labels) == 1 and task.problem != "multi-label":
        check_labels(examples, task)  # one that is not known is the reason, where labels were given
        raise ConfigError(f"all labels are {task.labels[0]!r}: there is nothing to tell apart")


LEARNING: dict[str, Learning] = {
    ENCODER.name: Learning(
        pair_features,
        lambda task, features: InBatchNegatives() if features.are_matches else CosineLoss(),
        _text_vectors,
        _check_pairs,
    ),
    SEQUENCE_CLASSIFICATION.name: Learning(
        sequence_features, lambda task, features: _PROBLEMS[str(task.problem)](features), check=_check_labels
    ),
    TOKEN_CLASSIFICATION.name: Learning(
        token_features, lambda task, features: TokenLoss(features.class_weights), check=_check_labels
    ),
    QUESTION_ANSWERING.name: Learning(answer_features, lambda task, features: AnswerLoss()),
}
"""How each kind of task is learned."""


def featurize(examples: Examples, task: Task, tokenizer: BertTokenizer, max_length: int) -> Features:
    """Tokenizes labelled examples.

    Args:
        examples: All of the kind that the task needs.
        task: Has the labels and their order.
        tokenizer: The model's.
        max_length: Tokens to which a row is cut; questions get further rows for what does not fit.

    Raises:
        InputError: An example has no label, or one that the task does not have; names its index.
    """
    check_kind(examples, task.kind)
    make = tokenized_features if are_tokenized(examples) else LEARNING[task.kind].features
    return make(examples, task, tokenizer, max_length)
