"""Every layer supports every kind of task: each table lists all kinds, and no code compares their names."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import tinybert
from tinybert.checkpoint.heads import HEADS
from tinybert.checkpoint.huggingface_config import ARCHITECTURES
from tinybert.cli import evaluate as evaluate_command
from tinybert.cli.app import COMMANDS
from tinybert.cli.distill_task import WHAT
from tinybert.cli.finetune import NEXT
from tinybert.data import AnswerSpan, QuestionExample, TaggedExample, TextExample, labelled, split
from tinybert.errors import InputError
from tinybert.evaluation.predicting import PREDICTORS
from tinybert.evaluation.scorers import SCORERS, scorer_for
from tinybert.modeling.heads import NETWORKS
from tinybert.task import KINDS, LEARNED, Task
from tinybert.tasks import TASKS
from tinybert.training.learning import LEARNING

SOURCE = Path(tinybert.__file__).parent
TABLES = {
    "networks": NETWORKS,
    "classes of transformers": ARCHITECTURES,
    "task objects": TASKS,
    "commands": COMMANDS,
}
OF_LEARNED = {
    "examples": labelled.EXAMPLES,
    "readers of examples": labelled._READERS,
    "splits": split._PARTS,
    "scorers": SCORERS,
    "predictors": PREDICTORS,
    "learning": LEARNING,
    "commands to try": NEXT,
    "writers of predictions": evaluate_command.WRITERS,
    "what students learn": WHAT,
}
WITH_HEAD = [name for name, kind in KINDS.items() if kind.has_head]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_every_kind(table):
    assert list(TABLES[table]) == list(KINDS)


@pytest.mark.parametrize("table", OF_LEARNED)
def test_every_table_about_learning_has_every_kind_that_is_learned(table):
    assert list(OF_LEARNED[table]) == list(LEARNED)


@pytest.mark.parametrize("kind", [name for name in KINDS if name not in LEARNED])
def test_a_kind_that_is_not_learned_is_refused_and_what_trains_encoders_is_named(kind, tmp_path):
    command = KINDS[kind].command
    texts = [TextExample("a", label="b")]
    for learn in (
        lambda: tinybert.finetune("nothing", texts, tmp_path, task=command),
        lambda: tinybert.finetune("nothing", "nothing.csv", tmp_path, task=command),
        lambda: scorer_for(Task(kind), (), texts),
        lambda: labelled.read_examples(kind, "nothing.csv"),
        lambda: split.split(kind, texts, 0.5, seed=1),
    ):
        with pytest.raises(InputError, match=f"{kind} is not learned from labelled examples.*tinybert distill general"):
            learn()


def test_every_head_has_its_parameters():
    assert list(HEADS) == WITH_HEAD
    for kind, head in HEADS.items():
        assert {name.partition(".")[0] for name in head.names} == {KINDS[kind].head}
        assert head.outputs in head.names


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_those_of_the_class_and_of_the_command(kind):
    facts = KINDS[kind]
    assert facts.name == kind
    assert TASKS[kind].__name__ == facts.used_by
    assert TASKS[kind].kind == kind
    assert getattr(tinybert, facts.used_by) is TASKS[kind]
    assert COMMANDS[kind].__name__ == facts.command


@pytest.mark.parametrize("kind", KINDS)
def test_facts_are_those_of_the_network(kind, make_encoder):
    facts, network = KINDS[kind], NETWORKS[kind]
    assert (network is not None) == facts.has_head
    if network is not None:
        arguments = inspect.signature(network).parameters
        assert ("labels" in arguments) == facts.has_labels
        assert ("problem" in arguments) == bool(facts.problems)
        # A masked language model has an output for each word of the vocabulary.
        assert ("num_labels" in arguments) == (facts.outputs is None and not facts.is_pretraining)
        made = network.for_task(make_encoder(), Task(kind), facts.outputs or 3)
        assert made.task == Task(kind)
        assert {name for name, _ in made.parameters_and_names() if not name.startswith("bert.")} == {*HEADS[kind].names}


EXAMPLES = {
    ("encoder", "scores"): ([TextExample("a", "b", label=score) for score in (0.1, 0.5, 0.9)], [0.1, 0.5, 0.9]),
    ("encoder", "matches"): ([TextExample("a", "b"), TextExample("c", "d")], [1, 1]),
    ("sequence-classification", "single-label"): ([TextExample("a", label="x"), TextExample("b", label="y")], "xy"),
    ("sequence-classification", "multi-label"): (
        [TextExample("a", label=("x", "y")), TextExample("b", label=())],
        [["x", "y"], []],
    ),
    ("sequence-classification", "regression"): (
        [TextExample("a", label=score) for score in (1.0, 2.0, 4.0)],
        [1.0, 2.0, 4.0],
    ),
    ("token-classification", "tags"): ([TaggedExample(("a", "b"), ("O", "B-PER"))], [["O", "B-PER"]]),
    ("token-classification", "words"): ([TaggedExample(("a", "b"), ("noun", "verb"))], [["noun", "verb"]]),
    ("question-answering", "answers"): ([QuestionExample("1", "Who?", "Ann did.", (AnswerSpan("Ann", 0),))], ["Ann"]),
}
LABELS = {"tags": ("O", "B-PER"), "words": ("noun", "verb")}


def test_every_form_of_examples_is_tested():
    assert sorted(EXAMPLES) == sorted((name, form) for name, kind in KINDS.items() for form in kind.key_metrics)


@pytest.mark.parametrize(("kind", "form"), EXAMPLES)
def test_the_key_metric_of_each_form_is_one_of_its_metrics(kind, form):
    examples, right = EXAMPLES[kind, form]
    assert all(isinstance(example, labelled.EXAMPLES[kind]) for example in examples)
    task = Task(kind, problem=form if form in KINDS[kind].problems else None)
    scorer = scorer_for(task, LABELS.get(form, ("x", "y")), examples)
    assert (scorer.form, scorer.key_metric) == (form, KINDS[kind].key_metrics[form])
    if form in ("scores", "matches", "regression", "answers"):
        with pytest.raises(InputError, match="a report is of classes or entities"):
            scorer.report(list(right))
    else:
        assert "1.00    1.00  1.00" in scorer.report(list(right))
    best = 100 if form == "answers" else 1  # as the scorers of SQuAD say it
    assert scorer.score(list(right))[scorer.key_metric] == pytest.approx(best)


NAMES = {*KINDS, *(kind.command for kind in KINDS.values())}
PARTS = {part for kind in KINDS for part in (kind, *kind.split("-"), *kind.replace("-", "-|-").split("|"))} - {
    "question"
}
"""The parts of kind names, with and without hyphens, except the word `question`, a key in data."""
CONSTANTS = {kind.upper().replace("-", "_") for kind in KINDS}
CUTTING = ("endswith", "startswith", "removeprefix", "removesuffix", "partition", "rpartition", "find")


def says_a_kind(node):
    """Return whether an expression contains the name of a kind, a part of one, or its constant."""
    parts = list(ast.walk(node))
    texts = {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    constants = {part.id for part in parts if isinstance(part, ast.Name)}
    constants |= {part.attr for part in parts if isinstance(part, ast.Attribute)}
    return bool(texts & (NAMES | PARTS) or constants & CONSTANTS)


def branches(tree):
    """Return the places in a file that depend on the name of a kind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.match_case):
            inside = [node.pattern] if isinstance(node, ast.match_case) else [node.left, *node.comparators]
            if any(map(says_a_kind, inside)):
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            cut = node.func.attr in CUTTING and any(map(kind_is_cut, ast.walk(node.args[0])))
            table_on_the_spot = node.func.attr == "get" and isinstance(node.func.value, ast.Dict)
            if cut or (table_on_the_spot and says_a_kind(node.func.value)):
                yield node


def kind_is_cut(node):
    """Return whether a value is a prefix or suffix of the name of a kind."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return text in PARTS


def test_no_file_compares_the_name_of_a_kind():
    files = sorted(SOURCE.rglob("*.py"))
    assert len(files) > 100
    found = [
        f"{file.relative_to(SOURCE)}: {ast.unparse(node)}"
        for file in files
        for node in branches(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert found == [], "look it up in a table by kind, or make it a fact of `Kind`"


@pytest.mark.parametrize(
    "code",
    [
        'kind == "encoder"',
        '"classify" != name',
        'kind in ("sequence-classification", "token-classification")',
        'kind.endswith("classification")',
        'kind.startswith("token-")',
        'kind.startswith("question-")',
        "task.kind == QUESTION_ANSWERING.name",
        "task.facts is ENCODER",
        'match kind:\n    case "encoder":\n        pass',
        '"classification" in kind',
        'kind.split("-")[0] == "token"',
        'kind[:5] == "token"',
        'kind.removesuffix("-classification")',
        "kind == task.ENCODER.name",
        "facts is task_module.ENCODER",
        '{"encoder": one}.get(kind, other)',
    ],
)
def test_a_comparison_would_be_found(code):
    assert len(list(branches(ast.parse(code)))) == 1
