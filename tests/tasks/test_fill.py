"""Filling in of masked words."""

from __future__ import annotations

import json

import numpy as np
import pytest
from function_runtime import FunctionRuntime

import tinybert
from tinybert import Classifier, Embedder, MaskFiller, Task
from tinybert.checkpoint import save_folder
from tinybert.checkpoint.saving import save_checkpoint
from tinybert.errors import InputError, OutputError
from tinybert.tasks import Fill, FilledMask, FilledText, TaskModel
from tinybert.tasks.masked_tokens import MOST_POSITIONS, top_tokens
from tinybert.text import BertTokenizer, Vocabulary

KIND = "masked-language-modeling"
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "rain", "snow", "sun", "##y", "is", "nice", ".")
RAIN, SNOW, SUN, Y = (WORDS.index(word) for word in ("rain", "snow", "sun", "##y"))


class Predicting(FunctionRuntime):
    """A runtime whose sequence output is the position, and whose logits are a function of it."""

    def __init__(self, logits, config, rows=16):
        super().__init__(self._positions, config.replace(vocab_size=rows), Task(KIND), rows)
        self.predict, self.counts = logits, []

    @staticmethod
    def _positions(input_ids, input_mask, segment_ids):
        return np.broadcast_to(np.arange(input_ids.shape[1])[None, :, None], (*input_ids.shape, 48)), None

    def token_logits(self, rows):
        self.counts.append(len(rows))
        logits = np.zeros((len(rows), self.num_labels), np.float32)
        for row, position in enumerate(rows[:, 0].astype(int)):
            for token, value in self.predict(position).items():
                logits[row, token] = value
        return logits


@pytest.fixture
def filler(config):
    """A function that makes a `MaskFiller`, given a function of a position that returns logits by token."""

    def filler(logits, **options):
        return MaskFiller(TaskModel(Predicting(logits, config, **options), BertTokenizer(Vocabulary(WORDS))))

    return filler


@pytest.fixture(scope="module")
def model(make_model):
    return make_model(Task(KIND))


def test_the_most_probable_tokens_of_each_mask(filler):
    fill = filler(lambda position: {1: {RAIN: 3, SNOW: 4}, 4: {SUN: 5}}[position])
    found = fill("[MASK] is  nice [MASK].", top_k=2)
    assert found.text == "snow is  nice sun."
    assert [(mask.start, mask.end) for mask in found.masks] == [(0, 6), (16, 22)]
    assert [[fill.token for fill in mask.fills] for mask in found.masks] == [["snow", "rain"], ["sun", "[PAD]"]]
    total = np.exp(3) + np.exp(4) + 10  # 12 words
    assert [fill.score for fill in found.masks[0].fills] == pytest.approx([np.exp(4) / total, np.exp(3) / total])
    back = json.loads(json.dumps(found.to_dict()))
    assert back["text"] == found.text
    masks = [
        FilledMask(mask["start"], mask["end"], tuple(Fill(**fill) for fill in mask["fills"])) for mask in back["masks"]
    ]
    assert tuple(masks) == found.masks


def test_a_piece_continues_the_word_before_it(filler):
    found = filler(lambda position: {Y: 9})("rain[MASK] is nice")
    assert (found.text, found.masks[0].fills[0].token) == ("rainy is nice", "##y")


def test_rows_of_the_embedding_table_without_a_token_are_not_predicted(filler):
    found = filler(lambda position: {14: 99, SUN: 1})("[MASK] is nice", top_k=50)
    assert len(found.masks[0].fills) == len(WORDS)
    assert found.masks[0].fills[0].token == "sun"
    assert sum(fill.score for fill in found.masks[0].fills) == pytest.approx(1)


def test_a_list_and_a_stream(filler):
    fill = filler(lambda position: {position + 4: 5})
    texts = ["[MASK] is nice", "rain [MASK]", "[MASK] [MASK] [MASK]"]
    found = fill(texts, top_k=1)
    assert [result.text for result in found] == ["rain is nice", "rain snow", "rain snow sun"]
    stream = fill(iter(texts), top_k=1, batch_size=1)
    assert isinstance(next(stream), FilledText)
    assert [result.text for result in stream] == ["rain snow", "rain snow sun"]
    assert fill([]) == []


def test_a_real_network_says_what_its_logits_are(model):
    texts = ["The [MASK] was good.", "A [MASK] in the [MASK] of the old house."]
    encoding = model.tokenizer(texts)
    logits = model.runtime.logits(encoding.inputs)[encoding.input_ids == model.tokenizer.token_to_id("[MASK]")]
    found = [mask for result in MaskFiller(model)(texts, top_k=3) for mask in result.masks]
    assert len(found) == len(logits) == 3
    tokens = list(model.tokenizer.vocab)
    for mask, row in zip(found, logits[:, : len(tokens)], strict=True):
        powers = np.exp(row - row.max())
        best = np.argsort(-row)[:3]
        assert [fill.token for fill in mask.fills] == [tokens[index] for index in best]
        np.testing.assert_allclose([fill.score for fill in mask.fills], powers[best] / powers.sum(), rtol=1e-4)


