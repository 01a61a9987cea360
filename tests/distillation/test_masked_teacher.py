"""A masked language model teaches as the encoder that it is."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_teacher import CONFIG

from tinybert import Task
from tinybert.checkpoint import save_folder
from tinybert.data import TextExample
from tinybert.distillation.distilling import prepare_task
from tinybert.distillation.general import prepare_general
from tinybert.distillation.settings import Objectives, PhaseSettings, PredictionSettings
from tinybert.distillation.starting import StudentChoice
from tinybert.errors import CheckpointError
from tinybert.training.settings import TrainingSettings
from tinybert.weights import build_network, checkpoint_of

CHOICE = StudentChoice(from_layers=(0, 2))


@pytest.fixture(scope="module")
def masked(fill, tokenizer, tmp_path_factory):
    network = fill(build_network(CONFIG, Task("masked-language-modeling")), seed=2)
    return save_folder(checkpoint_of(network), tmp_path_factory.mktemp("masked"), tokenizer=tokenizer)


def test_general_distillation_takes_its_encoder(masked, lines, tmp_path):
    (tmp_path / "text.txt").write_text("\n".join(lines), encoding="utf-8")
    prepared = prepare_general(
        masked,
        str(tmp_path / "text.txt"),
        tmp_path / "student",
        choice=CHOICE,
        held_out=0.2,
        objectives=None,
        settings=TrainingSettings(),
    )
    assert (prepared.teacher.task, prepared.teacher.head) == (Task(), None)
    assert prepared.student.task == Task()


def prepare(masked, output, task):
    return prepare_task(
        masked,
        [TextExample("good", "great", label=0.9), TextExample("good", "bad", label=0.1)],
        output,
        task=task,
        choice=CHOICE,
        dev=None,
        table=None,
        objectives=Objectives(directions=1.0),
        phases=PhaseSettings(),
        settings=PredictionSettings(),
    )


@pytest.mark.parametrize("task", [None, "encoder"])
def test_task_distillation_teaches_embeddings(masked, tmp_path, task):
    prepared = prepare(masked, tmp_path / "student", task)
    assert (prepared.task, prepared.teacher.head) == (Task(), None)
    embeddings = prepared.student.embedding_table.asnumpy()
    np.testing.assert_array_equal(embeddings, prepared.teacher.tensors["tinybert_embedding_lookup.embedding_table"])


def test_it_cannot_teach_a_task_and_how_to_fine_tune_it_is_said(masked, tmp_path):
    with pytest.raises(CheckpointError, match=r"cannot teach to classify. Fine-tune it first: tinybert finetune class"):
        prepare(masked, tmp_path / "student", "sequence-classification")
