"""A runtime with its tokenizer: mismatches are rejected, and so is a task that the model is not for."""

import pytest

from tinybert.errors import InputError
from tinybert.task import KINDS
from tinybert.tasks import TASKS, TaskModel
from tinybert.text import BertTokenizer, Vocabulary


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fixture", ["encoder", "classifier", "tagger", "answerer"])
def test_a_model_for_another_task_is_told_which_class_uses_it(request, fixture, kind):
    model = request.getfixturevalue(fixture)
    if kind in ("encoder", model.task.kind):
        TASKS[kind](model)
        return
    with pytest.raises(InputError) as error:
        TASKS[kind](model)
    own = model.task.facts
    if fixture == "encoder":
        remedy = f"Fine-tune one first (tinybert finetune {KINDS[kind].command})"
        if KINDS[kind].is_pretraining:
            remedy = "Take a model that was saved with the head of its pre-training"
        told = f"the model is an encoder: it has no head for {kind}. {remedy}, or use Embedder (tinybert embed)"
    else:
        told = f"the model is a model for {own.name}, not for {kind}: use {own.used_by} (tinybert {own.command})"
    assert str(error.value) == told


def test_a_tokenizer_with_more_ids_than_the_network_has(encoder):
    tokenizer = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", *map(str, range(2000)))))
    with pytest.raises(InputError, match="2004 tokens") as error:
        TaskModel(encoder.runtime, tokenizer)
    assert error.value.argument == "vocabulary"
