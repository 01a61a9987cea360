"""A file does not record whether its head has a ReLU: TinyBERT's has one, the model zoo's BERT does not."""

from __future__ import annotations

import hashlib

import pytest

from tinybert.checkpoint import parsing, read_checkpoint, save_checkpoint
from tinybert.checkpoint.layouts import LAYOUTS
from tinybert.errors import CheckpointError
from tinybert.hub.registry import published
from tinybert.task import Task


@pytest.fixture(params=["sequence-classification", "token-classification"])
def file(request, tmp_path, make_checkpoint):
    """A file with a head, with the names of the later assets and the model zoo's `official/nlp/bert`."""
    return save_checkpoint(make_checkpoint(task=Task(request.param), num_labels=3), tmp_path / "a.ckpt", layout="later")


def test_a_file_with_a_head_asks_for_it(file):
    with pytest.raises(
        CheckpointError, match=r"has a head, but does not say what comes before it: .*\(head_act='relu'\)"
    ):
        read_checkpoint(file)


@pytest.mark.parametrize("act", ["relu", "none"])
def test_who_says_it_gets_it(file, act):
    assert read_checkpoint(file, head_act=act).config.head_act == act


def test_a_published_file_is_known_by_its_hash(file, monkeypatch):
    monkeypatch.setattr(parsing, "PUBLISHED_HEADS", {hashlib.sha256(file.read_bytes()).hexdigest()})
    assert read_checkpoint(file).config.head_act == "relu"


def test_the_hashes_are_those_of_the_published_modules_with_a_head():
    cards = [module.card for module in published().values()]
    assert {card.asset.sha256 for card in cards if Task(card.task).facts.has_head} == parsing.PUBLISHED_HEADS


@pytest.mark.parametrize("layout", [*LAYOUTS[:2]])
def test_encoders_and_heads_for_answers_do_not_ask(tmp_path, make_checkpoint, layout):
    read_checkpoint(save_checkpoint(make_checkpoint(), tmp_path / "a.ckpt", layout=layout), num_attention_heads=4)
