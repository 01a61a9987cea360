"""Each loss equals its formula, computed by NumPy in float64."""

import numpy as np
import pytest
from mindspore import Tensor

from tinybert.training.losses import AnswerLoss, BinaryCrossEntropy, CrossEntropy, SquaredError, TokenLoss

RANDOM = np.random.RandomState(3)
LOGITS = RANDOM.normal(scale=3, size=(4, 3)).astype(np.float32)


def value(loss, outputs, labels):
    outputs = tuple(map(Tensor, outputs)) if isinstance(outputs, tuple) else Tensor(outputs)
    return float(loss(outputs, Tensor(labels)).asnumpy())


def cross_entropy(logits, labels):
    """Over the rows with a label."""
    logits = logits.astype(np.float64)
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -np.mean([row[label] for row, label in zip(log_probabilities, labels, strict=True) if label >= 0])


def test_one_label_a_text():
    labels = np.array([0, 2, 1, 1], np.int32)
    assert value(CrossEntropy(), LOGITS, labels) == pytest.approx(cross_entropy(LOGITS, labels), rel=1e-5)


def test_several_labels_a_text_even_where_a_logit_is_large():
    labels = np.array([[0, 1, 1], [0, 0, 0], [1, 1, 1], [1, 0, 0]], np.float32)
    logits = LOGITS.copy()
    logits[0] = 200, -200, 200
    doubles = logits.astype(np.float64)
    expected = np.mean(np.logaddexp(0, doubles) - doubles * labels)
    assert value(BinaryCrossEntropy(), logits, labels) == pytest.approx(expected, rel=1e-5)


def test_a_number():
    labels = np.array([0.5, -1, 2, 0], np.float32)
    expected = np.mean((LOGITS[:, 0].astype(np.float64) - labels) ** 2)
    assert value(SquaredError(), LOGITS[:, :1], labels) == pytest.approx(expected, rel=1e-5)


def test_tokens_without_a_label_do_not_count():
    logits = LOGITS.reshape(2, 2, 3)
    labels = np.array([[0, -100], [2, -100]], np.int32)
    expected = cross_entropy(LOGITS, labels.reshape(-1))
    assert value(TokenLoss(), logits, labels) == pytest.approx(expected, rel=1e-5)
    assert value(TokenLoss(), logits, np.full((2, 2), -100, np.int32)) == 0


def test_the_first_and_the_last_token_of_an_answer():
    start, end = LOGITS, LOGITS[::-1].copy()
    labels = np.array([[0, 2], [1, 1], [0, 0], [2, 2]], np.int32)
    expected = (cross_entropy(start, labels[:, 0]) + cross_entropy(end, labels[:, 1])) / 2
    assert value(AnswerLoss(), (start, end), labels) == pytest.approx(expected, rel=1e-5)
