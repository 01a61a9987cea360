"""Checkpoint objects: without the head, for another task, complete or incomplete."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tinybert.errors import CheckpointError
from tinybert.task import KINDS, Task

TEXTS = "sequence-classification"
HEAD = ("dense_1.weight", "dense_1.bias")


@pytest.fixture
def classifier(make_checkpoint):
    """Of three labels."""
    return make_checkpoint(task=Task(TEXTS, ("bad", "fine", "good")))


def test_what_it_says_of_itself(make_checkpoint, classifier):
    assert (make_checkpoint().num_labels, make_checkpoint().has_pooler) == (None, True)
    assert (classifier.num_labels, classifier.has_pooler) == (3, True)
    assert not make_checkpoint(task=Task("question-answering"), pooler=False).has_pooler


def test_an_encoder_has_no_head_no_task_and_says_what_was_left(classifier, make_checkpoint):
    encoder = classifier.encoder()
    assert (encoder.num_labels, encoder.task) == (None, Task())
    assert set(encoder.tensors) == set(encoder.names) == set(make_checkpoint().tensors)
    assert encoder.left_aside == dict.fromkeys(HEAD, "the head; only the encoder was asked for")
    assert classifier.num_labels == 3  # the same as before
    encoder.whole()


def test_an_encoders_encoder_is_itself(make_checkpoint):
    checkpoint = make_checkpoint()
    assert checkpoint.encoder() == checkpoint


@pytest.mark.parametrize(
    "task",
    [
        Task(TEXTS, ("a", "b", "c")),
        Task(TEXTS),
        Task(TEXTS, ("a", "b", "c"), "multi-label"),
        Task("token-classification", ("O", "B-PER", "I-PER")),
    ],
    ids=str,
)
def test_somebody_knows_the_task_better(classifier, task):
    changed = classifier.with_task(task)
    assert changed.task == task
    assert changed.tensors is classifier.tensors
    assert classifier.task.labels == ("bad", "fine", "good")


@pytest.mark.parametrize(
    ("task", "message", "argument"),
    [
        (Task(), "the test's has a head; its task cannot be encoder", "task"),
        (Task("question-answering"), "the test's has 3 outputs; a head for question-answering has 2", "task"),
        (Task(TEXTS, ("a", "b")), "the test's has 3 outputs, but 2 labels are given", "labels"),
        (Task("token-classification", tuple("abcd")), "the test's has 3 outputs, but 4 labels are given", "labels"),
    ],
)
def test_a_task_that_does_not_fit_the_head_is_refused(classifier, task, message, argument):
    with pytest.raises(CheckpointError) as error:
        classifier.with_task(task)
    assert (error.value.message, error.value.argument) == (message, argument)


@pytest.mark.parametrize("task", [Task(TEXTS), Task(TEXTS, ("a", "b")), Task("question-answering")], ids=str)
def test_an_encoder_alone_is_for_no_task_with_a_head(make_checkpoint, task):
    with pytest.raises(CheckpointError, match="the test's is an encoder alone: it has no head for "):
        make_checkpoint().with_task(task)


@pytest.mark.parametrize("pooler", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_model_is_one(make_checkpoint, kind, pooler):
    checkpoint = make_checkpoint(task=Task(kind), num_labels=3, pooler=pooler)
    if pooler or not KINDS[kind].uses_pooler:
        whole = checkpoint.whole()
        assert list(whole) == list(checkpoint.tensors)
        assert all(whole[name] is array for name, array in checkpoint.tensors.items())
    else:
        with pytest.raises(CheckpointError, match=r"is not a complete model:\n  missing: dense.weight \(24, 24\)\n"):
            checkpoint.whole()


def test_one_model_has_one_order(classifier):
    turned = dataclasses.replace(classifier, tensors=dict(reversed(classifier.tensors.items())))
    assert list(turned.whole()) == list(classifier.whole())


def test_half_a_pooler_is_none(make_checkpoint):
    checkpoint = make_checkpoint(task=Task("question-answering"))
    del checkpoint.tensors["dense.bias"]
    with pytest.raises(CheckpointError, match=r"is not a complete model:\n  missing: dense.bias \(24,\)$"):
        checkpoint.whole()


def test_what_is_missing_misshapen_or_unknown_is_listed(classifier):
    classifier.tensors["resnet.weight"] = np.ones(1, np.float32)
    del classifier.tensors["dense.bias"]
    classifier.tensors["tinybert_encoder.layers.1.output.dense.weight"] = np.ones((32, 24), np.float32)
    classifier.tensors["dense_1.bias"] = np.ones(4, np.float32)
    with pytest.raises(CheckpointError) as error:
        classifier.whole()
    assert str(error.value).splitlines() == [
        "the test's is not a complete model:",
        "  missing: dense.bias (24,)",
        "  bert.tinybert_encoder.layers.1.output.dense.weight: (32, 24) in the file, (24, 32) in a network of its size",
        "  dense_1.bias: (4,) in the file, (3,) in a network of its size",
        "  not in a network: resnet.weight",
    ]
