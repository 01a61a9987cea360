"""A network is found among other names in a file; whatever is left aside is reported with the reason."""

from __future__ import annotations

import pytest

from tinybert.checkpoint.layouts import name_in
from tinybert.checkpoint.names import sort_names
from tinybert.errors import CheckpointError
from tinybert.task import Task


@pytest.fixture(scope="module")
def own(make_checkpoint):
    """The names of an encoder of two layers."""
    return [*make_checkpoint().tensors]


@pytest.fixture(scope="module")
def theirs(own):
    """The same in Hugging Face's layout."""
    return [name_in("huggingface", name, Task().facts) for name in own]


@pytest.mark.parametrize(
    ("beside", "reason"),
    [
        (["fit_dense.weight", "fit_dense.bias"], "the projection of a distillation"),
        (["fit_denses.0.weight", "fit_denses.12.bias"], "the projection of a distillation"),
        (["cls2.dense.bias", "cls.seq_relationship.bias"], "the head of pre-training for the next sentence"),
        (
            ["stat.dense.bias", "stat.tinybert_embedding_postprocessor.layernorm.beta"],
            "a copy or another network, under 'stat.'",
        ),
        (
            ["hps.averaged.tinybert_encoder.layers.0.output.dense.bias", "hps.averaged.step"],
            "a copy or another network, under 'hps.averaged.'",
        ),
        (
            [
                "teacher.tinybert_encoder.layers.1.intermediate.bias",
                "teacher.tinybert_encoder.layers.11.output.dense.bias",
            ],
            "under 'teacher.'",
        ),
        (
            ["teacher.bert.encoder.layer.1.output.dense.bias", "teacher.bert.encoder.layer.7.output.dense.bias"],
            "under 'teacher.'",
        ),
        (["moments.dense.bias", "velocity.dense_1.bias"], "optimizer state"),
        (["momentum", "global_step"], "training state"),
    ],
)
@pytest.mark.parametrize("wrapper", ["", "bert.", "network.backbone."])
def test_what_is_beside_a_network_is_left_aside(own, theirs, wrapper, beside, reason):
    for layout in (own, theirs):
        found = sort_names([wrapper + name for name in layout] + beside, "some.ckpt")
        assert [name for name, _ in found.known.values()] == own
        assert [*found.left_aside] == beside
        assert all(reason in why for why in found.left_aside.values())


@pytest.mark.parametrize("head", ["head.weight", "classify.bias", "classifier.dense.weight", "lstm.cell.weight_ih"])
def test_a_head_of_somebodys_own_is_beside_the_encoder(own, head):
    found = sort_names([*(f"backbone.{name}" for name in own), head], "some.ckpt")
    assert found.left_aside == {head: "beside the encoder, which is under 'backbone.'"}


@pytest.mark.parametrize("inside", ["tinybert_encoder.layers.0.adapter.weight", "gate.weight", "dense.scale"])
def test_what_is_inside_the_encoder_and_not_known_is_an_error(own, inside):
    names = [f"backbone.{name}" for name in [*own, inside]]
    with pytest.raises(CheckpointError, match=f"1 of its {len(names)} names are not known, backbone.{inside}"):
        sort_names(names, "some.ckpt")
    with pytest.raises(CheckpointError, match="names are not known"):
        sort_names([*own, inside], "some.ckpt")


def test_a_prefix_chooses_among_networks(own):
    names = [f"{prefix}{name}" for prefix in ("teacher.", "student.") for name in own]
    with pytest.raises(CheckpointError, match=r"holds networks under the prefixes 'student.', 'teacher.'") as error:
        sort_names(names, "some.ckpt")
    assert error.value.argument == "prefix"
    for prefix, other in (("teacher.", "student."), ("student.", "teacher.")):
        found = sort_names(names, "some.ckpt", prefix)
        assert [name for name, _ in found.known.values()] == own
        assert set(found.left_aside) == {name for name in names if name.startswith(other)}
    with pytest.raises(
        CheckpointError, match=r"no network under the prefix 'nobody.'; its names begin with teacher., student."
    ):
        sort_names(names, "some.ckpt", "nobody.")


def test_a_network_behind_a_prefix_that_is_not_known_is_named(own):
    with pytest.raises(CheckpointError, match=r"holds networks under the prefixes 'my.encoder.': choose one"):
        sort_names([f"my.encoder.{name}" for name in own], "some.ckpt")


@pytest.mark.parametrize(
    "prefix",
    [
        "auto_model.",
        "0.auto_model.",
        "_orig_mod.",
        "module._orig_mod.bert.",
        "question_encoder.bert_model.",
        "encoder.",
    ],
)
def test_the_prefixes_of_other_libraries_are_named_and_taken(theirs, prefix):
    names = [prefix + name for name in theirs]
    with pytest.raises(CheckpointError, match="choose one") as error:
        sort_names(names, "some.safetensors")
    found = sort_names(names, "some.safetensors", error.value.example)
    assert [*found.known] == names


@pytest.mark.parametrize("buffer", ["embeddings.position_ids", "bert.embeddings.token_type_ids"])
def test_buffers_of_transformers_are_left_aside(theirs, buffer):
    assert [*sort_names([*theirs, buffer], "some.safetensors").left_aside] == [buffer]


@pytest.mark.parametrize(
    "beside",
    [
        ["linear.weight"],
        ["crf.transitions", "crf.start_transitions"],
        ["criterion.weight"],
        ["pooling.lstm.weight_ih_l0"],
        ["model_head.linear.bias"],
    ],
)
def test_parts_of_other_libraries_are_beside_the_encoder(own, theirs, beside):
    found = sort_names([*(f"bert.{name}" for name in theirs), *beside], "some.safetensors")
    assert [*found.left_aside] == beside
    assert [name for name, _ in found.known.values()] == own


@pytest.mark.parametrize("prefixes", [("m.", "v."), ("exp_avg.", "exp_avg_sq."), ("ema.",), ("accumulation.", "stat.")])
def test_any_optimizers_state_is_a_copy(own, prefixes):
    copies = [prefix + name for prefix in prefixes for name in own]
    assert [*sort_names([*own, *copies], "some.ckpt").left_aside] == copies


@pytest.mark.parametrize("wrapper", ["roberta.", "model.roberta."])
@pytest.mark.parametrize("prefixed", [False, True])
def test_a_roberta_is_not_read_as_a_bert(theirs, wrapper, prefixed):
    names = [wrapper + name for name in theirs]
    with pytest.raises(CheckpointError, match=rf"is a RoBERTa \({wrapper}embeddings"):
        sort_names(names, "some.safetensors", wrapper if prefixed else None)


def test_a_roberta_as_the_teacher_is_beside(own, theirs):
    names = [*own, *(f"teacher.roberta.{name}" for name in theirs)]
    assert [name for name, _ in sort_names(names, "some.ckpt").known.values()] == own


@pytest.mark.parametrize(
    "inside",
    [
        "encoder.layer.0.attention.self.query.lora_A.weight",
        "encoder.layer.0.attention.self.query.base_layer.weight",
        "encoder.layer.0.attention.self.Wqkv.weight",
        "pooler.dense.weight_g",
        "embeddings.word_embeddings.weight.adam_m",
    ],
)
def test_what_changes_the_encoder_is_never_left_aside(theirs, inside):
    with pytest.raises(CheckpointError, match=f"names are not known, bert.{inside}"):
        sort_names([f"bert.{name}" for name in [*theirs, inside]], "some.safetensors")
