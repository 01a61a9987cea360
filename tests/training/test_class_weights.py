"""Rare classes can have more weight; the weight of a batch follows from its classes, however rows are distributed."""

import json

import mindspore as ms
import numpy as np
import pytest
from linear import Descent, values
from mindspore import Parameter, Tensor, nn

from tinybert import Task
from tinybert.compat import graph_mode
from tinybert.data import TextExample
from tinybert.errors import ConfigError
from tinybert.text import Encoding
from tinybert.training import FineTuning, Trainer, TrainingSettings
from tinybert.training.class_weights import check_task
from tinybert.training.features import Features, weighted
from tinybert.training.losses import CrossEntropy, TokenLoss
from tinybert.training.state import STATE
from tinybert.training.steps import Steps

TASK = Task("sequence-classification", ("a", "b", "c"))
TAGS = Task("token-classification", ("O", "B-X"))


def features(labels):
    """Rows of four tokens, with one class per row or one per token."""
    labels = np.array(labels, np.int32)
    ids = np.arange(labels.size if labels.ndim > 1 else 4 * len(labels), dtype=np.int32).reshape(len(labels), -1) % 7
    return Features(Encoding(ids, np.ones_like(ids), ids * 0, ids * 0), labels, labels.ndim > 1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("balanced", "balanced"),
        ("a=2,b=0.5", {"a": 2, "b": 0.5}),
        (" a = 2 , b=1e-1", {"a": 2, "b": 0.1}),
        ("a=b=3", {"a=b": 3}),
        ({"b": 1, "a": 2.5}, {"b": 1, "a": 2.5}),
        ('{"with, comma": 2}', {"with, comma": 2}),
    ],
)
def test_both_forms_are_kept_as_one(given, kept):
    settings = TrainingSettings(class_weights=given)
    found = settings.class_weights
    assert (found if given == "balanced" else json.loads(found)) == kept
    assert TrainingSettings.from_dict(settings.to_dict()) == settings


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("", "'' is not a label with its weight"),
        ("balance", "'balance' is not a label with its weight; give balanced, or"),
        ("a=", "'a=' is not a label"),
        ("=2", "'=2' is not a label"),
        ("a=x", "'a=x' is not a label"),
        ("a=1,a=2", "'a' appears twice"),
        ("a=0", "the weight of 'a' is 0.0: it must be a number above 0"),
        ("a=-1", "must be a number above 0"),
        ("a=nan", "is not a label with its weight"),
        ("a=inf", "must be a number above 0"),
        ({"a": "2"}, "the weight of 'a' is '2'"),
        ({"a": True}, "the weight of 'a' is True"),
        ('{"a": 1', "not JSON"),
        (3, "they are 3; give balanced"),
    ],
)
def test_what_is_not_a_weight_is_named(given, problem):
    with pytest.raises(ConfigError, match=problem):
        TrainingSettings(class_weights=given)


@pytest.mark.parametrize(
    "task",
    [
        Task(),
        Task("question-answering"),
        Task("sequence-classification", ("a", "b"), "multi-label"),
        Task("sequence-classification", (), "regression"),
    ],
)
def test_tasks_without_single_classes_have_none(task):
    check_task(task, None)
    with pytest.raises(ConfigError, match="are for tagging, and for classification with one label a text"):
        check_task(task, "balanced")


def test_a_training_of_them_is_refused_before_anything_is_written(tmp_path, make_encoder, tokenizer):
    pairs = [TextExample("a", "b", 0.0), TextExample("c", "d", 1.0)]
    with pytest.raises(ConfigError, match="are for tagging"):
        FineTuning(
            make_encoder(),
            tokenizer,
            Task(),
            pairs,
            tmp_path / "m",
            settings=TrainingSettings(class_weights="balanced"),
        )
    assert not (tmp_path / "m").exists()


def test_a_label_that_there_is_not_is_named():
    with pytest.raises(ConfigError, match="no label is called 'd', 'e'; there are a, b, c"):
        check_task(TASK, TrainingSettings(class_weights="a=1,d=2,e=3").class_weights)


