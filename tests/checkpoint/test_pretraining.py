"""Heads of pre-training: read, saved and read back; left aside with the reason where they cannot be used."""

from __future__ import annotations

import re

import numpy as np
import pytest
from safetensors.numpy import load_file

from tinybert.checkpoint import read_checkpoint, save_checkpoint, save_folder, save_huggingface
from tinybert.checkpoint.formats import FORMATS
from tinybert.checkpoint.layouts import name_in
from tinybert.errors import CheckpointError
from tinybert.task import MASKED_LANGUAGE_MODELING, Task
from tinybert.text import BertTokenizer, Vocabulary

MASKS = Task(MASKED_LANGUAGE_MODELING.name)
DECODER = "cls.predictions.decoder.weight"


@pytest.fixture(scope="module", params=[True, False], ids=["pooler", "no pooler"])
def masked(request, make_checkpoint):
    return make_checkpoint(task=MASKS, pooler=request.param)


@pytest.fixture
def read(tmp_path):
    """A function that writes arrays to a file and reads them as a checkpoint."""

    def read(arrays, ending="safetensors"):
        path = tmp_path / f"some.{ending}"
        path.write_bytes(b"".join(FORMATS[ending].render(arrays)))
        return read_checkpoint(path, num_attention_heads=4)

    return read


@pytest.fixture
def theirs(make_checkpoint):
    """The arrays of a `BertForPreTraining`, whose output layer is tied to the word embeddings."""
    checkpoint = make_checkpoint(task=MASKS)
    arrays = {name_in("huggingface", own, MASKS.facts): array for own, array in checkpoint.tensors.items()}
    arrays[DECODER] = arrays["bert.embeddings.word_embeddings.weight"].copy()
    arrays["cls.predictions.decoder.bias"] = arrays["cls.predictions.bias"].copy()
    arrays |= {
        "cls.seq_relationship.weight": np.ones((2, 24), np.float32),
        "cls.seq_relationship.bias": np.ones(2, np.float32),
    }
    return arrays


def check_same(checkpoint, other):
    assert {*checkpoint.tensors} == {*other.tensors}
    assert all(array.tobytes() == other.tensors[name].tobytes() for name, array in checkpoint.tensors.items())


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("layout", ["v1.0", "later"])
def test_a_file_comes_back_with_its_head(tmp_path, masked, layout, ending):
    path = save_checkpoint(masked, tmp_path / f"masked.{ending}", layout=layout)
    back = read_checkpoint(path, num_attention_heads=4)
    assert (back.task, back.head, back.num_labels, dict(back.left_aside)) == (MASKS, "cls1", 50, {})
    check_same(masked, back)


def test_folders_of_ours_and_of_hugging_face_come_back_with_the_head(tmp_path, masked):
    words = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *(f"word{number}" for number in range(46)))
    ours = save_folder(masked, tmp_path / "ours", tokenizer=BertTokenizer(Vocabulary(words)))
    theirs = save_huggingface(masked, tmp_path / "theirs")
    assert '"BertForMaskedLM"' in (theirs / "config.json").read_text(encoding="utf-8")
    assert "cls.predictions.transform.LayerNorm.weight" in load_file(theirs / "model.safetensors")
    for folder in (ours, theirs):
        back = read_checkpoint(folder)
        assert (back.task, dict(back.left_aside)) == (MASKS, {})
        check_same(masked, back)


def test_a_pre_training_file_of_hugging_face(read, theirs):
    back = read(theirs)
    assert back.task == MASKS
    assert back.left_aside == {
        DECODER: "the head of pre-training, tied to tinybert_embedding_lookup.embedding_table",
        "cls.predictions.decoder.bias": "the head of pre-training, tied to cls1.output_bias",
        "cls.seq_relationship.weight": "the head of pre-training for the next sentence, which no task uses",
        "cls.seq_relationship.bias": "the head of pre-training for the next sentence, which no task uses",
    }


