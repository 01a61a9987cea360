"""What a network says of labelled rows, and how good that is. Every row counts; no padding is scored."""

from __future__ import annotations

from typing import Any

import numpy as np
from mindspore import Tensor, nn

from .. import metrics
from ..checkpoint.task import Task
from ..data import QuestionExample
from ..data.batches import restore_order, sorted_batches
from .distributed import World
from .features import Examples, Features

KEYS = {"token-classification": "f1", "question-answering": "f1"}
"""The metric by which the best network is kept, where it is not told by the problem."""


def key_metric(task: Task) -> str:
    """The metric by which the best network is kept."""
    problems = {"regression": "spearman", "multi-label": "micro_f1", "single-label": "accuracy"}
    return KEYS.get(task.kind, problems[task.problem])


def predict(network: nn.Cell, features: Features, batch_size: int = 64, world: World | None = None) -> np.ndarray:
    """The logits of all rows, in their order.

    Args:
        network: A task network.
        features: The rows.
        batch_size: Rows of a batch.
        world: The processes that share the work; each gets the logits of all rows.

    Returns:
        (N, C) float32; for tokens (N, T, C), padding cut to the longest row; for answers (N, T, 2).
    """
    was_training = network.training
    network.set_train(False)
    if world is None or world.size > len(features):  # too few rows to share: each process predicts all
        world = World()
    shares = [sorted_batches(features.lengths, batch_size, rank=rank, size=world.size) for rank in range(world.size)]
    logits = np.concatenate([_logits(network, features, rows) for rows in shares[world.rank]])
    network.set_train(was_training)
    return restore_order([np.concatenate(batches) for batches in shares], world.gather(logits))


def evaluate(
    network: nn.Cell,
    features: Features,
    examples: Examples,
    task: Task,
    batch_size: int = 64,
    world: World | None = None,
) -> dict[str, float]:
    """The metrics of a network on labelled examples.

    Args:
        network: A task network.
        features: The tokenized examples.
        examples: The examples themselves.
        task: Its task.
        batch_size: Rows of a batch.
        world: The processes that share the work; each gets the metrics of all rows.

    Returns:
        Metrics by name; see `tinybert.metrics`.
    """
    return score(predict(network, features, batch_size, world), features, examples, task)


def score(logits: np.ndarray, features: Features, examples: Examples, task: Task) -> dict[str, float]:
    """The metrics of logits that `predict` returned.

    Args:
        logits: The logits of all rows.
        features: The tokenized examples.
        examples: The examples themselves.
        task: Their task.

    Returns:
        Metrics by name; see `tinybert.metrics`.
    """
    if task.kind == "token-classification":
        return _tag_scores(logits, features, task)
    if task.kind == "question-answering":
        from .answers import answer_scores

        return answer_scores(logits, features, [e for e in examples if isinstance(e, QuestionExample)])
    if task.problem == "regression":
        return metrics.correlation_scores(features.labels, logits[:, 0])
    if task.problem == "multi-label":
        return metrics.multilabel_scores(features.labels.astype(np.int32), (logits > 0).astype(np.int32))
    return metrics.classification_scores(features.labels, logits.argmax(axis=1))


def _logits(network: nn.Cell, features: Features, rows: np.ndarray) -> np.ndarray:
    *inputs, _ = features.batch(rows, pad_to_multiple_of=8)
    outputs: Any = network(*(Tensor(array) for array in inputs))
    if isinstance(outputs, tuple):
        logits = np.stack([output.asnumpy() for output in outputs], axis=-1)
    else:
        logits = outputs.asnumpy()
    if logits.ndim == 2:
        return logits
    # Rows of other batches are longer; what is added here is masked wherever it is used.
    missing = features.encoding.input_ids.shape[1] - logits.shape[1]
    return np.pad(logits, ((0, 0), (0, missing), (0, 0)), constant_values=-1e4)


def _tag_scores(logits: np.ndarray, features: Features, task: Task) -> dict[str, float]:
    true, predicted = [], []
    for labels, row in zip(features.labels, logits.argmax(axis=2), strict=True):
        counted = labels >= 0
        true.append([task.labels[label] for label in labels[counted]])
        predicted.append([task.labels[label] for label in row[counted]])
    return metrics.entity_scores(true, predicted)
