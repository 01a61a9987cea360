"""Settings next to a vocabulary that affect ids are read as in transformers, or rejected by name."""

from __future__ import annotations

import json

import pytest

from tinybert.errors import InputError
from tinybert.text import BertTokenizer

TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "schon", "schön", "rain", "##s", "[E1]", "雨", "雨雪", "Rain"]
TEXT = "Schön [E1] covid rains 雨雪"


@pytest.fixture
def make(tmp_path):
    """A function that makes a folder with a vocabulary and settings, and returns its tokenizer."""

    def make(**settings):
        (tmp_path / "vocab.txt").write_text("\n".join(TOKENS) + "\n", encoding="utf-8")
        for name, content in settings.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
        return BertTokenizer.from_file(tmp_path)

    return make


@pytest.mark.parametrize(
    ("settings", "tokens"),
    [
        ({}, "schon [UNK] [UNK] [UNK] [UNK] rain ##s 雨 [UNK]"),
        ({"tokenizer_config": {"strip_accents": False}}, "schön [UNK] [UNK] [UNK] [UNK] rain ##s 雨 [UNK]"),
        ({"tokenizer_config": {"tokenize_chinese_chars": False}}, "schon [UNK] [UNK] [UNK] [UNK] rain ##s 雨雪"),
        ({"tokenizer_config": {"do_lower_case": False}}, "[UNK] [UNK] [UNK] [UNK] [UNK] rain ##s 雨 [UNK]"),
        ({"added_tokens": {"covid": 13}}, "schon [UNK] [UNK] [UNK] covid rain ##s 雨 [UNK]"),
        ({"added_tokens": {"[E1]": 13}}, InputError),
        ({"special_tokens_map": {"additional_special_tokens": ["[E1]"]}}, "schon [E1] [UNK] rain ##s 雨 [UNK]"),
        (
            {"special_tokens_map": {"cls_token": {"content": "[CLS]"}}},
            "schon [UNK] [UNK] [UNK] [UNK] rain ##s 雨 [UNK]",
        ),
        ({"tokenizer_config": {"extra_special_tokens": {"a": "[E1]"}}}, "schon [E1] [UNK] rain ##s 雨 [UNK]"),
        ({"tokenizer_config": {"model_specific_special_tokens": {"a": "[E1]"}}}, "schon [E1] [UNK] rain ##s 雨 [UNK]"),
        ({"tokenizer_config": {"bos_token": "[E1]", "eos_token": "[SEP]"}}, "schon [E1] [UNK] rain ##s 雨 [UNK]"),
        ({"special_tokens_map": {"eos_token": {"content": "[E1]"}}}, "schon [E1] [UNK] rain ##s 雨 [UNK]"),
        (
            {"special_tokens_map": {"bos_token": "<s>", "eos_token": None}},
            "schon [UNK] [UNK] [UNK] [UNK] rain ##s 雨 [UNK]",
        ),
        (
            {"added_tokens": {"covid": 13}, "special_tokens_map": {"additional_special_tokens": ["[E1]", "covid"]}},
            "schon [E1] covid rain ##s 雨 [UNK]",
        ),
        ({"tokenizer_config": {"added_tokens_decoder": {"13": {"content": "Covid"}}}}, None),  # normalised, as there
        (
            {"tokenizer_config": {"added_tokens_decoder": {"13": {"content": "covid"}}}, "added_tokens": {"[E1]": 99}},
            None,
        ),
        ({"sentence_bert_config": {"do_lower_case": True}, "tokenizer_config": {"do_lower_case": False}}, "schön"),
    ],
)
def test_what_is_said_is_done(make, settings, tokens):
    if tokens is InputError:
        with pytest.raises(InputError):
            make(**settings)
        return
    found = make(**settings).tokenize(TEXT)
    if tokens is not None:
        assert found[: len(tokens.split())] == tokens.split()
    else:
        assert "covid" in map(str.lower, found)


@pytest.mark.parametrize(
    ("file", "values", "message"),
    [
        (
            "tokenizer_config",
            {"tokenizer_class": "BertJapaneseTokenizer"},
            "tokenizer_class is 'BertJapaneseTokenizer'",
        ),
        ("tokenizer_config", {"tokenizer_class": ["x"]}, r"tokenizer_class is \['x'\]"),
        ("tokenizer_config", {"do_basic_tokenize": False}, "do_basic_tokenize is False; only True is read"),
        ("tokenizer_config", {"never_split": ["a"]}, "never_split is"),
        ("tokenizer_config", {"clean_text": False}, "clean_text is False"),
        ("tokenizer_config", {"padding_side": "left"}, "padding_side is 'left'; only 'right' is read"),
        ("tokenizer_config", {"truncation_side": "left"}, "truncation_side is 'left'; only 'right' is read"),
        ("tokenizer_config", {"cls_token": "<s>"}, r"tokenizer_config.json: cls_token is '<s>'; only \[CLS\] is read"),
        ("special_tokens_map", {"unk_token": {"content": "<unk>"}}, r"special_tokens_map.json: unk_token is '<unk>'"),
        ("special_tokens_map", {"unk_token": 7}, r"unk_token: expected str \| object \| null, got int"),
        ("special_tokens_map", [1], "special_tokens_map.json: the whole: expected object, got array"),
        ("special_tokens_map", "[" * 100_000, "special_tokens_map.json: not JSON that can be read: nested deeper"),
        ("added_tokens", {"a": "b"}, r"added_tokens.json: \[...\]: expected int, got str"),
        ("added_tokens", {"a": 1e400}, r"added_tokens.json: \[...\]: expected int"),
        ("tokenizer_config", {"added_tokens_decoder": [1]}, "added_tokens_decoder: expected object, got array"),
        ("tokenizer_config", {"added_tokens_decoder": {"13": "x"}}, r"decoder\[...\]: expected object"),
        ("tokenizer_config", {"strip_accents": "no"}, r"strip_accents: expected bool \| null, got str"),
        ("config", {"do_lower_case": "no"}, "config.json: do_lower_case: expected bool, got str"),
        ("tokenizer_config", {"model_max_length": "9"}, r"model_max_length: expected int \| float \| null, got str"),
        ("tokenizer_config", {"added_tokens_decoder": {"x": {"content": "a"}}}, "a key of added_tokens_decoder: expec"),
        ("tokenizer_config", {"added_tokens_decoder": {"13": {}}}, r"decoder: \[0\]: object missing required field c"),
        ("special_tokens_map", {"additional_special_tokens": [7]}, r"tokens\[0\]: expected str \| object, got int"),
    ],
)
def test_what_berts_tokenizer_does_not_do_is_refused_by_name(make, file, values, message):
    with pytest.raises(InputError, match=message):
        make(**{file: values})


@pytest.mark.parametrize(
    "name", ["BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer", "TokenizersBackend", None]
)
def test_classes_with_the_same_ids_are_read(make, name):
    make(tokenizer_config={"tokenizer_class": name})
