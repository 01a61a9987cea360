"""The configuration is derived from the shapes of the parameters; contradictions are errors."""

from __future__ import annotations

import numpy as np
import pytest

from tinybert import TinyBertConfig
from tinybert.checkpoint import parse_checkpoint
from tinybert.checkpoint.parsing import from_tensors
from tinybert.errors import CheckpointError, ConfigError


def encoder_shapes(config):
    """The published parameters and their shapes, written out."""
    hidden, inner = config.hidden_size, config.intermediate_size
    shapes = {
        "tinybert_embedding_lookup.embedding_table": (config.vocab_size, hidden),
        "tinybert_embedding_postprocessor.embedding_table": (config.type_vocab_size, hidden),
        "tinybert_embedding_postprocessor.full_position_embeddings": (config.max_position_embeddings, hidden),
        "tinybert_embedding_postprocessor.layernorm.gamma": (hidden,),
        "tinybert_embedding_postprocessor.layernorm.beta": (hidden,),
        "dense.weight": (hidden, hidden),
        "dense.bias": (hidden,),
    }
    for i in range(config.num_hidden_layers):
        layer = f"tinybert_encoder.layers.{i}."
        for name in ("query", "key", "value"):
            shapes[f"{layer}attention.attention.{name}_layer.weight"] = (hidden, hidden)
            shapes[f"{layer}attention.attention.{name}_layer.bias"] = (hidden,)
        for name, size in (("attention.output", hidden), ("output", inner)):
            shapes[f"{layer}{name}.dense.weight"] = (hidden, size)
            shapes[f"{layer}{name}.dense.bias"] = (hidden,)
            shapes[f"{layer}{name}.layernorm.gamma"] = (hidden,)
            shapes[f"{layer}{name}.layernorm.beta"] = (hidden,)
        shapes[f"{layer}intermediate.weight"] = (inner, hidden)
        shapes[f"{layer}intermediate.bias"] = (inner,)
    return shapes


SMALL = TinyBertConfig(
    vocab_size=31,
    hidden_size=24,
    num_hidden_layers=3,
    num_attention_heads=12,
    intermediate_size=20,
    max_position_embeddings=9,
    type_vocab_size=4,
    seq_length=9,
)


@pytest.fixture
def tensors():
    return {name: np.ones(shape, np.float32) for name, shape in encoder_shapes(SMALL).items()}


def test_all_sizes_are_read_off(tensors):
    assert from_tensors(tensors, "some.ckpt", {}).config == SMALL


def test_twelve_heads_are_assumed_and_others_can_be_declared(tensors):
    assert from_tensors(tensors, "some.ckpt", {"num_attention_heads": 6}).config.num_attention_heads == 6


def test_what_shapes_do_not_tell_is_taken_from_what_is_declared(tensors):
    known = {"hidden_act": "relu", "layer_norm_eps": 1e-12, "compute_type": "float16", "seq_length": 5}
    config = from_tensors(tensors, "some.ckpt", known).config
    assert config == SMALL.replace(**known)


@pytest.mark.parametrize(
    ("field", "declared", "found"),
    [
        ("vocab_size", 30, 31),
        ("hidden_size", 48, 24),
        ("num_hidden_layers", 4, 3),
        ("intermediate_size", 96, 20),
        ("max_position_embeddings", 512, 9),
        ("type_vocab_size", 2, 4),
    ],
)
def test_a_declared_size_that_contradicts_the_shapes_is_an_error(tensors, field, declared, found):
    assert getattr(from_tensors(tensors, "some.ckpt", {field: found}).config, field) == found
    with pytest.raises(CheckpointError, match=f"{field} is {found} by its shapes, but {declared} was declared"):
        from_tensors(tensors, "some.ckpt", {field: declared})


def test_a_gap_in_the_layers_is_an_error(tensors):
    gap = {name: value for name, value in tensors.items() if ".layers.1." not in name}
    with pytest.raises(CheckpointError, match=r"its layers are numbered \[0, 2\]; some are missing"):
        from_tensors(gap, "some.ckpt", {})


def test_heads_that_do_not_divide_the_width_must_be_declared():
    narrow = SMALL.replace(hidden_size=20, num_attention_heads=4)
    tensors = {name: np.ones(shape, np.float32) for name, shape in encoder_shapes(narrow).items()}
    with pytest.raises(
        CheckpointError,
        match=r"hidden_size is 20, which is not a multiple of 12 .* Say how many .*num_attention_heads=",
    ):
        from_tensors(tensors, "some.ckpt", {})
    assert from_tensors(tensors, "some.ckpt", {"num_attention_heads": 4}).config == narrow


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"num_attention_heads": 7}, "some.ckpt: hidden_size is 24: it must be a multiple of num_attention_heads"),
        ({"num_attention_heads": None}, "some.ckpt: num_attention_heads is None: it must be an integer"),
        ({"layer_norm_eps": "small"}, "some.ckpt: layer_norm_eps is 'small': it must be a number above 0"),
        ({"hidden_act": "swish"}, "some.ckpt: hidden_act is 'swish': it must be one of gelu, gelu_erf, relu"),
        ({"seq_length": 10}, "some.ckpt: seq_length is 10: it must be at most max_position_embeddings"),
    ],
)
def test_a_declared_value_that_is_not_allowed_names_file_and_field(tensors, declared, message):
    with pytest.raises(CheckpointError, match=message):
        from_tensors(tensors, "some.ckpt", declared)


def test_a_declared_field_that_does_not_exist_is_an_error():
    with pytest.raises(ConfigError, match="unknown configuration field 'hiden_size'; known are vocab_size, "):
        parse_checkpoint(b"", "ckpt", "some.ckpt", hiden_size=24)


@pytest.mark.parametrize(
    "name",
    [
        "tinybert_embedding_lookup.embedding_table",
        "tinybert_embedding_postprocessor.embedding_table",
        "tinybert_embedding_postprocessor.full_position_embeddings",
        "tinybert_encoder.layers.0.intermediate.weight",
    ],
)
def test_a_parameter_that_tells_a_size_must_be_there_with_two_axes(tensors, name):
    with pytest.raises(CheckpointError, match=f"is not a checkpoint of a complete encoder: {name} is missing"):
        from_tensors({key: value for key, value in tensors.items() if key != name}, "some.ckpt", {})
    with pytest.raises(CheckpointError, match=rf"{name} has shape \(31,\), but should have two dimensions"):
        from_tensors({**tensors, name: np.ones(31, np.float32)}, "some.ckpt", {})


def test_a_table_without_rows_is_an_error(tensors):
    tensors["tinybert_embedding_lookup.embedding_table"] = np.ones((0, 24), np.float32)
    with pytest.raises(CheckpointError, match=r"some.ckpt: vocab_size is 0"):
        from_tensors(tensors, "some.ckpt", {})
