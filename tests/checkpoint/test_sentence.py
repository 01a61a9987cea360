"""A model's embedding settings are saved in our own folders and read back."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from safetensors.numpy import save_file
from test_sentence_transformers import layer

from tinybert.checkpoint import read_checkpoint, save_folder
from tinybert.checkpoint.folder import DENSE
from tinybert.checkpoint.sentence import Dense, SentenceSettings
from tinybert.errors import CheckpointError
from tinybert.text import BertTokenizer, Vocabulary

TOKENIZER = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "rain")))


@pytest.mark.parametrize(
    "settings",
    [
        SentenceSettings(),
        SentenceSettings(("first", "max"), normalize=True),
        SentenceSettings(prompts={"query": "q: "}, default_prompt="query"),
        SentenceSettings(normalize=True, truncate_dim=7),
        SentenceSettings(dense=(layer("tanh"), layer("identity", 6, bias=False)), normalize=True),
    ],
)
def test_a_folder_keeps_it(tmp_path, make_checkpoint, settings):
    folder = save_folder(dataclasses.replace(make_checkpoint(), sentence=settings), tmp_path, tokenizer=TOKENIZER)
    back = read_checkpoint(folder).sentence
    assert back == settings
    assert [one.activation for one in back.dense] == [one.activation for one in settings.dense]
    assert back.arrays().keys() == settings.arrays().keys()
    for name, array in settings.arrays().items():
        np.testing.assert_array_equal(back.arrays()[name], array)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "config.json: sentence: expected object, got array"),
        ({"pooling": "mean"}, "sentence: pooling: expected array, got str"),
        ({"else": 1}, "sentence: the whole: object contains unknown field else"),
        ({"pooling": ["middle"]}, r"pooling is \('middle',\): known are mean, first"),
        ({"pooling": []}, r"pooling is \(\)"),
        ({"pooling": [1]}, r"pooling\[0\]: expected str, got int"),
        ({"dense": ["tanh"]}, "config.json: the weights of dense layer 0 are missing"),
        ({"truncate_dim": 0}, "truncate_dim is 0: it must be at least 1"),
        ({"default_prompt": "q"}, "the default prompt is 'q', but the prompts are none"),
    ],
)
def test_what_is_malformed_is_named(tmp_path, make_checkpoint, values, message):
    folder = save_folder(make_checkpoint(), tmp_path, tokenizer=TOKENIZER)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "sentence": values}))
    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(folder)


def test_dense_layers_that_do_not_fit_are_named_with_their_file(tmp_path, make_checkpoint):
    settings = SentenceSettings(dense=(layer("tanh"), layer("identity", 6)))
    folder = save_folder(dataclasses.replace(make_checkpoint(), sentence=settings), tmp_path, tokenizer=TOKENIZER)
    spoilt = settings.arrays() | {"1.weight": np.full((6, 6), np.inf, np.float32)}
    save_file(spoilt, folder / DENSE)
    with pytest.raises(CheckpointError, match=r"/dense.safetensors, layer 1: the weight holds NaN or infinity"):
        read_checkpoint(folder)
    save_file(settings.arrays() | {"1.weight": np.ones((6, 5), np.float32)}, folder / DENSE)
    with pytest.raises(CheckpointError, match=r"layer 1: it takes 5 numbers, but .*dense.safetensors, layer 0 gives 6"):
        read_checkpoint(folder)
    save_file(settings.arrays() | {"0.weight": np.ones((6, 23), np.float32)}, folder / DENSE)
    with pytest.raises(CheckpointError, match=r"layer 0: it takes 23 numbers, but the pooling gives 24"):
        read_checkpoint(folder)


@pytest.mark.parametrize(
    ("weight", "bias", "message"),
    [
        (np.ones(3, np.float32), None, r"L: the weight is \(3,\); it must be \(outputs, inputs\)"),
        (np.ones((0, 3), np.float32), None, r"L: the weight is \(0, 3\)"),
        (np.ones((2, 3), np.int8), None, "L: the weight is of int8; it must be float16, float32 or float64"),
        (np.full((2, 3), 1e39), None, "L: the weight holds NaN or infinity"),  # in float32
        (np.ones((2, 3), np.float32), np.ones(3, np.float32), r"L: the bias is \(3,\); of a weight .* be \(2,\)"),
        (np.ones((2, 3), np.float32), np.array([0, np.nan]), "L: the bias holds NaN or infinity"),
    ],
)
def test_layers_that_cannot_be_computed(weight, bias, message):
    with pytest.raises(CheckpointError, match=message):
        Dense(weight, bias, source="L")


def test_float64_is_converted():
    assert Dense(np.ones((2, 3)), np.ones(2)).bias.dtype == np.float32


def test_a_model_does_not_take_the_layers_of_a_wider_one(make_checkpoint):
    with pytest.raises(CheckpointError, match="a dense layer: it takes 48 numbers, but the pooling gives 24"):
        dataclasses.replace(make_checkpoint(), sentence=SentenceSettings(dense=(layer("tanh", 48),)))