def test_a_pre_training_file_of_the_model_zoo(read, make_checkpoint):
    # BertNetworkWithLoss(BertPreTraining(BertModel)), as official/nlp/bert saves it, with its optimizer's state.
    checkpoint = make_checkpoint(task=MASKS)
    arrays = {f"bert.{name_in('later', own, MASKS.facts)}": array for own, array in checkpoint.tensors.items()}
    arrays |= {
        "bert.cls2.dense.weight": np.ones((2, 24), np.float32),
        "bert.cls2.dense.bias": np.ones(2, np.float32),
        "moments.bert.cls1.dense.weight": np.ones((24, 24), np.float32),
    }
    assert "bert.cls1.layernorm.gamma" in arrays
    assert "bert.bert.bert_embedding_lookup.embedding_table" in arrays
    back = read(arrays, "ckpt")
    assert back.task == MASKS
    assert [*back.left_aside] == [*arrays][-3:]
    check_same(checkpoint, back)


def test_only_the_encoder_is_taken_where_it_is_asked_for(theirs, read):
    encoder = read(theirs).encoder()
    assert encoder.task == Task()
    assert not any(name.startswith("cls1.") for name in encoder.tensors)
    assert encoder.left_aside["cls.predictions.bias"] == "the head; only the encoder was asked for"
    assert encoder.whole()
    assert read(theirs).fitted(Task()).task == Task()
    assert read(theirs).fitted(MASKS).task == MASKS


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda arrays: arrays.pop("cls.predictions.transform.dense.bias"), "cls1.dense.bias is missing"),
        (lambda arrays: arrays.pop("cls.predictions.bias"), "cls1.output_bias is missing"),
        (
            lambda arrays: arrays.update({"cls.predictions.bias": np.ones(9, np.float32)}),
            r"cls1.output_bias has shape \(9,\), not \(50,\)",
        ),
        (
            lambda arrays: arrays.update({DECODER: arrays[DECODER] + 1}),
            f"{DECODER} is not tied to tinybert_embedding_lookup.embedding_table: its values differ",
        ),
        (
            lambda arrays: arrays.update({"cls.predictions.decoder.bias": np.ones(50, np.float32)}),
            "cls.predictions.decoder.bias is not tied to cls1.output_bias",
        ),
        (
            lambda arrays: arrays.update({"classifier.weight": np.ones((3, 24)), "classifier.bias": np.ones(3)}),
            "the model has another head",
        ),
    ],
)
def test_a_head_that_cannot_be_used_is_left_aside_with_the_reason(read, theirs, spoil, reason):
    spoil(theirs)
    back = read(theirs)
    assert not any(name.startswith("cls1.") for name in back.tensors)
    assert back.task.kind == ("sequence-classification" if "classifier.weight" in theirs else "encoder")
    found = back.why_no_head(MASKED_LANGUAGE_MODELING)
    assert re.match(f"the head of pre-training; {reason}", found or "")


def test_where_there_is_no_such_head_there_is_no_reason(make_checkpoint):
    assert make_checkpoint().why_no_head(MASKED_LANGUAGE_MODELING) is None


def test_a_head_does_not_serve_another_task(masked, make_checkpoint):
    with pytest.raises(CheckpointError, match="has a head of another kind; its task cannot be token-classification"):
        masked.with_task(Task("token-classification"))
    with pytest.raises(CheckpointError, match="has a head; its task cannot be encoder"):
        masked.with_task(Task())
    with pytest.raises(CheckpointError, match="has a head of another kind; its task cannot be masked-language"):
        make_checkpoint(task=Task("token-classification")).with_task(MASKS)
    with pytest.raises(CheckpointError, match="has no head for masked-language-modeling"):
        make_checkpoint().with_task(MASKS)
    assert masked.with_task(MASKS).task == MASKS


def test_an_incomplete_head_is_not_saved(masked, tmp_path):
    tensors = {name: array for name, array in masked.tensors.items() if name != "cls1.layernorm.beta"}
    broken = type(masked)("it", "v1.0", masked.config, tensors, masked.names, {}, MASKS)
    with pytest.raises(CheckpointError, match=r"missing: cls1\.layernorm\.beta \(24,\)"):
        save_checkpoint(broken, tmp_path / "x.ckpt")
