"""What a model on disk is for, as far as it tells."""

from __future__ import annotations

import pytest

from tinybert import TinyBertForQuestionAnswering
from tinybert.checkpoint import save_checkpoint, save_huggingface
from tinybert.checkpoint.models import read_model
from tinybert.checkpoint.restore import add_head
from tinybert.checkpoint.task import Task
from tinybert.modeling import TinyBertForTokenClassification, TinyBertModel


def test_an_encoder_in_a_file(tmp_path, make_encoder):
    checkpoint, task = read_model(save_checkpoint(make_encoder(), tmp_path / "a.ckpt"), num_attention_heads=4)
    assert (checkpoint.num_labels, checkpoint.config.num_attention_heads, task) == (None, 4, Task())


@pytest.mark.parametrize("kind", ["sequence-classification", "token-classification"])
def test_a_file_does_not_tell_a_head_with_a_pooler_from_another(tmp_path, make_encoder, kind):
    file = save_checkpoint(add_head(make_encoder(), Task(kind), 3), tmp_path / "a.ckpt")
    assert read_model(file)[1] == Task("sequence-classification")


def test_one_output_is_a_number(tmp_path, make_encoder):
    file = save_checkpoint(add_head(make_encoder(), Task("sequence-classification"), 1), tmp_path / "a.ckpt")
    assert read_model(file)[1] == Task("sequence-classification", problem="regression")


def test_a_head_without_a_pooler_is_one_for_tokens(tmp_path, make_encoder):
    encoder = TinyBertModel(make_encoder().config, return_all_encoders=False, pooler=False)
    file = save_checkpoint(TinyBertForTokenClassification(encoder, 3), tmp_path / "a.ckpt")
    assert read_model(file)[1] == Task("token-classification")


def test_hugging_face_s_head_for_questions_has_a_name_of_its_own(tmp_path, make_encoder):
    folder = save_huggingface(TinyBertForQuestionAnswering(make_encoder()), tmp_path / "reader")
    assert read_model(folder)[1] == read_model(folder / "model.safetensors")[1] == Task("question-answering")
