"""Pooling as defined by sentence-transformers; `tests/parity` compares with its real output."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from function_runtime import FunctionRuntime

from tinybert.checkpoint.sentence import Dense, SentenceSettings
from tinybert.errors import InputError, OutputError
from tinybert.runtime.base import EncoderOutputs
from tinybert.tasks import Embedder, TaskModel
from tinybert.tasks.pooling import vectors_of

SEQUENCE = np.array([[[1.0, -4.0], [3.0, 0.0], [5.0, 1.0]], [[2.0, 2.0], [9.0, 9.0], [9.0, 9.0]]], np.float32)
MASK = np.array([[1, 1, 1], [1, 0, 0]], np.int32)
OUTPUTS = EncoderOutputs(SEQUENCE, np.array([[0.5, 0.5], [0.1, 0.1]], np.float32))


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("mean", [[3, -1], [2, 2]]),
        ("first", [[1, -4], [2, 2]]),
        ("pooled", [[0.5, 0.5], [0.1, 0.1]]),
        ("max", [[5, 1], [2, 2]]),
        ("mean_sqrt_len", [[9 / 3**0.5, -3 / 3**0.5], [2, 2]]),
        ("weighted_mean", [[22 / 6, -1 / 6], [2, 2]]),
        ("last", [[5, 1], [2, 2]]),
    ],
)
def test_padding_counts_nowhere(pooling, expected):
    vectors = vectors_of(OUTPUTS, MASK, SentenceSettings((pooling,)))
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, expected, rtol=1e-6)


@pytest.mark.parametrize("pooling", ["mean", "max", "mean_sqrt_len", "weighted_mean", "last", "first"])
def test_a_row_that_fills_up_a_batch_has_finite_numbers(pooling):
    assert np.isfinite(vectors_of(OUTPUTS, np.zeros_like(MASK), SentenceSettings((pooling,)))).all()


def test_several_poolings_dense_and_length_one():
    dense = Dense(np.array([[1.0, 0, 0, 1], [0, 2, 0, 0]], np.float32), np.array([1.0, 0], np.float32), "relu")
    settings = SentenceSettings(("first", "last"), (dense,))
    np.testing.assert_allclose(vectors_of(OUTPUTS, MASK, settings), [[3, 0], [5, 4]])
    unit = vectors_of(OUTPUTS, MASK, dataclasses.replace(settings, normalize=True))
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, rtol=1e-6)


def test_vectors_are_finite():
    def vectors(*factors, normalize=False):
        layers = tuple(Dense(np.full((2, 2), factor, np.float32)) for factor in factors)
        return vectors_of(OUTPUTS, MASK, SentenceSettings(("last",), layers, normalize))

    np.testing.assert_allclose(vectors(1e30, normalize=True), [[0.5**0.5] * 2] * 2, rtol=1e-6)
    for normalize in (False, True):
        with pytest.raises(OutputError, match=r"dense layers are too large.*\(pooling='mean'\)"):
            vectors(1e30, 1e30, normalize=normalize)


@pytest.fixture
def embedder(config, tokenizer):
    """A function that makes an embedder with settings; its vectors are the ids of the tokens, in columns of two."""

    def embedder(settings):
        def function(input_ids, input_mask, segment_ids):
            return np.stack([input_ids, input_ids], axis=2).astype(np.float32), None

        runtime = FunctionRuntime(function, config.replace(hidden_size=2, num_attention_heads=1))
        return Embedder(TaskModel(runtime, tokenizer, "the model", sentence=settings))

    return embedder


def test_the_model_says_and_the_caller_knows_better(embedder, tokenizer):
    settings = SentenceSettings(("max",), normalize=True, prompts={"query": "the king "}, default_prompt="query")
    embed = embedder(settings)
    ids = tokenizer("the king cat").input_ids
    np.testing.assert_allclose(embed("cat"), [0.5**0.5] * 2, rtol=1e-6)
    np.testing.assert_array_equal(embed("cat", normalize=False), [ids.max()] * 2)
    np.testing.assert_array_equal(embed("cat", normalize=False, prompt=""), [tokenizer("cat").input_ids.max()] * 2)
    np.testing.assert_array_equal(embed("cat", normalize=False, prompt="the king "), embed("cat", normalize=False))
    assert embed("cat", pooling="first", normalize=False).tolist() == [ids[0, 0]] * 2
    assert embed(["cat", "the"]).shape == (2, 2)


def test_prompts_by_name(embedder, tokenizer):
    embed = embedder(SentenceSettings(("first", "max"), prompts={"query": "the king ", "none": ""}))
    expected = [tokenizer("the king cat").input_ids.max()] * 2
    np.testing.assert_array_equal(embed("cat", prompt_name="query")[2:], expected)
    np.testing.assert_array_equal(embed("cat", prompt_name="none"), embed("cat"))
    # A given prompt is used literally, even if it is the name of a prompt.
    np.testing.assert_array_equal(embed("cat", prompt="query"), embed("querycat"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prompt_name": "qeury"}, r"no prompt called 'qeury'; it has query, none \(prompt_name='query'\)"),
        ({"prompt_name": "the king "}, "no prompt called 'the king '"),
        ({"prompt_name": ["query"]}, r"no prompt called \['query'\]"),
        ({"prompt_name": "query", "prompt": ""}, "both a prompt and the name of one are given"),
        ({"prompt": 3}, "prompt is int 3, not a string"),
    ],
)
def test_prompts_that_the_model_does_not_have(embedder, options, message):
    embed = embedder(SentenceSettings(prompts={"query": "the king ", "none": ""}))
    with pytest.raises(InputError, match=message):
        embed(["cat"], **options)


def test_a_model_without_prompts(embedder):
    with pytest.raises(InputError, match=r"has no prompts.*\(prompt=\.\.\.\)"):
        embedder(SentenceSettings())("cat", prompt_name="query")


def test_what_is_not_computed_is_an_error_unless_the_caller_says_how_to_pool(embedder):
    embed = embedder(SentenceSettings(refused="a folder: a module LSTM"))
    with pytest.raises(InputError, match=r"a module LSTM: this package does not compute it.*\(pooling='mean'\)"):
        embed("cat")
    assert embed("cat", pooling="mean").shape == (2,)


def test_an_embedding_is_as_wide_as_the_model_says(embedder):
    dense = Dense(np.ones((7, 4), np.float32), None, "tanh")
    embed = embedder(SentenceSettings(("first", "last"), (dense,)))
    assert embed.embedding_size == len(embed("cat")) == 7
    assert embed([]).shape == (0, 7)
    assert embed.embedding_size_with("mean") == len(embed("cat", pooling="mean")) == 2
    assert embed([], pooling="mean").shape == (0, 2)
    assert embed(["cat", "the"], pooling="mean").shape == (2, 2)


def test_vectors_are_cut_off_before_they_are_scaled():
    settings = SentenceSettings(("first", "last"), truncate_dim=3)
    np.testing.assert_allclose(vectors_of(OUTPUTS, MASK, settings), [[1, -4, 5], [2, 2, 2]])
    unit = vectors_of(OUTPUTS, MASK, dataclasses.replace(settings, normalize=True))
    np.testing.assert_allclose(unit, np.array([[1, -4, 5], [2, 2, 2]]) / np.sqrt([[42], [12]]), rtol=1e-6)


def test_the_caller_says_where_vectors_are_cut_off_or_the_model(embedder):
    embed = embedder(SentenceSettings(("first", "last", "mean"), truncate_dim=5))
    whole = embed("cat", truncate_dim=6)
    np.testing.assert_array_equal(embed("cat"), whole[:5])
    np.testing.assert_array_equal(embed(["cat"], truncate_dim=1), whole[None, :1])
    assert (embed.embedding_size, embed.embedding_size_with(None, 2)) == (5, 2)
    assert embed("cat", pooling="mean").shape == (2,)
    for wrong in (0, 7, "2"):
        with pytest.raises(InputError, match=f"truncate_dim is {wrong!r}; it must be an integer, 1 to 6"):
            embed("cat", truncate_dim=wrong)
