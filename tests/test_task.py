"""Tasks: the kinds with their properties, and a task with its labels and problem."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from tinybert.errors import CheckpointError, TinyBertError
from tinybert.task import (
    ENCODER,
    KINDS,
    LEARNED,
    MASKED_LANGUAGE_MODELING,
    PROBLEMS,
    QUESTION_ANSWERING,
    SEQUENCE_CLASSIFICATION,
    TOKEN_CLASSIFICATION,
    Kind,
    Task,
    kind_of_command,
)

TEXTS, WORDS, ANSWERS = "sequence-classification", "token-classification", "question-answering"
MASKS = "masked-language-modeling"
DENSE, MASK_HEAD = "dense_1", "cls1"
ALL = [
    Task(),
    Task(TEXTS, ("bad", "good")),
    Task(TEXTS, ("early", "late"), "multi-label"),
    Task(TEXTS, problem="regression"),
    Task(WORDS, ("O", "B-PER", "I-PER")),
    Task(ANSWERS),
    Task(MASKS),
]


def test_the_five_kinds():
    learned = [ENCODER, SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION, QUESTION_ANSWERING]
    assert list(KINDS.values()) == [*learned, MASKED_LANGUAGE_MODELING]
    assert list(LEARNED.values()) == learned
    assert [kind.command for kind in KINDS.values()] == ["embed", "classify", "tag", "answer", "fill"]
    assert [kind.head for kind in KINDS.values()] == [None, DENSE, DENSE, DENSE, MASK_HEAD]
    assert [kind.has_head for kind in KINDS.values()] == [False, True, True, True, True]
    assert [kind.uses_pooler for kind in KINDS.values()] == [True, True, False, False, False]
    assert [kind.has_labels for kind in KINDS.values()] == [False, True, True, False, False]
    assert [kind.outputs for kind in KINDS.values()] == [None, None, None, 2, None]
    assert [kind.problems for kind in KINDS.values()] == [(), PROBLEMS, (), (), ()]


def test_a_kind_is_found_by_its_command():
    assert [kind_of_command(kind.command) for kind in KINDS.values()] == list(KINDS.values())
    with pytest.raises(
        CheckpointError, match="task is 'summarize': it must be one of embed, classify, tag, answer"
    ) as error:
        kind_of_command("summarize")
    assert error.value.argument == "task"


def test_a_fifth_kind_needs_little():
    kind = Kind("masked-language-model", "fill", "MaskFiller")
    assert (kind.has_head, kind.has_labels, kind.problems, kind.key_metrics) == (True, False, (), {})
    assert kind.usual_problem(1) is None


@pytest.mark.parametrize(
    ("kind", "outputs", "problem"),
    [
        (TEXTS, None, "single-label"),
        (TEXTS, 3, "single-label"),
        (TEXTS, 1, "regression"),
        (WORDS, 1, None),
        (ANSWERS, 2, None),
        ("encoder", None, None),
    ],
)
def test_the_usual_problem(kind, outputs, problem):
    assert KINDS[kind].usual_problem(outputs) == problem


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_of_each_kind(kind):
    task = Task(kind)
    assert task.facts is KINDS[kind]
    assert task.problem == ("single-label" if kind == TEXTS else None)
    assert task.labels == ()


def test_labels_may_come_in_a_list():
    assert Task(TEXTS, ["a", "b"]) == Task(TEXTS, ("a", "b"))


def test_a_task_is_that_of_an_encoder_unless_it_says_so():
    assert Task() == Task("encoder")


@pytest.mark.parametrize("task", ALL, ids=str)
def test_a_task_is_frozen_and_can_be_compared_hashed_and_pickled(task):
    with pytest.raises(dataclasses.FrozenInstanceError):
        task.kind = "encoder"
    assert pickle.loads(pickle.dumps(task)) == task
    assert {task, dataclasses.replace(task)} == {task}


@pytest.mark.parametrize(
    ("arguments", "message", "argument"),
    [
        (("encodr",), "task is 'encodr': it must be one of encoder, sequence-classification, token-", "kind"),
        ((None,), "task is None: it must be one of encoder", "kind"),
        ((["encoder"],), "task is ['encoder']: it must be one of encoder", "kind"),
        ((TEXTS, "good"), "labels are 'good': they must be strings", "labels"),
        ((TEXTS, (0, 1)), "labels are (0, 1): they must be strings", "labels"),
        ((WORDS, ("O", "B-PER", "O")), "labels are O, B-PER, O: each must be different", "labels"),
        (("encoder", ("a",)), "labels are given, but the outputs for encoder have no names", "labels"),
        ((ANSWERS, ("a", "b")), "labels are given, but the outputs for question-answering have no names", "labels"),
        ((TEXTS, (), "ranking"), "problem is 'ranking': it must be one of single-label, multi-label, re", "problem"),
        ((WORDS, (), "ranking"), "problem is 'ranking': it must be one of single-label, multi-label, re", "problem"),
        (
            (WORDS, (), "multi-label"),
            "the problem is multi-label, which only sequence-classification has; the task is token-classification",
            "problem",
        ),
        (("encoder", (), "single-label"), "the problem is single-label, which only sequence-class", "problem"),
    ],
)
def test_a_value_that_is_not_allowed_is_named(arguments, message, argument):
    with pytest.raises(CheckpointError) as error:
        Task(*arguments)
    assert error.value.message.startswith(message)
    assert error.value.argument == argument
    assert isinstance(error.value, ValueError)
    assert isinstance(error.value, TinyBertError)


@pytest.mark.parametrize(
    ("task", "outputs"),
    list(zip([*ALL, Task(TEXTS), Task(WORDS)], [None, 2, 2, 1, 3, 2, None, None, None], strict=True)),
    ids=str,
)
def test_how_many_outputs_its_head_must_have(task, outputs):
    assert task.num_outputs == outputs


@pytest.mark.parametrize("task", ALL, ids=str)
def test_a_task_fits_the_outputs_that_it_asks_for(task):
    assert task.fitted(task.facts.head, task.num_outputs) == task


@pytest.mark.parametrize(
    ("task", "head", "outputs", "fitted"),
    [
        # Without a head it is an encoder, whatever its architecture is called.
        (Task(TEXTS, ("a", "b")), None, None, Task()),
        (Task(ANSWERS), None, None, Task()),
        (Task(MASKS), None, None, Task()),
        # A head is a head.
        (Task(), DENSE, 3, Task(TEXTS)),
        (Task(), DENSE, 1, Task(TEXTS, problem="regression")),
        (Task(MASKS), DENSE, 3, Task(TEXTS)),
        (Task(), MASK_HEAD, 50, Task(MASKS)),
        (Task(ANSWERS), MASK_HEAD, 50, Task(MASKS)),
        # Answers have two outputs.
        (Task(ANSWERS), DENSE, 2, Task(ANSWERS)),
        (Task(ANSWERS), DENSE, 3, Task(TEXTS)),
        # Everything else is kept.
        (Task(WORDS, ("a", "b")), DENSE, 3, Task(WORDS, ("a", "b"))),
        (Task(TEXTS, problem="multi-label"), DENSE, 1, Task(TEXTS, problem="multi-label")),
    ],
)
def test_what_a_network_has_counts_for_more_than_what_it_is_called(task, head, outputs, fitted):
    assert task.fitted(head, outputs) == fitted


@pytest.mark.parametrize(
    ("task", "better", "changed"),
    [
        (Task(TEXTS, ("a", "b")), {}, Task(TEXTS, ("a", "b"))),
        (Task(TEXTS, ("a", "b"), "multi-label"), {}, Task(TEXTS, ("a", "b"), "multi-label")),
        (Task(TEXTS, ("a", "b")), {"labels": ["x", "y"]}, Task(TEXTS, ("x", "y"))),
        (Task(TEXTS, ("a", "b")), {"problem": "multi-label"}, Task(TEXTS, ("a", "b"), "multi-label")),
        (Task(TEXTS, ("a", "b"), "multi-label"), {"kind": WORDS}, Task(WORDS, ("a", "b"))),
        (Task(WORDS, ("a", "b")), {"kind": TEXTS}, Task(TEXTS, ("a", "b"))),
        (Task(WORDS, ("a", "b")), {"kind": ANSWERS}, Task(ANSWERS)),
        (Task(), {"kind": TEXTS, "labels": ("a",), "problem": "multi-label"}, Task(TEXTS, ("a",), "multi-label")),
    ],
)
def test_somebody_knows_better(task, better, changed):
    assert task.changed(**better) == changed


@pytest.mark.parametrize(
    "better",
    [
        {"kind": "x"},
        {"problem": "x"},
        {"kind": WORDS, "problem": "regression"},
        {"kind": ANSWERS, "labels": ["a", "b"]},
    ],
)
def test_what_somebody_knows_must_be_allowed(better):
    with pytest.raises(CheckpointError):
        Task(TEXTS).changed(**better)


@pytest.mark.parametrize(
    ("kind", "head", "outputs", "usual"),
    [
        (TEXTS, DENSE, 3, Task(TEXTS)),
        (TEXTS, DENSE, 1, Task(TEXTS, problem="regression")),
        (TEXTS, None, None, Task()),
        (TEXTS, MASK_HEAD, 50, Task(MASKS)),
        (WORDS, DENSE, 1, Task(WORDS)),
        (ANSWERS, DENSE, 2, Task(ANSWERS)),
        (ANSWERS, DENSE, 4, Task(TEXTS)),
        (MASKS, MASK_HEAD, 50, Task(MASKS)),
        ("encoder", None, None, Task()),
        ("encoder", DENSE, 2, Task(TEXTS)),
    ],
)
def test_the_usual_task_of_a_kind(kind, head, outputs, usual):
    assert Task.usual(kind, head, outputs) == usual


def test_there_is_no_usual_task_of_an_unknown_kind():
    with pytest.raises(CheckpointError, match="task is 'other': it must be one of encoder"):
        Task.usual("other", DENSE, 3)


@pytest.mark.parametrize(
    ("task", "values"),
    [
        (Task(), {"task": "encoder"}),
        (Task(TEXTS, ("bad", "good")), {"task": TEXTS, "labels": ["bad", "good"], "problem": "single-label"}),
        (Task(TEXTS, ("a", "b"), "multi-label"), {"task": TEXTS, "labels": ["a", "b"], "problem": "multi-label"}),
        (Task(TEXTS, problem="regression"), {"task": TEXTS, "labels": [], "problem": "regression"}),
        (Task(WORDS, ("O", "B-PER")), {"task": WORDS, "labels": ["O", "B-PER"]}),
        (Task(ANSWERS), {"task": ANSWERS}),
    ],
    ids=str,
)
def test_as_plain_values_it_says_what_it_has(task, values):
    assert task.to_dict() == values
    assert Task(values["task"], tuple(values.get("labels", ())), values.get("problem")) == task


@pytest.mark.parametrize(
    ("kind", "labels", "message"),
    [
        (TEXTS, "abc", "labels are 'abc': they must be strings"),
        (TEXTS, (0, 1), r"labels are \(0, 1\): they must be strings"),
        (WORDS, ("O", "B-PER", "O"), "labels are O, B-PER, O: each must be different"),
        (ANSWERS, ("start", "end"), "labels are given, but the outputs for question-answering have no names"),
        ("encoder", ("a",), "labels are given, but the outputs for encoder have no names"),
    ],
)
def test_labels_are_distinct_strings_where_outputs_have_names(kind, labels, message):
    with pytest.raises(CheckpointError, match=message) as error:
        Task(kind, labels)
    assert error.value.argument == "labels"


def test_labels_may_be_a_list():
    assert Task(TEXTS).changed(labels=["bad", "good"]) == Task(TEXTS, ("bad", "good"))
    with pytest.raises(CheckpointError, match="labels are 'good': they must be strings"):
        Task(TEXTS).changed(labels="good")
    assert Task(TEXTS, ["bad", "good"]) == Task(TEXTS, ("bad", "good"))
    assert {Task(TEXTS, ["bad", "good"]): 1}


@pytest.mark.parametrize("kind", [None, ["sequence-classification"], "poetry"])
def test_a_kind_that_is_none(kind):
    with pytest.raises(CheckpointError, match="it must be one of encoder, sequence-classification") as error:
        Task(kind)
    assert error.value.argument == "kind"
