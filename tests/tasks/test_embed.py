"""Vectors of texts: correct for any texts, in any form of input."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from awkward_texts import TEXTS

from tinybert import Embedder
from tinybert.errors import InputError
from tinybert.runtime.mindspore import MindSporeRuntime
from tinybert.tasks import TaskModel


@pytest.fixture(scope="module")
def embedder(encoder):
    return Embedder(encoder)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5)


def test_many_texts_give_what_each_gives_alone(embedder):
    together = embedder(TEXTS, batch_size=4)
    assert together.shape == (len(TEXTS), 48)
    assert together.dtype == np.float32
    assert np.isfinite(together).all()
    for text, vector in zip(TEXTS, together, strict=True):
        close(embedder(text), vector)
    close(np.array(list(embedder(iter(TEXTS), batch_size=2))), together)


def test_mean_is_that_of_sentence_transformers(embedder, tokenizer, encoder):
    texts = ["the king is in the old town", "a"]
    encoding = tokenizer(texts, pad_to=12)
    tokens = encoder.runtime.encode(encoding.inputs).sequence_output
    mask = encoding.input_mask[:, :, None].astype(np.float32)
    # Reimers' code: (token_embeddings * mask).sum(1) / clamp(mask.sum(1), min=1e-9), then F.normalize.
    mean = (tokens * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1e-9)
    close(embedder(texts), mean)
    close(embedder(texts, normalize=True), mean / np.linalg.norm(mean, axis=1, keepdims=True))


def test_first_and_pooled(embedder, tokenizer, encoder):
    sequence_output, pooled_output = encoder.runtime.encode(tokenizer(["the cat sat"]).inputs)
    close(embedder("the cat sat", pooling="first"), sequence_output[0, 0])
    close(embedder("the cat sat", pooling="pooled"), pooled_output[0])


def test_long_texts_are_cut(embedder):
    long = "one two three " * 8000
    assert len(long) > 100_000
    close(embedder(long), embedder(" ".join(long.split()[:62])))
    close(embedder(long, max_length=10), embedder(long[:50], max_length=10))
    close(embedder(long, max_length=10_000), embedder(long))


def test_the_encoder_of_a_task_network(classifier):
    vectors = Embedder(classifier)(["the cat"])
    close(vectors, Embedder(classifier)(["the  cat"]))
    assert vectors.shape == (1, 48)


def test_pooling_that_is_not_known(embedder):
    with pytest.raises(
        InputError, match="pooling is 'middle'; it must be one of mean, first, pooled, max, mean_sqrt_len"
    ):
        embedder("a", pooling="middle")


def test_four_threads_get_what_each_call_gives_alone(encoder, classifier, tokenizer):
    # Unshared runtimes, which take no lock.
    runtimes = [MindSporeRuntime(model.runtime.network) for model in (encoder, classifier)]
    tasks = [Embedder(TaskModel(runtime, tokenizer)) for runtime in runtimes]
    calls = [(task, texts) for texts in ([text, "the cat"] for text in TEXTS[::3]) for task in tasks]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda call: call[0](call[1]), calls))
    for (task, texts), vectors in zip(calls, together, strict=True):
        close(vectors, task(texts))


def test_errors_in_the_place_of_vectors(embedder):
    results = embedder(["the", None, "cat"], on_error="return")
    assert [type(result) for result in results] == [np.ndarray, InputError, np.ndarray]
    close(results[2], embedder("cat"))
