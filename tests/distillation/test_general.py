"""General distillation: a student learns on raw text, goes on after a kill, and says what does not fit."""

from __future__ import annotations

import dataclasses
import gzip
import json

import numpy as np
import pytest
from tiny_teacher import CONFIG

from tinybert import Embedder
from tinybert.checkpoint import Checkpoint, read_checkpoint, save_checkpoint, save_folder
from tinybert.checkpoint.sentence import Dense, SentenceSettings
from tinybert.distillation.general import distill_general
from tinybert.distillation.packing import Packing
from tinybert.distillation.settings import Objectives
from tinybert.distillation.shards import write_shard
from tinybert.distillation.texts import find_files, read_lines
from tinybert.errors import CheckpointError, ConfigError, InputError, OutputError
from tinybert.text import BertTokenizer, Vocabulary
from tinybert.training import Trainer, once
from tinybert.training.divergence import Divergence
from tinybert.training.state import STATE, saved_progress

SETTINGS = {"epochs": 4, "batch_size": 16, "learning_rate": 5e-3, "max_length": 12}
OBJECTIVES = Objectives(directions=1.0)


@pytest.fixture
def text(tmp_path, lines):
    path = tmp_path / "text.txt.gz"
    path.write_bytes(gzip.compress("\n\n".join(lines).encode()))
    return path


@pytest.fixture
def distill(teacher_folder, text, tmp_path):
    """A function that distils with other arguments than usual."""

    def distill(output="student", **changes):
        arguments = {"from_layers": (0, 2), "held_out": 0.2, "objectives": OBJECTIVES, **SETTINGS, **changes}
        source = arguments.pop("text", str(text))
        return distill_general(arguments.pop("teacher", teacher_folder), source, tmp_path / output, **arguments)

    return distill