def test_balanced_classes_count_for_equally_much():
    rows = weighted(features([0] * 6 + [1] * 2 + [2]), TASK, "balanced")
    np.testing.assert_allclose(rows.class_weights, [9 / 18, 9 / 6, 9 / 3])
    assert rows.amount(np.array([0, 1, 2])) == pytest.approx(5)
    tokens = weighted(features([[0, 0, -100, 1], [0, -100, 0, 0]]), TAGS, "balanced")
    np.testing.assert_allclose(tokens.class_weights, [6 / 10, 6 / 2])
    assert tokens.amount(tokens.labels[:1]) == pytest.approx(0.6 * 2 + 3)


def test_a_class_that_is_not_named_or_not_there_counts_for_one():
    named = TrainingSettings(class_weights="c=3").class_weights
    assert weighted(features([0, 1]), TASK, named).class_weights.tolist() == [1, 1, 3]
    assert weighted(features([0, 1]), TASK, "balanced").class_weights.tolist() == [1, 1, 1]
    assert weighted(features([0, 1]), TASK, None).class_weights is None


@graph_mode()
def loss_of(loss, logits, labels):
    return float(loss(Tensor(logits), Tensor(labels)).asnumpy())


def test_the_loss_is_the_weighted_mean():
    logits = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    labels = np.array([0, 1, 2, -100, 1], np.int32)
    weights = np.array([0.1, 2, 5], np.float32)
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    counted = labels >= 0
    each = -log_probs[np.arange(5), labels.clip(0)][counted]
    expected = np.average(each, weights=weights[labels[counted]])
    assert loss_of(CrossEntropy(weights), logits, labels) == pytest.approx(expected, rel=1e-5)
    assert loss_of(TokenLoss(weights), logits[None], labels[None]) == pytest.approx(expected, rel=1e-5)
    assert loss_of(CrossEntropy(weights), logits, np.full(5, -100, np.int32)) == 0


class Logits(nn.Cell):
    """Logits of three classes for each token, (B, T) int32 to (B, T, 3) float32, or for the first token of each row."""

    def __init__(self, per_token):
        super().__init__()
        self.weight = Parameter(Tensor(np.array([0.1, -0.2, 0.3], np.float32)), name="weight")
        self.bias = Parameter(Tensor(np.zeros(3, np.float32)), name="bias")
        self.per_token = per_token

    def construct(self, input_ids, input_mask, segment_ids):
        logits = input_ids.astype(ms.float32).expand_dims(-1) * self.weight + self.bias
        return logits if self.per_token else logits[:, 0]


@pytest.mark.parametrize(
    "labels", [[0, 1, 1, 2, 1, 1, 1, 0], [[0, 1, 1, -100]] * 3 + [[2, 2, 0, 1]] * 5], ids=["rows", "tokens"]
)
def test_small_batches_that_are_accumulated_are_one_large_one(labels, tmp_path):
    """The classes have different weights and are unevenly distributed over the batches."""
    found = []
    for batch_size, accumulation in ((8, 1), (2, 4)):
        rows = weighted(features(labels), TASK, TrainingSettings(class_weights="a=0.2,b=3,c=7").class_weights)
        loss = (TokenLoss if rows.per_token else CrossEntropy)(rows.class_weights)
        settings = TrainingSettings(epochs=1, batch_size=batch_size, accumulation_steps=accumulation, max_grad_norm=0)
        trainer = Trainer(Logits(rows.per_token), loss, rows, settings, tmp_path)
        trainer.steps = Steps(trainer.network, loss, Descent(trainer.network), settings, Tensor(rows.labels[:1]))
        trainer.train()
        (tmp_path / STATE).unlink()
        found.append(np.concatenate([*values(trainer.network).values()]))
    assert np.abs(found[0]).max() > 0.2
    np.testing.assert_allclose(found[1], found[0], rtol=1e-4, atol=1e-6)
