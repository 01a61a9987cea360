"""Arguments of a fine-tuning are checked before anything is written, and used unchanged."""

import dataclasses
import gc
import json

import pytest

import tinybert
from tinybert.checkpoint import Checkpoint
from tinybert.data import AnswerSpan, QuestionExample, TaggedExample
from tinybert.errors import ConfigError, InputError
from tinybert.task import Task
from tinybert.tasks import load_model
from tinybert.training import FineTuning, TrainingSettings

TASK = Task("sequence-classification", ("bad", "good"))
SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=1e-2, max_length=16)


def test_a_dev_set_that_cannot_be_scored_stops_a_training_before_it_begins(tmp_path, make_encoder, tokenizer):
    task = Task("token-classification", ("O", "B-X"))
    examples, dev = [TaggedExample(("film", "is"), ("O", "B-X"))] * 8, [TaggedExample(("film", "is"))]
    with pytest.raises(InputError, match="example 0 has no labels"):
        FineTuning(make_encoder(), tokenizer, task, examples, tmp_path / "model", dev=dev, settings=SETTINGS)
    assert not (tmp_path / "model").exists()


def test_training_data_that_do_not_fit_the_task_leave_no_folder(tmp_path, make_encoder, tokenizer, train):
    mixed = [*train[:4], dataclasses.replace(train[4], pair="the film")]
    with pytest.raises(InputError, match="is one text, but others are pairs"):
        FineTuning(make_encoder(), tokenizer, TASK, mixed, tmp_path / "model", settings=SETTINGS).run()
    assert not (tmp_path / "model").exists()


def test_a_training_does_not_hold_the_arrays_that_its_network_was_made_of(source, tmp_path, train, monkeypatch):
    before, held = checkpoints(), []
    monkeypatch.setattr(FineTuning, "run", lambda training: held.extend(checkpoints() - before) or {})
    tinybert.finetune(source, train, tmp_path / "model", task="classify")
    assert not held


def checkpoints():
    gc.collect()
    return {id(found) for found in gc.get_objects() if isinstance(found, Checkpoint)}


def test_finetune_says_what_is_wrong_before_it_writes_anything(source, tmp_path, train):
    misplaced = {"id": "1", "question": "what", "answers": [{"text": "film", "answer_start": 0}]}
    squad = tmp_path / "train.json"
    squad.write_text(json.dumps({"data": [{"paragraphs": [{"context": "the film", "qas": [misplaced]}]}]}))
    cases = [
        (
            (source, train),
            {"task": "translate"},
            tinybert.TinyBertError,
            "it must be one of embed, classify, tag, answ",
        ),
        ((source, train), {"task": "classify", "epochs": 0}, ConfigError, "epochs is 0"),
        ((source, train), {"task": "classify", "epoch": 1}, ConfigError, "unknown setting 'epoch'; known are epochs"),
        ((source, train), {"task": "tag"}, InputError, "example 0 is a TextExample; token-classification needs"),
        ((source, train[:1]), {"task": "classify"}, ConfigError, "there is nothing to tell apart"),
        ((source, squad), {"task": "answer"}, InputError, "question '1': .*Questions like that: 1"),
        ((source, tmp_path / "none.csv"), {"task": "classify"}, InputError, r"none\.csv"),
        ((tmp_path / "none", train), {"task": "classify"}, InputError, "none does not exist"),
    ]
    for arguments, options, error, message in cases:
        with pytest.raises(error, match=message):
            tinybert.finetune(*arguments, tmp_path / "model", **options)
        assert not (tmp_path / "model").exists()


def test_finetune_takes_questions_without_looking_at_places_twice(source, tmp_path, no_graphs):
    """Examples are used as they are; misplaced answers are removed when reading the file."""
    examples = [QuestionExample(str(n), "what", "the film", (AnswerSpan("film", 4),)) for n in range(4)]
    tinybert.finetune(source, examples, tmp_path / "model", task="answer", epochs=1, max_length=16)
    assert load_model(tmp_path / "model").task == Task("question-answering")
