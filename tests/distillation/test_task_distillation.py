"""Task distillation: layers first, then predictions; each phase goes on after a kill, for every kind of task."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from reviews import reviews
from tiny_teacher import CONFIG

from tinybert import Task, load
from tinybert.checkpoint import read_checkpoint, save_folder
from tinybert.checkpoint.layouts import POOLER_NAMES
from tinybert.checkpoint.sentence import SentenceSettings
from tinybert.data import AnswerSpan, QuestionExample, TaggedExample, TextExample
from tinybert.distillation.distilling import distill
from tinybert.distillation.phase import Phase
from tinybert.distillation.settings import Objectives
from tinybert.errors import CheckpointError, ConfigError, InputError
from tinybert.training import Trainer, finetune, once
from tinybert.training.log import read_log
from tinybert.weights import build_network, checkpoint_of

TEXTS = reviews(64, 5)
EXAMPLES = {
    "sequence-classification": TEXTS,
    "token-classification": [
        TaggedExample(words := tuple(each.text.split()), tuple("B-X" if word == "film" else "O" for word in words))
        for each in TEXTS
    ],
    "question-answering": [
        QuestionExample(str(row), "what", each.text, (AnswerSpan(each.text.split()[0], 0),))
        for row, each in enumerate(TEXTS)
    ],
    "encoder": [TextExample(each.text, TEXTS[row - 1].text, float(row % 2)) for row, each in enumerate(TEXTS)],
}
SETTINGS = {"epochs": 2, "batch_size": 16, "learning_rate": 5e-3, "max_length": 20, "intermediate_epochs": 2}


@pytest.fixture(scope="session")
def fine_tuned(teacher_folder, tmp_path_factory):
    """The teacher, fine-tuned to tell good reviews from bad ones."""
    folder = tmp_path_factory.mktemp("fine-tuned")
    settings = {"epochs": 6, "batch_size": 16, "learning_rate": 3e-3, "max_length": 20}
    finetune(teacher_folder, reviews(160, 6), folder, task="classify", **settings)
    return folder


def untrained(kind, tokenizer, folder):
    """A teacher for a kind of task that knows nothing of it."""
    labels = {"sequence-classification": ("bad", "good"), "token-classification": ("O", "B-X")}.get(kind, ())
    return save_folder(checkpoint_of(build_network(CONFIG, Task(kind, labels))), folder, tokenizer=tokenizer)


@pytest.mark.slow
def test_a_student_learns_what_a_fine_tuned_teacher_does(fine_tuned, tmp_path):
    said = []
    settings = {**SETTINGS, "epochs": 4, "intermediate_epochs": 4}
    metrics = distill(fine_tuned, TEXTS, tmp_path, from_layers=(0, 2), dev=reviews(40, 7), say=said.append, **settings)
    assert said == ["student layer 0 learns from teacher layer 0, 1 from 2"]
    assert metrics["accuracy"] > 0.9
    student = load(tmp_path)
    texts = [each.text for each in reviews(40, 8)]
    theirs = [found.label for found in load(fine_tuned)(texts)]
    assert np.mean([found.label == label for found, label in zip(student(texts), theirs, strict=True)]) > 0.9
    assert student.model.config.num_hidden_layers == 2
    parts = [
        next(line["parts"] for line in read_log(folder) if "parts" in line)
        for folder in (tmp_path / "intermediate", tmp_path)
    ]
    assert [list(each) for each in parts] == [["embeddings", "hidden", "attention"], ["prediction"]]


@pytest.mark.slow
@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_kind_of_task_is_distilled_and_goes_on_after_a_kill(kind, tokenizer, tmp_path, monkeypatch):
    teacher = untrained(kind, tokenizer, tmp_path / "teacher")
    hard = {} if kind == "encoder" else {"objectives": Objectives(prediction=1.0, hard_labels=0.5)}
    given = {"from_layers": (0, 2), "dev": EXAMPLES[kind][:16], **hard, **SETTINGS}
    unbroken = distill(teacher, EXAMPLES[kind], tmp_path / "unbroken", **given)
    train_on, stops = Trainer._train_on, [3, 8, 2]  # the second is the end of the first phase

    def killed(self, rows):
        train_on(self, rows)
        if self.progress.step == stops[0]:
            self.save()
            raise SystemExit

    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(Trainer, "_train_on", killed)
            with pytest.raises(SystemExit):
                distill(teacher, EXAMPLES[kind], tmp_path / "killed", **given)
        stops.pop(0)
    assert distill(teacher, EXAMPLES[kind], tmp_path / "killed", **given) == unbroken
    one, other = (read_checkpoint(tmp_path / name).tensors for name in ("unbroken", "killed"))
    assert all(np.array_equal(array, other[name]) for name, array in one.items())


@pytest.fixture
def phases(monkeypatch):
    """The phases that would run."""
    found = []
    monkeypatch.setattr(Phase, "run", lambda self, world=None: found.append(self) or {})
    monkeypatch.setattr("tinybert.distillation.task.restored", lambda folder: found[-1].student)
    return found


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_kind_of_task_has_its_phases(kind, phases, tokenizer, tmp_path):
    teacher = untrained(kind, tokenizer, tmp_path / "teacher")
    distill(teacher, EXAMPLES[kind], tmp_path / "student", from_layers=(0, 2), dev=0.25, **SETTINGS)
    first, second = phases
    part = "directions" if kind == "encoder" else "prediction"
    assert (first.objectives.hidden, first.objectives.attention, getattr(first.objectives, part)) == (1, 1, 0)
    assert (second.objectives.hidden, second.objectives.attention, getattr(second.objectives, part)) == (0, 0, 1)
    assert (first.settings.epochs, first.settings.learning_rate) == (2, 5e-5)
    assert (second.settings.epochs, second.settings.learning_rate) == (2, 5e-3)
    assert (first.student.task.kind, second.student.task.kind) == ("encoder", kind)
    assert second.student.task == load(teacher).model.task
    assert len(first.features) == len(first.features.encoding) == (96 if kind == "encoder" else 48)


def test_without_a_first_phase_there_is_one(phases, tokenizer, tmp_path):
    teacher = untrained("sequence-classification", tokenizer, tmp_path / "teacher")
    distill(teacher, TEXTS, tmp_path / "student", from_layers=(0, 2), **{**SETTINGS, "intermediate_epochs": 0})
    assert [phase.objectives.prediction for phase in phases] == [1]


def test_scores_are_distilled_too(phases, tokenizer, tmp_path):
    task = Task("sequence-classification", (), "regression")
    teacher = save_folder(checkpoint_of(build_network(CONFIG, task)), tmp_path / "teacher", tokenizer=tokenizer)
    examples = [TextExample(each.text, label=float(row)) for row, each in enumerate(TEXTS)]
    distill(teacher, examples, tmp_path / "student", from_layers=(0, 2), **SETTINGS)
    assert phases[1].student.task == task
    assert phases[1].features.labels.dtype == np.float32


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"from_layers": None}, InputError, r"nothing says what the student starts from: .*\(from_layers='0,2,3,5'\)"),
        ({"intermediate_epochs": -1}, ConfigError, "intermediate_epochs is -1: it must be an integer of at least 0"),
        ({"config": {"num_attention_heads": 2}}, ConfigError, "learn relations"),
        ({"intermediate_learning_rate": -1}, ConfigError, "intermediate_learning_rate is -1: it must be a number of"),
        ({"epoch": 1}, ConfigError, "unknown setting 'epoch'"),
        ({"config": {"vocab_size": 9}}, ConfigError, "vocab_size is 9: the teacher's texts have ids for"),
        ({"config": {"type_vocab_size": 1}}, ConfigError, "type_vocab_size is 1: the teacher's texts have ids for 2"),
        ({"class_weights": "balanced"}, ConfigError, "class weights are for the loss of true labels, whose weight is"),
        ({"matryoshka": "12"}, ConfigError, "matryoshka is for fine-tuning embeddings .*, not for distilling"),
        (
            {"class_weights": "fine=2", "objectives": Objectives(hard_labels=1.0)},
            ConfigError,
            "no label is called 'fine'; there are bad, good",
        ),
        (
            {"objectives": Objectives(vectors=1.0)},
            ConfigError,
            "vectors has a weight, but a distillation for sequence-",
        ),
    ],
)
def test_what_does_not_fit_is_said(tokenizer, tmp_path, changes, error, message):
    teacher = untrained("sequence-classification", tokenizer, tmp_path / "teacher")
    with pytest.raises(error, match=message):
        distill(teacher, TEXTS, tmp_path / "student", **{"from_layers": (0, 2), **SETTINGS, **changes})
    assert not (tmp_path / "student").exists()


def test_class_weights_count_in_the_loss_of_true_labels(phases, tokenizer, tmp_path):
    teacher = untrained("sequence-classification", tokenizer, tmp_path / "teacher")
    given = {**SETTINGS, "objectives": Objectives(hard_labels=1.0), "class_weights": {"good": 3}}
    distill(teacher, TEXTS, tmp_path / "student", from_layers=(0, 2), **given)
    assert phases[0].features.class_weights is None
    assert phases[1].features.class_weights.tolist() == [1, 3]
    assert phases[1].hard_labels.class_weights.asnumpy().tolist() == [1, 3]


@pytest.mark.parametrize("epochs", [0, 1])
def test_a_teacher_may_lack_a_pooler_as_those_of_hugging_face_do(tokenizer, tmp_path, monkeypatch, epochs):
    untrained("question-answering", tokenizer, tmp_path / "teacher")
    read = read_checkpoint(tmp_path / "teacher")
    without = {name: array for name, array in read.tensors.items() if name not in POOLER_NAMES}
    teacher = save_folder(dataclasses.replace(read, tensors=without), tmp_path / "teacher", tokenizer=tokenizer)
    assert not read_checkpoint(teacher).has_pooler
    monkeypatch.setattr(Trainer, "_train_on", lambda self, rows: self.progress.__setattr__("step", 1))
    monkeypatch.setattr(once, "draw_curves", lambda folder: None)
    given = {**SETTINGS, "intermediate_epochs": epochs}
    distill(teacher, EXAMPLES["question-answering"], tmp_path / "student", from_layers=(0, 2), **given)
    assert load(tmp_path / "student").model.task.kind == "question-answering"


def test_a_first_phase_without_parts_is_left_out(phases, tokenizer, tmp_path):
    teacher = untrained("sequence-classification", tokenizer, tmp_path / "teacher")
    alone = Objectives(embeddings=0, hidden=0, attention=0, prediction=2.0)
    distill(teacher, TEXTS, tmp_path / "student", from_layers=(0, 2), objectives=alone, **SETTINGS)
    assert [phase.objectives.prediction for phase in phases] == [2]


def test_without_a_first_phase_neither_heads_nor_layers_need_to_fit(phases, tokenizer, tmp_path):
    teacher = untrained("sequence-classification", tokenizer, tmp_path / "teacher")
    changed = {"num_attention_heads": 2, "num_hidden_layers": 5}
    small = CONFIG.replace(**changed)
    student = save_folder(checkpoint_of(build_network(small, Task())), tmp_path / "model", tokenizer=tokenizer)
    distill(teacher, TEXTS, tmp_path / "student", student=student, **{**SETTINGS, "intermediate_epochs": 0})
    assert phases[0].student.config.num_hidden_layers == 5


@pytest.mark.parametrize(
    ("teacher_has", "student_has", "message"),
    [
        ({}, {"hidden_size": 16}, "the student's vectors have 16 numbers, the teacher's 24"),
        ({"pooling": ("max",)}, {}, "cannot be learned: it has dense layers, or a pooling that is neither mean nor"),
    ],
)
def test_vectors_that_cannot_be_learned_are_said_before_the_first_phase(
    phases, teacher, tokenizer, tmp_path, teacher_has, student_has, message
):
    settled = dataclasses.replace(teacher, sentence=SentenceSettings(**teacher_has))
    folder = save_folder(settled, tmp_path / "teacher", tokenizer=tokenizer)
    with pytest.raises(ConfigError, match=message):
        distill(folder, EXAMPLES["encoder"], tmp_path, from_layers=(0, 2), config=student_has, **SETTINGS)
    assert not phases


def test_a_teacher_is_not_overwritten(tokenizer, tmp_path):
    teacher = untrained("sequence-classification", tokenizer, tmp_path / "teacher")
    with pytest.raises(InputError, match="which would be overwritten"):
        distill(teacher, TEXTS, tmp_path / "." / "teacher", from_layers=(0, 2), **SETTINGS)


def test_a_teacher_for_another_task_is_refused(tokenizer, tmp_path):
    from tinybert.distillation.task import check_head

    teacher = read_checkpoint(untrained("sequence-classification", tokenizer, tmp_path / "teacher"))
    message = "is for sequence-classification, and cannot teach question-answering: its students come from tinybert"
    with pytest.raises(CheckpointError, match=message):
        check_head(teacher, Task("question-answering"))


def test_labels_that_the_teacher_does_not_know_are_named(tokenizer, tmp_path):
    teacher = untrained("sequence-classification", tokenizer, tmp_path / "teacher")
    examples = [TextExample("the film", label="fine")] * 4
    with pytest.raises(InputError, match="example 0 has the label 'fine'; the model's labels are bad, good"):
        distill(teacher, examples, tmp_path / "student", from_layers=(0, 2), **SETTINGS)


def test_a_teacher_without_a_head_is_to_be_fine_tuned_first(teacher_folder, tmp_path):
    from tinybert.distillation.task import check_head

    with pytest.raises(CheckpointError, match=r"is an encoder alone.*Fine-tune it first: tinybert finetune tag"):
        check_head(read_checkpoint(teacher_folder), Task("token-classification"))