def log(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_a_student_learns_what_its_teacher_does(distill, tmp_path, teacher, teacher_folder, lines):
    said = []
    metrics = distill(say=said.append)
    assert said == [
        "student layer 0 learns from teacher layer 0, 1 from 2",
        "64 lines to learn from, 16 held out",
    ]
    folder = tmp_path / "student"
    evaluations = [line["metrics"]["held_out_loss"] for line in log(folder) if "metrics" in line]
    assert metrics["held_out_loss"] == min(evaluations) < 0.7 * evaluations[0]
    steps = [line for line in log(folder) if "loss" in line]
    assert list(steps[0]["parts"]) == ["embeddings", "hidden", "attention", "directions"]
    assert steps[-1]["loss"] == pytest.approx(sum(steps[-1]["parts"].values()), rel=1e-4)
    student = read_checkpoint(folder)
    assert student.config == CONFIG.replace(num_hidden_layers=2, seq_length=12)
    assert json.loads((folder / "training.json").read_text())["model"] == read_checkpoint(teacher_folder).source
    assert not (folder / STATE).exists()
    one, other = (Embedder.from_pretrained(each)(lines[:8]) for each in (folder, teacher_folder))
    assert (one * other).sum(axis=1).mean() > 0.8


@pytest.mark.slow
def test_a_killed_distillation_ends_with_the_same_weights(distill, tmp_path, monkeypatch):
    distill("unbroken", config={"hidden_size": 16, "hidden_dropout_prob": 0.1}, objectives=Objectives())
    train_on = Trainer._train_on

    def killed(self, rows):
        train_on(self, rows)
        if self.progress.step == 7:
            self.save()
            raise SystemExit

    def killed_at_a_shard(path, rows):
        if path.name == "00002.safetensors":
            raise SystemExit
        return write_shard(path, rows)

    monkeypatch.setattr("tinybert.distillation.texts.LINES", 30)  # many shards in place of one
    for name, replaced in (
        ("tinybert.distillation.tokenizing.write_shard", killed_at_a_shard),
        ("tinybert.training.trainer.Trainer._train_on", killed),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(name, replaced)
            with pytest.raises(SystemExit):
                distill("killed", config={"hidden_size": 16, "hidden_dropout_prob": 0.1}, objectives=Objectives())
    assert saved_progress(tmp_path / "killed").step == 7
    assert len([*(tmp_path / "killed" / "shards").glob("*.safetensors")]) == 3
    distill("killed", config={"hidden_size": 16, "hidden_dropout_prob": 0.1}, objectives=Objectives())
    one, other = (read_checkpoint(tmp_path / name).tensors for name in ("unbroken", "killed"))
    assert all(np.array_equal(array, other[name]) for name, array in one.items())
    assert not (tmp_path / "killed" / "shards").exists()


def test_what_has_ended_is_not_another_distillation(distill, monkeypatch):
    monkeypatch.setattr(Trainer, "_train_on", lambda self, rows: self.progress.__setattr__("step", 1))
    monkeypatch.setattr(once, "draw_curves", lambda folder: None)
    distill(held_out=0)
    with pytest.warns(UserWarning, match="was finished before"):
        distill(held_out=0)
    with pytest.raises(CheckpointError, match=r"objectives temperature: 1\.0 then, 2\.0 now"):
        distill(held_out=0, objectives=Objectives(directions=1.0, temperature=2.0))


def test_a_narrower_student_has_none_of_its_teachers_dense_layers(distill, teacher, tokenizer, tmp_path, monkeypatch):
    dense = Dense(np.zeros((5, 24), np.float32))
    settled = dataclasses.replace(teacher, sentence=SentenceSettings(("first",), (dense,), normalize=True))
    folder = save_folder(settled, tmp_path / "dense", tokenizer=tokenizer)
    monkeypatch.setattr(Trainer, "_train_on", lambda self, rows: self.progress.__setattr__("step", 1))
    monkeypatch.setattr(once, "draw_curves", lambda folder: None)
    for width, layers in ((24, 1), (16, 0)):
        given = {"config": {"hidden_size": width}, "held_out": 0, "objectives": Objectives()}
        distill(f"student{width}", teacher=folder, **given)
        found = read_checkpoint(tmp_path / f"student{width}").sentence
        assert (found.pooling, len(found.dense), found.normalize) == (("first",), layers, True)


def test_a_folder_of_shards_serves_several_trainings(distill, tmp_path, lines, monkeypatch):
    monkeypatch.setattr(Trainer, "_train_on", lambda self, rows: self.progress.__setattr__("step", 1))
    monkeypatch.setattr(once, "draw_curves", lambda folder: None)
    given = {"shards": tmp_path / "tokens", "held_out": 0, "objectives": Objectives()}
    distill("one", **given)
    assert {"00000.safetensors", "shards.json"} < {path.name for path in (tmp_path / "tokens").iterdir()}
    monkeypatch.setattr(Packing, "rows", None)
    distill("other", **given)
    assert not [*tmp_path.glob("o*/shards")]


def test_lines_are_packed_into_rows(distill, monkeypatch, lines, text):
    text.write_bytes(gzip.compress("\n".join(lines).encode()))
    monkeypatch.setattr("tinybert.distillation.phase.Phase.run", lambda self: {"rows": len(self.features)})
    said = []
    rows = distill(pack=True, held_out=0, say=said.append)["rows"]
    assert rows < 0.7 * len(lines)
    assert said[-1] == f"{rows} rows to learn from, 0 held out"


def test_neither_teacher_nor_start_is_overwritten(distill, teacher_folder):
    for given in ({}, {"student": teacher_folder, "from_layers": None}):
        with pytest.raises(InputError, match="which would be overwritten"):
            distill(teacher_folder, **given)


def test_a_part_that_is_not_finite_is_named(distill, monkeypatch):
    def check(self, progress, loss, rate, parts):
        original(self, progress, float("nan"), rate, {**parts, "attention": float("inf")})

    original = Divergence.check
    monkeypatch.setattr(Divergence, "check", check)
    monkeypatch.setattr("tinybert.training.steps.Steps.run", lambda *given: 1.0)
    with pytest.raises(OutputError, match=r"at step 1 the loss, or a gradient, is nan \(attention inf\): the network"):
        distill()


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"config": {"num_attention_heads": 2}}, ConfigError, "2 attention heads, the teacher 4: .*learn relations"),
        ({"config": {"hidden_size": 16}}, ConfigError, "the student's vectors have 16 numbers, the teacher's 24"),
        ({"objectives": Objectives(relations=1, relation_heads=7)}, ConfigError, "7, which does not divide the width"),
        ({"from_layers": (0, 3)}, ConfigError, "there is no layer 3"),
        ({"student": "here"}, InputError, "either a model or layers of the teacher"),
        ({"held_out": 1.5}, InputError, "held_out is 1.5: it must be from 0 to less than 1"),
        ({"text": "none/*.txt"}, InputError, r"no file matches none/\*.txt"),
        ({"text": "none.txt"}, InputError, "none.txt cannot be read"),
        ({"epochs": 0}, ConfigError, "epochs is 0"),
        ({"objectives": Objectives(prediction=1)}, ConfigError, "prediction has a weight, but a distillation for enc"),
        ({"class_weights": "balanced"}, ConfigError, "class weights are for labels, and raw text has none"),
        ({"matryoshka": "12"}, ConfigError, "matryoshka is for fine-tuning embeddings .*, not for distilling"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_written(distill, tmp_path, changes, error, message):
    with pytest.raises(error, match=message):
        distill(**changes)
    assert not (tmp_path / "student").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "a.txt has no text"),
        ("a.txt", b" \n\n", "a.txt has no text"),
        ("a.txt.gz", b"plain", "a.txt.gz cannot be read: Not a gzipped file"),
        ("a.txt.gz", gzip.compress(b"the film\n" * 99, mtime=0)[:-9], "a.txt.gz is damaged"),
        ("a.txt", "the film".encode("utf-16"), "a.txt, line 1: the file is UTF-16: convert the file to UTF-8$"),
        ("a.bin", bytes(range(256)), "a.bin, line 1: "),
        ("a.txt", b"Das ist ein Satz.\n", r"a.txt: 100% of its tokens are \[UNK\] in the teacher's vocabulary"),
    ],
)
def test_files_that_are_no_text(distill, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        distill(text=str(tmp_path / name))


def test_patterns_and_names_that_look_like_them(tmp_path):
    (tmp_path / "a[1].txt").write_text("the film\n")
    (tmp_path / "folder.txt").mkdir()
    assert find_files([str(tmp_path / "a[1].txt")]) == find_files([f"{tmp_path}/*.txt"]) == [f"{tmp_path}/a[1].txt"]


def test_files_that_are_held_out(distill, tmp_path, lines, monkeypatch):
    found = []
    monkeypatch.setattr(
        "tinybert.distillation.phase.Phase.run",
        lambda self: found.append((len(self.features), self.selection.examples)) or {},
    )
    said = []
    for text in ("the film\na book\n", "the film\na film\n"):
        (tmp_path / "dev.txt").write_text(text)
        distill(f"student of {text}", held_out=str(tmp_path / "dev.txt"), say=said.append)
    assert said[1::2] == [f"{len(lines)} lines to learn from, 2 held out"] * 2
    (rows, examples), (same_rows, other_examples) = found
    assert rows == same_rows == len(lines)
    assert examples != other_examples  # or a state would go on with another dev set


def test_a_share_that_leaves_nothing(distill, tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"held_out is 0.999: of 80 rows that is all"):
        distill(held_out=0.999)
    monkeypatch.setattr("tinybert.distillation.phase.Phase.run", lambda self: {})
    monkeypatch.setattr(Packing, "rows", None)
    distill(held_out=0.5)  # with what was tokenized


def test_a_checkpoint_file_teaches_with_a_vocabulary(distill, teacher_folder, tmp_path, monkeypatch):
    file = save_checkpoint(read_checkpoint(teacher_folder), tmp_path / "teacher.ckpt")
    given = {"teacher": file, "config": {"num_hidden_layers": 2}}
    with pytest.raises(InputError, match="vocabulary="):
        distill(**given)
    found = []
    monkeypatch.setattr("tinybert.distillation.phase.Phase.run", lambda self: found.append(self.tokenizer) or {})
    distill(**given, vocabulary=teacher_folder / "vocab.txt")
    assert found[0].vocab_size == 20


def test_a_file_that_is_named_twice_is_read_once(tmp_path):
    (tmp_path / "A.TXT.GZ").write_bytes(gzip.compress(b"the film\n", mtime=0))
    name = str(tmp_path / "A.TXT.GZ")
    assert find_files([name, name.replace("/A.TXT", "/./A.TXT"), f"{tmp_path}/*.GZ"]) == [name]
    assert [text for text, _ in read_lines(name)] == ["the film"]


def test_another_vocabulary_is_refused(distill, tmp_path, teacher: Checkpoint):
    tokens = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnop")
    other = save_folder(teacher, tmp_path / "other", tokenizer=BertTokenizer(Vocabulary(tokens)))
    with pytest.raises(InputError, match="the student's vocabulary has 20 tokens, the teacher's 20, and they are not"):
        distill(student=other, from_layers=None)
