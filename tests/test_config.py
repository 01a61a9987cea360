"""The configuration: defaults, presets, and an error for each bad value that names field, value and what is allowed."""

from __future__ import annotations

import dataclasses
import json

import pytest

from tinybert import TinyBertConfig
from tinybert.config import HIDDEN_ACTS, PRESETS
from tinybert.errors import ConfigError, TinyBertError

SIZES = [
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "max_position_embeddings",
    "type_vocab_size",
    "seq_length",
]
NOT_A_SIZE = [0, -1, 1.0, 384.5, "384", None, True, float("nan"), [384]]
NOT_A_PROBABILITY = [-0.1, 1, 1.0, 2, "0.1", None, True, float("nan"), float("inf")]
NOT_POSITIVE = [0, 0.0, -1e-7, "1e-7", None, True, float("nan"), float("inf")]
BAD = [
    *((name, value, "an integer of at least 1") for name in SIZES for value in NOT_A_SIZE),
    *(
        (name, value, "a number of at least 0 and below 1")
        for name in ("hidden_dropout_prob", "attention_probs_dropout_prob")
        for value in NOT_A_PROBABILITY
    ),
    *((name, value, "a number above 0") for name in ("initializer_range", "layer_norm_eps") for value in NOT_POSITIVE),
    *(("hidden_act", value, "one of gelu, gelu_erf, relu") for value in ("swish", "GELU", "", None, 1, ["gelu"])),
    *(("head_act", value, "one of relu, none") for value in ("gelu", "", None, 1, ["relu"])),
    *(("compute_type", value, "one of float32, float16, or None") for value in ("bfloat16", "", 16, ["float16"])),
]


def test_the_defaults_are_the_published_module():
    assert TinyBertConfig().to_dict() == {
        "vocab_size": 30522,
        "hidden_size": 384,
        "num_hidden_layers": 4,
        "num_attention_heads": 12,
        "intermediate_size": 1536,
        "hidden_act": "gelu",
        "head_act": "relu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "max_position_embeddings": 512,
        "type_vocab_size": 2,
        "initializer_range": 0.02,
        "layer_norm_eps": 1e-7,
        "seq_length": 128,
        "compute_type": None,
    }
    assert PRESETS["published"] == TinyBertConfig()


@pytest.mark.parametrize(("name", "value", "allowed"), BAD, ids=repr)
def test_a_bad_value_is_named_with_what_is_allowed(name, value, allowed):
    with pytest.raises(ConfigError) as error:
        TinyBertConfig(**{name: value})
    assert str(error.value).startswith(f"{name} is {value!r}: it must be {allowed}")
    assert isinstance(error.value, ValueError)
    assert isinstance(error.value, TinyBertError)


def test_every_field_is_checked():
    assert {name for name, _, _ in BAD} == {field.name for field in dataclasses.fields(TinyBertConfig)}


def test_heads_must_divide_the_width():
    with pytest.raises(ConfigError, match=r"hidden_size is 100: it must be a multiple of num_attention_heads, .* 12"):
        TinyBertConfig(hidden_size=100)
    assert TinyBertConfig(hidden_size=96).head_size == 8


def test_seq_length_must_fit_the_positions():
    with pytest.raises(ConfigError, match=r"seq_length is 128: it must be at most max_position_embeddings, .* 64"):
        TinyBertConfig(max_position_embeddings=64)


@pytest.mark.parametrize("name", ["hidden_dropout_prob", "attention_probs_dropout_prob"])
def test_dropout_may_be_off(name):
    assert getattr(TinyBertConfig(**{name: 0}), name) == 0


@pytest.mark.parametrize("act", HIDDEN_ACTS)
def test_each_activation_is_allowed(act):
    assert TinyBertConfig(hidden_act=act).hidden_act == act


def test_a_configuration_is_frozen_and_can_be_compared_and_hashed():
    config = TinyBertConfig()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.hidden_size = 768
    assert config == TinyBertConfig()
    assert len({config, TinyBertConfig(), config.replace(num_hidden_layers=6)}) == 2


def test_replace_changes_a_copy_and_checks_it():
    config = TinyBertConfig()
    assert config.replace(num_hidden_layers=6).num_hidden_layers == 6
    assert config.num_hidden_layers == 4
    with pytest.raises(ConfigError, match="num_hidden_layers is 0"):
        config.replace(num_hidden_layers=0)
    with pytest.raises(ConfigError, match=r"unknown configuration field 'layers'; known are .*compute_type"):
        config.replace(layers=6)


def test_a_dictionary_goes_through_json_and_back():
    config = TinyBertConfig(hidden_act="relu", layer_norm_eps=1e-12, compute_type="float16")
    assert TinyBertConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert TinyBertConfig.from_dict({}) == TinyBertConfig()


def test_unknown_keys_are_all_named():
    with pytest.raises(ConfigError, match="unknown configuration field 'hiden_size', 'n_layer'; known are vocab_size"):
        TinyBertConfig.from_dict({"hiden_size": 384, "hidden_act": "relu", "n_layer": 4})


@pytest.mark.parametrize(
    ("name", "layers", "hidden", "parameters"),
    [
        ("tinybert-4l-384", 4, 384, 19_164_288),
        ("tinybert-4l-312", 4, 312, 14_350_248),
        ("tinybert-6l-768", 6, 768, 66_955_008),
        ("minilm-6l-384", 6, 384, 22_713_216),
        ("bert-base", 12, 768, 109_482_240),
    ],
)
def test_presets_have_the_sizes_of_the_published_models(name, layers, hidden, parameters):
    config = TinyBertConfig.preset(name)
    assert (config.num_hidden_layers, config.hidden_size, config.num_attention_heads) == (layers, hidden, 12)
    inner = config.intermediate_size
    embeddings = config.vocab_size + config.max_position_embeddings + config.type_vocab_size + 2
    layer = 4 * hidden * (hidden + 1) + 2 * hidden * inner + inner + hidden + 4 * hidden
    assert embeddings * hidden + layers * layer + hidden * (hidden + 1) == parameters
    assert TinyBertConfig.preset(f"{name}-chinese") == config.replace(vocab_size=21128)


@pytest.mark.parametrize("name", ["minilm-6l-384", "bert-base"])
def test_presets_of_other_families_have_their_constants(name):
    config = TinyBertConfig.preset(name)
    assert (config.hidden_act, config.layer_norm_eps) == ("gelu_erf", 1e-12)


def test_a_preset_can_be_changed():
    assert TinyBertConfig.preset("bert-base", num_hidden_layers=2).num_hidden_layers == 2
    assert TinyBertConfig.preset("bert-base").num_hidden_layers == 12


def test_an_unknown_preset_lists_the_known_ones():
    with pytest.raises(ConfigError, match="unknown preset 'bert-large'; known are bert-base, bert-base-chinese, "):
        TinyBertConfig.preset("bert-large")
