"""Teacher and student in one graph: padding counts nowhere, the teacher stays as it is, and each part is there."""

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor, nn
from tiny_teacher import CONFIG

from tinybert import Task
from tinybert.compat import graph_mode, graph_runs
from tinybert.distillation.layer_map import LayerMap
from tinybert.distillation.loss import DistillationLoss
from tinybert.distillation.networks import Student, as_teacher
from tinybert.distillation.settings import WEIGHTS, Objectives
from tinybert.training.gradients import Gradients, LossOfBatch
from tinybert.training.losses import CrossEntropy
from tinybert.training.step import accept_any_shape
from tinybert.weights import build_network

TASK = Task("sequence-classification", ("a", "b", "c"))
LABELS = Tensor(np.array([0, 2, 1], np.int32))
ALL = Objectives(
    embeddings=1.1,
    hidden=0.9,
    attention=0.03,
    relations=0.7,
    directions=1.3,
    vectors=0.8,
    prediction=1.2,
    hard_labels=0.6,
    relation_heads=2,
    dropout=False,
)


class Distilled:
    """A student of two layers with its teacher, and the compiled gradients."""

    def __init__(self, objectives, width=24):
        ms.set_seed(7)
        self.teacher = as_teacher(build_network(CONFIG, TASK))
        config = CONFIG.replace(hidden_size=width, num_hidden_layers=2)
        self.student = Student(build_network(config, TASK), objectives, CONFIG.hidden_size)
        self.student.set_train(True)
        layer_map = LayerMap.of("uniform", student_layers=2, teacher_layers=3)
        self.loss = DistillationLoss(self.teacher, objectives, layer_map, labels=CrossEntropy())
        self.parameters = self.student.trainable_params()
        self.cell = Gradients(LossOfBatch(self.student, self.loss), self.parameters)
        accept_any_shape(self.cell, LABELS)

    def run(self, inputs):
        """The loss, its parts, and the gradients by name."""
        with graph_mode(), graph_runs():
            loss, grads = self.cell(*map(Tensor, inputs), LABELS)
            names = [parameter.name for parameter in self.parameters]
            return (
                float(loss.asnumpy()),
                self.loss.parts.asnumpy().copy(),
                dict(zip(names, (grad.asnumpy() for grad in grads), strict=True)),
            )


@pytest.fixture(scope="module")
def distilled():
    return Distilled(ALL)


@pytest.fixture(scope="module")
def narrow():
    """A student of another width."""
    return Distilled(Objectives(relations=1.0, relation_heads=2, dropout=False), width=16)


@pytest.mark.parametrize("which", ["distilled", pytest.param("narrow", marks=pytest.mark.slow)])
def test_batches_that_differ_in_padding_alone_have_equal_losses_and_gradients(which, batch, request):
    distilled = request.getfixturevalue(which)
    loss, parts, grads = distilled.run(batch[0])
    padded_loss, padded_parts, padded_grads = distilled.run(batch[1])
    assert padded_loss == pytest.approx(loss, abs=1e-6)
    assert np.abs(parts - padded_parts).max() < 1e-6
    assert (parts > 0).all()
    for name, grad in grads.items():
        assert np.abs(grad - padded_grads[name]).max() < 1e-6, name
        unused = which == "narrow" and "dense" in name and "encoder" not in name  # pooler and head
        assert (np.abs(grad).max() > 0) is not unused, name


def test_the_loss_is_the_weighted_sum_of_its_parts(distilled, batch):
    loss, parts, _ = distilled.run(batch[0])
    assert distilled.loss.part_names == WEIGHTS
    assert loss == pytest.approx(np.dot(parts, [getattr(ALL, name) for name in WEIGHTS]), rel=1e-5)


class EqualShares(nn.Cell):
    """Padding counts as any token does: the fault of the published code."""

    def construct(self, input_mask):
        return ms.ops.ones_like(input_mask).astype(ms.float32) / input_mask.shape[1]


def test_a_broken_mask_is_noticed(batch):
    distilled = Distilled(Objectives(dropout=False))
    distilled.loss.shares = EqualShares()
    forward = LossOfBatch(distilled.student, distilled.loss)
    parts = []
    for inputs in batch:
        with graph_mode(), graph_runs():
            forward(*map(Tensor, inputs), LABELS)
        parts.append(distilled.loss.parts.asnumpy().copy())
    assert (np.abs(parts[0] - parts[1]) > 1e-3).all()


def test_the_teacher_is_not_trained_and_shares_no_name_with_the_student(distilled, narrow):
    for found in (distilled, narrow):
        theirs = {parameter.name for parameter in found.teacher.get_parameters()}
        ours = {parameter.name for parameter in found.student.get_parameters()}
        assert not theirs & ours
        assert not list(found.teacher.trainable_params())
        assert not any(cell.training for _, cell in found.teacher.cells_and_names())


def test_a_student_of_the_teachers_width_has_no_projection_and_another_has(distilled, narrow):
    def projections(found):
        return [parameter.name for parameter in found.parameters if parameter.name.startswith("projection.")]

    assert not projections(distilled)
    assert projections(narrow) == ["projection.0.weight", "projection.0.bias"]
    each = Student(build_network(CONFIG.replace(hidden_size=16), Task()), Objectives(projections="each"), 24)
    names = [parameter.name for parameter in each.trainable_params()]
    assert sum(name.startswith("projection.") for name in names) == 2 * 4
    assert len({*names}) == len(names)


def test_without_dropout_a_student_is_never_in_training_mode():
    for dropout in (True, False):
        student = Student(build_network(CONFIG, Task()), Objectives(dropout=dropout), 24)
        student.set_train(True)
        assert student.outputs.network.training is dropout
