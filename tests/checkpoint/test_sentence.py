"""How a model makes a vector of a text goes into our own folders, and comes back."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from test_sentence_transformers import layer

from tinybert.checkpoint import read_checkpoint, save_folder
from tinybert.checkpoint.sentence import SentenceSettings
from tinybert.errors import CheckpointError
from tinybert.text import BertTokenizer, Vocabulary

TOKENIZER = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "rain")))


@pytest.mark.parametrize(
    "settings",
    [
        SentenceSettings(),
        SentenceSettings(("first", "max"), normalize=True),
        SentenceSettings(prompts={"query": "q: "}, default_prompt="query"),
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
        ([], "sentence must be an object"),
        ({"pooling": "mean"}, "sentence must be an object with some of pooling, dense, normalize"),
        ({"else": 1}, "sentence must be an object"),
        ({"pooling": ["middle"]}, r"pooling is \('middle',\): known are mean, first"),
        ({"pooling": []}, r"pooling is \(\)"),
        ({"pooling": [1]}, "must hold text"),
        ({"dense": ["tanh"]}, "the weights of its dense layers are missing"),
        ({"default_prompt": "q"}, "the default prompt is 'q', but the prompts are none"),
    ],
)
def test_what_is_malformed_is_named(tmp_path, make_checkpoint, values, message):
    folder = save_folder(make_checkpoint(), tmp_path, tokenizer=TOKENIZER)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "sentence": values}))
    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(folder)
