"""Rows of token ids: true labels, predictions and metrics equal those of the same texts."""

from __future__ import annotations

import numpy as np
import pytest
from function_runtime import FunctionRuntime

from tinybert.data.examples import TokenizedExample
from tinybert.errors import InputError
from tinybert.evaluation import labelled, labels_of, predictions, scorer_for, task_for
from tinybert.evaluation.summary import doubts, summary
from tinybert.task import Task
from tinybert.tasks import TaskModel

CLASSIFY, TAG, ANSWER = "sequence-classification", "token-classification", "question-answering"
IDS = ([2, 7, 8, 3, 9, 3], [2, 7, 3, 6, 8, 5, 3], [2, 8, 3])
SEGMENTS = ([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1, 1], [0, 0, 0])


def rows(*labels):
    return [
        TokenizedExample(np.array(ids, np.int32), np.array(segments, np.int32), label, f"f, record {index}")
        for index, (ids, segments, label) in enumerate(zip(IDS, SEGMENTS, labels, strict=False))
    ]


@pytest.fixture
def model(tokenizer, tiny_config):
    def model(task, function):
        return TaskModel(FunctionRuntime(function, tiny_config, task, task.num_outputs), tokenizer)

    return model


def score(model, examples):
    said = predictions(model, examples)
    return said, scorer_for(model.task, model.labels, examples).score(said)


def test_classes_are_numbers_of_outputs(model):
    assert labels_of(rows(0, 2, 0)) == ("0", "1", "2")
    task = Task(CLASSIFY, ("bad", "fair", "good"))
    network = model(task, lambda ids, mask, segments: np.eye(3, dtype=np.float32)[mask.sum(axis=1) % 3])
    said, metrics = score(network, rows(0, 1, 2))
    assert said == ["bad", "fair", "bad"]
    assert metrics["accuracy"] == pytest.approx(2 / 3)
    assert [example.label for example in labelled(rows(2, 0, 1), task, task.labels)] == ["good", "bad", "fair"]
    with pytest.raises(InputError, match="f, record 1: the label is 3; the model has 3"):
        scorer_for(task, task.labels, rows(0, 3))


@pytest.mark.parametrize(
    ("task", "labels", "line"),
    [
        (Task(CLASSIFY, ("bad", "good")), (0, 1, 1), "3 rows: good 2, bad 1"),
        (Task(CLASSIFY, problem="regression"), (0.5, 1, 3), "3 rows: scores from 0.5 to 3, mean 1.5"),
        (Task(TAG, ("O", "B-X")), (np.array([0, 1, 0, 0, 0, 0]),), "1 sentence, 3 words: X 1"),
        (Task(ANSWER), ((0, 0), (3, 4)), "2 questions: answerable 1, not answerable 1"),
    ],
)
def test_what_is_said_of_training_data(task, labels, line):
    examples = labelled(rows(*labels), task, task.labels)
    assert summary(examples) == line
    list(doubts(examples))


def test_scores(model):
    task = Task(CLASSIFY, problem="regression")
    network = model(task, lambda ids, mask, segments: mask.sum(axis=1, keepdims=True).astype(np.float32))
    said, metrics = score(network, rows(2.0, 3.0, 1.0))
    assert said == [6.0, 7.0, 3.0]
    assert metrics["spearman"] == pytest.approx(1)


def test_tokens_of_texts_count_alone(model):
    task = Task(TAG, ("O", "B-X", "I-X"))
    # 7 begins an entity, 8 continues it; [SEP], 3, would begin one too.
    table = np.eye(3, dtype=np.float32)[[0, 0, 0, 1, 0, 0, 0, 1, 2, 0]]
    network = model(task, lambda ids, mask, segments: table[np.minimum(ids, 9)])
    first = np.array([1, 1, 2, 1, 0, 1])
    second = np.array([0, 1, 0, 0, -100, 0, 0])
    said, metrics = score(network, rows(first, second))
    assert said == [["B-X", "I-X", "O"], ["B-X", "O", "O"]]
    assert metrics["f1"] == 1.0
    assert task_for(TAG, rows(first, second)).labels == ("0", "1", "2")


def test_answers_are_compared_by_their_tokens(model):
    def points(ids, mask, segments):
        start, end = (ids == 6).astype(np.float32) * 9, (ids == 8).astype(np.float32) * 9
        start[:, 0] = end[:, 0] = 1
        return start, end

    network = model(Task(ANSWER), points)
    said, metrics = score(network, rows((0, 0), (3, 4), (0, 0)))
    assert said == ["", "6 8", ""]  # a question without a context has no answer
    assert (metrics["HasAns_exact"], metrics["NoAns_exact"], metrics["f1"]) == (100, 100, 100)
    said, metrics = score(network, rows((4, 4), (3, 5)))
    assert said == ["9", "6 8"]
    assert metrics["exact_match"] == 50.0
    assert metrics["f1"] == pytest.approx(90)


def test_rows_that_do_not_fit_are_named(model, tokenizer):
    network = model(Task(CLASSIFY, ("a", "b")), lambda ids, mask, segments: np.zeros((len(ids), 2), np.float32))
    with pytest.raises(InputError, match="f, record 0 has 6 tokens; a row has at most 5") as caught:
        predictions(network, rows(0, 1, 0), max_length=5)
    assert caught.value.argument == "max_length"
    far = TokenizedExample(np.array([2, tokenizer.vocab_size, 3]), np.zeros(3, int), 0, "g, record 5")
    with pytest.raises(InputError, match=r"g, record 5 has token .* another vocabulary"):
        predictions(network, [far])
    with pytest.raises(InputError, match="f, record 0 is a TokenizedExample; encoder needs"):
        task_for("encoder", rows(0))
