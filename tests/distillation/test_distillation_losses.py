"""Each loss gives what its equation says, computed here over the real tokens of each row alone."""

import numpy as np
import pytest
from mindspore import Tensor

from tinybert import Task
from tinybert.distillation.losses.attention import AttentionError
from tinybert.distillation.losses.hidden import HiddenError
from tinybert.distillation.losses.prediction import PredictionPart
from tinybert.distillation.losses.relations import RelationError
from tinybert.distillation.losses.vectors import DirectionError, VectorError
from tinybert.training.embedding import Shares

LENGTHS = (5, 3)
MASK = (np.arange(5) < np.array(LENGTHS)[:, None]).astype(np.int32)
RANDOM = np.random.default_rng(4)


def floats(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def value(cell, *arrays):
    return float(cell(*(tensor(array) for array in arrays)).asnumpy())


def tensor(array):
    return tuple(map(Tensor, array)) if isinstance(array, tuple) else Tensor(array)


def shares():
    return Shares()(Tensor(MASK)).asnumpy()


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def cross_entropy(student, teacher):
    return -(softmax(teacher) * np.log(softmax(student))).sum(-1)


def test_hidden_states_over_real_tokens():
    student, teacher = floats(2, 5, 4), floats(2, 5, 4)
    expected = np.mean([np.square(student[row, :n] - teacher[row, :n]).mean() for row, n in enumerate(LENGTHS)])
    assert value(HiddenError(), student, teacher, shares()) == pytest.approx(expected, rel=1e-5)


def test_attention_over_real_queries_and_keys():
    student, teacher = floats(2, 3, 5, 5), floats(2, 3, 5, 5)
    student[1, :, :, 3:] -= 10000  # as padding has it
    expected = np.mean([np.square((student - teacher)[row, :, :n, :n]).mean() for row, n in enumerate(LENGTHS)])
    assert value(AttentionError(3), student, teacher, shares()) == pytest.approx(expected, rel=1e-5)


def test_relations_between_networks_of_other_widths():
    student, teacher, heads = floats(2, 5, 6), floats(2, 5, 12), 3
    rows = []
    for row, n in enumerate(LENGTHS):
        parts = []
        for head in range(heads):
            scores = []
            for x in (student[row, :n], teacher[row, :n]):
                size = x.shape[1] // heads
                own = x[:, head * size : (head + 1) * size]
                scores.append(own @ own.T / np.sqrt(size))
            parts.append(cross_entropy(*scores).mean())
        rows.append(np.mean(parts))
    assert value(RelationError(heads), student, teacher, MASK, shares()) == pytest.approx(np.mean(rows), rel=1e-5)


def test_vectors():
    student, teacher = floats(2, 6), floats(2, 6)
    cosines = (student * teacher).sum(1) / np.linalg.norm(student, axis=1) / np.linalg.norm(teacher, axis=1)
    assert value(DirectionError(), student, teacher) == pytest.approx(1 - cosines.mean(), rel=1e-5)
    assert value(VectorError(), student, teacher) == pytest.approx(np.square(student - teacher).mean(), rel=1e-5)
    assert value(DirectionError(), student, 3 * student) == pytest.approx(0, abs=1e-6)


def prediction(task, student, teacher, labels=None, temperature=1.0):
    """The loss between two predictions, through the part that a distillation has."""
    part = PredictionPart(task, temperature)
    nothing = ()
    outputs = [(*(nothing,) * 5, tensor(array)) for array in (student, teacher)]
    labels = np.zeros(2, np.int32) if labels is None else labels
    return float(part(*outputs, Tensor(MASK), Tensor(shares()), Tensor(labels)).asnumpy())


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_classes_are_summed_and_texts_averaged(temperature):
    student, teacher = floats(2, 7), floats(2, 7)
    expected = cross_entropy(student / temperature, teacher / temperature).mean()
    task = Task("sequence-classification", tuple("abcdefg"))
    assert prediction(task, student, teacher, temperature=temperature) == pytest.approx(expected, rel=1e-5)


def test_classes_that_each_apply_or_not():
    student, teacher = floats(2, 3), floats(2, 3)
    p, q = 1 / (1 + np.exp(-teacher)), 1 / (1 + np.exp(-student))
    expected = -(p * np.log(q) + (1 - p) * np.log(1 - q)).sum(1).mean()
    task = Task("sequence-classification", ("a", "b", "c"), "multi-label")
    assert prediction(task, student, teacher) == pytest.approx(expected, rel=1e-5)


def test_scores():
    student, teacher = floats(2, 1), floats(2, 1)
    task = Task("sequence-classification", (), "regression")
    assert prediction(task, student, teacher) == pytest.approx(np.square(student - teacher).mean(), rel=1e-5)


def test_tags_over_the_tokens_that_have_one():
    student, teacher = floats(2, 5, 3), floats(2, 5, 3)
    labels = np.array([[-100, 0, -100, 2, -100], [-100, 1, -100, -100, -100]], np.int32)
    expected = cross_entropy(student, teacher)[labels >= 0].mean()
    task = Task("token-classification", ("O", "B-X", "I-X"))
    assert prediction(task, student, teacher, labels) == pytest.approx(expected, rel=1e-5)


def test_answers_over_the_tokens_of_a_row():
    student, teacher = (floats(2, 5), floats(2, 5)), (floats(2, 5), floats(2, 5))
    rows = [
        cross_entropy(ours[row, :n], theirs[row, :n])
        for ours, theirs in zip(student, teacher, strict=True)
        for row, n in enumerate(LENGTHS)
    ]
    assert prediction(Task("question-answering"), student, teacher) == pytest.approx(np.mean(rows), rel=1e-5)


def test_a_row_of_padding_alone_costs_nothing_and_is_no_division_by_zero():
    empty = Shares()(Tensor(np.zeros((1, 4), np.int32))).asnumpy()
    assert np.array_equal(empty, np.zeros((1, 4)))
    assert value(HiddenError(), floats(1, 4, 2), floats(1, 4, 2), empty) == 0
