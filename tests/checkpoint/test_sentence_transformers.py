"""Folders of sentence-transformers, of all versions: their pooling, layers, length and prompts are read and written."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from tinybert.checkpoint import read_checkpoint, save_huggingface, save_sentence_transformer
from tinybert.checkpoint.sentence import ACTIVATIONS, POOLINGS, Dense, SentenceSettings
from tinybert.checkpoint.sentence_transformers import read_sentence_settings
from tinybert.errors import CheckpointError
from tinybert.text import BertTokenizer, Vocabulary

POOLING = "1_Pooling/config.json"
TOKENIZER = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "rain")))


@pytest.fixture
def folder(tmp_path, make_checkpoint):
    """A function that adds the files of sentence-transformers to an encoder folder and returns the settings."""
    save_huggingface(make_checkpoint(), tmp_path / "model")

    def folder(*kinds, dense=None, **files):
        path = tmp_path / "model"
        steps = [("Transformer", ""), *((kind, f"{index}_{kind}") for index, kind in enumerate(kinds, 1))]
        modules = [{"type": f"sentence_transformers.models.{kind}", "path": name} for kind, name in steps]
        named = {name.replace("__", "/") + ".json": values for name, values in files.items()}
        for name, values in {"modules.json": modules, **named}.items():
            (path / name).parent.mkdir(exist_ok=True)
            (path / name).write_text(json.dumps(values), encoding="utf-8")
        if dense:
            save_file(dense, path / "2_Dense" / "model.safetensors")
        return path

    return folder


@pytest.mark.parametrize(
    ("values", "pooling"),
    [
        ({}, ("mean",)),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, ("first",)),
        ({"pooling_mode_max_tokens": True}, ("max",)),
        ({"pooling_mode_mean_sqrt_len_tokens": True}, ("mean_sqrt_len",)),
        ({"pooling_mode_weightedmean_tokens": True, "include_prompt": True}, ("weighted_mean",)),
        ({"pooling_mode_lasttoken": True}, ("last",)),
        ({"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True}, ("first", "mean")),
        ({"pooling_mode": "cls"}, ("first",)),
        ({"pooling_mode": ["max", "mean"], "pooling_mode_cls_token": True}, ("max", "mean")),
        ({"pooling_mode": "weightedmean", "embedding_dimension": 24}, ("weighted_mean",)),
    ],
)
def test_the_pooling_of_all_versions(folder, values, pooling):
    assert read_sentence_settings(folder("Pooling", **{"1_Pooling__config": values})).pooling == pooling


def test_a_plain_folder_has_the_mean(folder, tmp_path):
    path = folder()
    (path / "modules.json").unlink()
    assert read_sentence_settings(path) == SentenceSettings()


@pytest.mark.parametrize("bias", [True, False])
def test_dense_normalize_and_prompts(folder, bias):
    tensors = {"linear.weight": np.ones((5, 24), np.float32)} | (
        {"linear.bias": np.zeros(5, np.float32)} if bias else {}
    )
    path = folder(
        "Pooling",
        "Dense",
        "Normalize",
        **{"1_Pooling__config": {}, "2_Dense__config": {"activation_function": "torch.nn.modules.linear.Identity"}},
        config_sentence_transformers={"prompts": {"query": "query: ", "document": ""}, "default_prompt_name": "query"},
        dense=tensors,
    )
    settings = read_checkpoint(path).sentence
    assert (settings.normalize, settings.default_prompt, settings.refused) == (True, "query", None)
    assert settings.prompts == {"query": "query: ", "document": ""}
    assert settings.width(24) == 5
    (layer,) = settings.dense
    assert (layer.activation, layer.bias is not None) == ("identity", bias)


@pytest.mark.parametrize(
    ("kinds", "files", "what"),
    [
        (("Pooling", "LSTM"), {}, "a module LSTM"),
        (("WordWeights", "Pooling"), {}, "a module WordWeights"),
        (("Pooling", "Dense"), {"2_Dense__config": {"activation_function": "torch.nn.SiLU"}}, "a Dense with SiLU"),
        (("Pooling", "Dense"), {"2_Dense__config": {"activation_function": "mine.Tanh"}}, "a Dense with mine.Tanh"),
        (
            ("Pooling", "Dense"),
            {"2_Dense__config": {"module_input_name": "token_embeddings"}},
            "Dense of token_embeddings",
        ),
        (("Pooling", "Normalize"), {"2_Normalize__config": {"module_output_name": "else"}}, "Normalize of else"),
        (("Pooling", "Dense"), {"2_Dense__config": {"use_residual": True}}, "a Dense with a residual"),
        (("Pooling", "Dense"), {"2_Dense__config": {}}, "a Dense without model.safetensors; a pickle is not read"),
        (("Normalize", "Pooling"), {}, "Pooling after Normalize"),
        (("Pooling",), {"1_Pooling__config": {"pooling_mode": "attention"}}, "pooling by attention"),
        (("Pooling",), {"1_Pooling__config": {"pooling_mode": []}}, "pooling by nothing"),
        (("Pooling",), {"1_Pooling__config": {"pooling_mode_mean_tokens": False}}, "pooling by nothing"),
        (
            ("Pooling",),
            {"1_Pooling__config": {"pooling_mode_mean_tokens": True, "pooling_mode_attention": True}},
            "pooling by pooling_mode_attention",
        ),
        ((), {}, "no Pooling"),
        (("Pooling", "Pooling"), {}, "a second Pooling"),
        (("Dense", "Pooling"), {}, "Dense before Pooling"),
        (
            ("Pooling",),
            {
                "1_Pooling__config": {"include_prompt": False},
                "config_sentence_transformers": {"prompts": {"query": "q: "}},
            },
            "prompts that are left out of the pooling",
        ),
    ],
)
def test_what_is_not_computed_is_named_and_keeps_nobody_from_the_encoder(folder, kinds, files, what):
    checkpoint = read_checkpoint(folder(*kinds, **files))
    assert checkpoint.sentence.refused.endswith(f": {what}") or what in checkpoint.sentence.refused
    assert checkpoint.tensors


@pytest.mark.parametrize(
    ("modules", "what"),
    [
        (
            [("custom_st.Transformer", ""), ("sentence_transformers.models.Pooling", "1_Pooling")],
            "custom_st.Transformer",
        ),
        ([("sentence_transformers.models.Transformer", ""), ("mine.Pooling", "1_Pooling")], "a module mine.Pooling"),
        (
            [
                ("sentence_transformers.models.Transformer", "0_T"),
                ("sentence_transformers.models.Pooling", "1_Pooling"),
            ],
            "a Transformer in ",
        ),
    ],
)
def test_classes_and_places_of_other_kinds_are_not_taken_for_theirs(folder, modules, what):
    entries = [{"type": kind, "path": path} for kind, path in modules]
    assert what in read_sentence_settings(folder(modules=entries)).refused


def test_the_classes_of_all_versions_are_known(folder):
    base = "sentence_transformers.{}.modules.{}"
    kinds = ((base.format("base", "transformer.Transformer"), ""), (base.format("x", "pooling.Pooling"), "1_Pooling"))
    path = folder(modules=[{"type": kind, "path": place} for kind, place in kinds])
    assert read_sentence_settings(path) == SentenceSettings()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("modules.json", "{}", "modules.json: the whole: expected array, got object"),
        ("modules.json", "[1]", "expected object, got int"),
        ("modules.json", "[" * 100_000, "not JSON that can be read"),
        ("modules.json", '[{"type": "a.Pooling"}]', "missing required field path"),
        ("modules.json", '[{"type": "a.Pooling", "path": "../else"}]', "outside of the folder"),
        (POOLING, "[]", "expected object, got array"),
        (POOLING, '{"pooling_mode": 3}', r"pooling_mode: expected str \| array \| null, got int"),
        ("config_sentence_transformers.json", '{"prompts": [1]}', r"prompts: expected object \| null, got array"),
        ("config_sentence_transformers.json", '{"prompts": {"q": 1}}', "expected str, got int"),
        ("sentence_bert_config.json", '{"max_seq_length": "128"}', r"max_seq_length: expected int \| null, got str"),
        ("config_sentence_transformers.json", '{"default_prompt_name": "q"}', "default_prompt_name is 'q', which no"),
    ],
)
def test_malformed_files_are_named(folder, name, content, message):
    path = folder("Pooling", **{"1_Pooling__config": {}})
    (path / name).write_text(content, encoding="utf-8")
    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(path)


@pytest.mark.parametrize(
    ("tensors", "config", "message"),
    [
        ({"weight": (5, 24, np.nan)}, {}, "2_Dense/model.safetensors: the weight holds NaN or infinity"),
        ({"weight": (5, 23, 1)}, {}, "2_Dense/model.safetensors: it takes 23 numbers, but the pooling gives 24"),
        ({"weight": (5, 24, 1)}, {"bias": True}, "holds linear.weight; it should hold linear.weight and linear.bias"),
        ({"weight": (5, 24, 1), "scale": (5, 1, 1)}, {}, "holds linear.*scale.*; it should hold linear.weight$"),
    ],
)
def test_dense_layers_that_do_not_fit(folder, tensors, config, message):
    arrays = {f"linear.{name}": np.full(shape, value, np.float32) for name, (*shape, value) in tensors.items()}
    files = {"1_Pooling__config": {}, "2_Dense__config": config}
    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(folder("Pooling", "Dense", **files, dense=arrays))


def test_layers_that_are_not_computed_need_not_fit(folder):
    arrays = {"linear.weight": np.ones((5, 23), np.float32)}
    files = {"1_Pooling__config": {}, "2_Dense__config": {}}
    settings = read_checkpoint(folder("Pooling", "Dense", "LSTM", **files, dense=arrays)).sentence
    assert "a module LSTM" in settings.refused
    assert settings.dense == ()


def layer(activation, size=24, bias=True):
    random = np.random.default_rng(1)
    return Dense(random.normal(size=(6, size)).astype(np.float32), np.ones(6, np.float32) if bias else None, activation)


@pytest.mark.parametrize(
    "settings",
    [
        SentenceSettings(),
        *(SentenceSettings((mode,), normalize=True) for mode in POOLINGS if mode != "pooled"),
        SentenceSettings(("first", "mean"), prompts={"query": "q: ", "passage": "p: "}, default_prompt="passage"),
        *(SentenceSettings(dense=(layer(activation, bias=activation == "tanh"),)) for activation in ACTIVATIONS),
    ],
)
def test_what_is_written_comes_back(tmp_path, make_checkpoint, settings):
    written = dataclasses.replace(make_checkpoint(head_act="none", seq_length=9), sentence=settings)
    back = read_checkpoint(save_sentence_transformer(written, tmp_path / "model", tokenizer=TOKENIZER))
    assert back.sentence == settings
    assert [one.activation for one in back.sentence.dense] == [one.activation for one in settings.dense]
    for name, array in settings.arrays().items():
        np.testing.assert_array_equal(back.sentence.arrays()[name], array)
    assert back.config.seq_length == 9
    assert BertTokenizer.from_file(tmp_path / "model").vocabulary.tokens == TOKENIZER.vocabulary.tokens


def test_settings_of_another_model_do_not_stay(tmp_path, make_checkpoint):
    checkpoint = make_checkpoint(head_act="none")
    first = dataclasses.replace(checkpoint, sentence=SentenceSettings(("first",)))
    save_sentence_transformer(first, tmp_path / "model", tokenizer=TOKENIZER)
    assert read_checkpoint(save_huggingface(checkpoint, tmp_path / "model")).sentence == SentenceSettings()


def test_the_pooled_output_is_not_one_of_theirs(tmp_path, make_checkpoint):
    checkpoint = dataclasses.replace(make_checkpoint(), sentence=SentenceSettings(("pooled",)))
    with pytest.raises(CheckpointError, match="no pooling by the encoder's pooled output"):
        save_sentence_transformer(checkpoint, tmp_path / "model", tokenizer=TOKENIZER)
    assert not (tmp_path / "model").exists()


def test_where_vectors_are_cut_off(folder, tmp_path, make_checkpoint):
    path = folder("Pooling", config_sentence_transformers={"truncate_dim": 7})
    settings = read_checkpoint(path).sentence
    assert settings == SentenceSettings(truncate_dim=7)
    checkpoint = dataclasses.replace(make_checkpoint(), sentence=settings)
    written = save_sentence_transformer(checkpoint, tmp_path / "written", tokenizer=TOKENIZER)
    assert read_checkpoint(written).sentence == settings
    path = folder("Pooling", config_sentence_transformers={"truncate_dim": 0})
    with pytest.raises(CheckpointError, match="truncate_dim is 0; it must be at least 1"):
        read_checkpoint(path)