def test_logits_are_computed_for_a_bounded_number_of_positions_at_once(config):
    runtime = Predicting(lambda position: {position % 10: 1}, config)
    inputs = [np.full((20, 30), 4, np.int32)] * 3
    ids, probabilities = top_tokens(runtime, inputs, 4, 2, np.array([3, 5, 7, 9]))
    assert runtime.counts == [256, 256, 88]
    assert max(runtime.counts) == MOST_POSITIONS
    assert ids.shape == probabilities.shape == (600, 2)
    assert ids[:8].tolist() == [[3, 5], [3, 5], [3, 5], [3, 5], [3, 5], [5, 3], [3, 5], [7, 3]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("It rains.", r"text has no \[MASK\]: write \[MASK\], in capitals"),
        ("It [mask].", r"text has no \[MASK\]"),
        ("", r"text has no \[MASK\]"),
        (f"{'rain ' * 62}[MASK]", r"text has a \[MASK\] at token 63, but only the first 62 are read"),
        (3, "text is int, not a string|text is an integer|text is 3, not a string"),
    ],
)
def test_a_text_that_cannot_be_filled_in(filler, text, message):
    fill = filler(lambda position: {})
    with pytest.raises(InputError, match=message if isinstance(text, str) else "texts is of type int"):
        fill(text)
    (error, good) = fill([text, "[MASK]"], on_error="return")
    assert isinstance(error, InputError)
    assert isinstance(good, FilledText)


def test_a_long_text_is_cut_behind_its_masks(filler):
    found = filler(lambda position: {SUN: 1})(f"[MASK] {'rain ' * 100}end", max_length=8)
    assert found.text.startswith("sun rain")
    assert found.text.endswith("end")


@pytest.mark.parametrize(("option", "value"), [("top_k", 0), ("top_k", "5"), ("max_length", 2), ("batch_size", 0)])
def test_options_that_are_not_allowed(filler, option, value):
    with pytest.raises(InputError, match=option):
        filler(lambda position: {})("[MASK]", **{option: value})


def test_a_network_that_overflows_is_an_error(filler):
    with pytest.raises(OutputError, match="NaN or infinity"), np.errstate(invalid="ignore"):
        filler(lambda position: {SUN: np.nan})("[MASK]")


def test_a_vocabulary_without_a_mask_is_refused(config):
    words = tuple(word for word in WORDS if word != "[MASK]")
    with pytest.raises(InputError, match=r"has no \[MASK\]") as caught:
        MaskFiller(TaskModel(Predicting(dict, config), BertTokenizer(Vocabulary(words))))
    assert caught.value.argument == "vocabulary"


@pytest.mark.parametrize("made", ["encoder", "classifier"])
def test_other_models_are_refused(request, made):
    model = request.getfixturevalue(made)
    with pytest.raises(InputError, match=r"no head for masked-language-modeling|not for masked-language-modeling"):
        MaskFiller(model)


def test_a_folder_is_loaded_as_what_it_is_and_serves_as_an_encoder(model, tmp_path, tokenizer, shared_networks):
    folder = save_folder(model.runtime.checkpoint, tmp_path / "masked", tokenizer=tokenizer)
    filler = tinybert.load(folder)
    assert isinstance(filler, MaskFiller)
    assert filler("The [MASK].").text
    vector = Embedder.from_pretrained(folder)("The film.")
    np.testing.assert_allclose(vector, Embedder(model)("The film."), atol=1e-6)
    with pytest.raises(InputError, match=r"no head for sequence-classification. Fine-tune one first"):
        Classifier.from_pretrained(folder)


def test_a_file_says_by_its_names_that_it_is_a_masked_language_model(model, tmp_path, tokenizer, shared_networks):
    path = save_checkpoint(model.runtime.checkpoint, tmp_path / "masked.ckpt")
    assert isinstance(tinybert.load(path, vocabulary=tokenizer), MaskFiller)
    assert isinstance(Embedder.from_pretrained(path, vocabulary=tokenizer), Embedder)


def test_why_a_head_was_left_aside_is_said(model, tmp_path, tokenizer, shared_networks):
    checkpoint = model.runtime.checkpoint
    folder = tmp_path / "untied"
    from tinybert.checkpoint import save_huggingface

    save_huggingface(checkpoint, folder, tokenizer=tokenizer)
    from safetensors.numpy import load_file, save_file

    arrays = load_file(folder / "model.safetensors")
    arrays["cls.predictions.decoder.weight"] = arrays["bert.embeddings.word_embeddings.weight"] + 1
    save_file(arrays, folder / "model.safetensors")
    with pytest.raises(InputError, match=r"no head for masked-language-modeling \(the head of pre-training; .* tied"):
        MaskFiller.from_pretrained(folder)
    assert isinstance(tinybert.load(folder), Embedder)
