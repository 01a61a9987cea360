"""A teacher's vectors are computed once, kept, and learned as if the teacher were computed in each step."""

from __future__ import annotations

import dataclasses
import gzip

import numpy as np
import pytest

from tinybert import Embedder
from tinybert.checkpoint import read_checkpoint
from tinybert.checkpoint.sentence import SentenceSettings
from tinybert.distillation import texts
from tinybert.distillation.general import distill_general, prepare_general
from tinybert.distillation.packing import Packing
from tinybert.distillation.settings import Objectives
from tinybert.distillation.shard_rows import ShardRows
from tinybert.distillation.starting import StudentChoice
from tinybert.distillation.task import NOTHING
from tinybert.distillation.teacher_vectors import teacher_vectors
from tinybert.distillation.tokenizing import tokenized
from tinybert.errors import ConfigError, InputError
from tinybert.runtime.base import EncoderOutputs
from tinybert.runtime.mindspore import MindSporeRuntime
from tinybert.training import TrainingSettings

LENGTH = 12
VECTORS = Objectives(**{**NOTHING, "directions": 1.0, "vectors": 0.5})


@pytest.fixture
def rows(lines, tmp_path, tokenizer, monkeypatch):
    """Rows in three shards."""
    monkeypatch.setattr(texts, "LINES", 30)
    (tmp_path / "text.txt").write_text("\n".join(lines))
    shards = tokenized([str(tmp_path / "text.txt")], tmp_path / "shards", Packing(tokenizer, LENGTH))
    return ShardRows.of(shards, 0)


def test_vectors_are_those_of_the_teacher_and_are_computed_once(rows, teacher, teacher_folder, lines, monkeypatch):
    found = teacher_vectors(rows, teacher)
    expected = Embedder.from_pretrained(teacher_folder)(lines, max_length=LENGTH, normalize=False)
    order = [70, 3, 41, 3]
    np.testing.assert_allclose(found.read(order), expected[order], atol=1e-5)
    assert len({path.stat().st_size for path in found.paths[:2]}) == 1

    encode, computed = MindSporeRuntime.encode, []
    monkeypatch.setattr(
        MindSporeRuntime, "encode", lambda self, given: computed.append(len(given[0])) or encode(self, given)
    )
    assert teacher_vectors(rows, teacher).paths == found.paths
    assert not computed
    found.paths[1].unlink()  # as if killed before it was whole
    before = found.paths[0].read_bytes()
    teacher_vectors(rows, teacher)
    assert (sum(computed), found.paths[0].read_bytes()) == (30, before)
    np.testing.assert_allclose(found.read(order), expected[order], atol=1e-5)


def test_another_teacher_pooling_or_text_has_files_of_its_own(rows, teacher, tokenizer, tmp_path, monkeypatch):
    def ones(self, given):
        return EncoderOutputs(np.ones((*given[0].shape, 24), np.float32), None)

    monkeypatch.setattr(MindSporeRuntime, "encode", ones)
    others = [
        dataclasses.replace(teacher, sentence=SentenceSettings(("first",))),
        dataclasses.replace(teacher, config=teacher.config.replace(layer_norm_eps=0.1)),
        dataclasses.replace(teacher, tensors={name: array + 1 for name, array in teacher.tensors.items()}),
    ]
    found = [teacher_vectors(rows, each).paths for each in (teacher, *others)]
    (tmp_path / "text.txt").write_text("the film\n" * 99)
    (tmp_path / "shards" / "shards.json").unlink()
    shards = tokenized([str(tmp_path / "text.txt")], tmp_path / "shards", Packing(tokenizer, LENGTH))
    found.append(teacher_vectors(ShardRows.of(shards, 0), teacher).paths)
    assert len({paths[0] for paths in found}) == 5


@pytest.mark.parametrize("spoil", [lambda content: content[:-3], lambda content: content[:-1] + b"\xff"])
def test_damaged_vectors_are_named(rows, teacher, spoil):
    path = teacher_vectors(rows, teacher).paths[2]
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match=rf"{path.name} is not as it was written: .* Remove the file"):
        teacher_vectors(rows, teacher)


def test_rows_with_vectors_have_them_as_labels(rows, teacher):
    vectors = teacher_vectors(rows, teacher)
    some = dataclasses.replace(rows, vectors=vectors).take(np.array([5, 60, 79]))
    *inputs, labels = some.batch([2, 0])
    np.testing.assert_array_equal(labels, vectors.read([79, 5]))
    assert inputs[0].tolist() == rows.batch([79, 5])[0].tolist()
    assert (some.labels.shape, some.labels.dtype, some.amount(labels)) == ((3, 24), np.float32, 2.0)
    assert some.digest != rows.take(np.array([5, 60, 79])).digest


@pytest.mark.slow
def test_a_student_learns_the_same(lines, tmp_path, teacher_folder, monkeypatch):
    monkeypatch.setattr(texts, "LINES", 30)
    (tmp_path / "text.txt.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    given = {"from_layers": (0, 2), "held_out": 0.2, "objectives": VECTORS, "epochs": 2, "batch_size": 16}
    losses = [
        distill_general(
            teacher_folder,
            str(tmp_path / "text.txt.gz"),
            tmp_path / f"student{kept}",
            keep_vectors=kept,
            learning_rate=5e-3,
            max_length=LENGTH,
            **given,
        )["held_out_loss"]
        for kept in (False, True)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    one, other = (read_checkpoint(tmp_path / f"student{kept}").tensors for kept in (False, True))
    for name, array in one.items():
        np.testing.assert_allclose(array, other[name], atol=1e-3, err_msg=name)
    assert not (tmp_path / "studentTrue" / "shards").exists()


def test_layers_cannot_be_learned_from_vectors(tmp_path, teacher_folder):
    with pytest.raises(ConfigError, match="embeddings has a weight, but a distillation for vectors alone"):
        prepare_general(
            teacher_folder,
            "none.txt",
            tmp_path / "student",
            choice=StudentChoice(from_layers=(0, 2)),
            held_out=0,
            keep_vectors=True,
            objectives=Objectives(directions=1.0),
            settings=TrainingSettings(),
        )
