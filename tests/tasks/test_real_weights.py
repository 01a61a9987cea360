"""all-MiniLM-L6-v2: embeddings equal PyTorch's, matching texts are found, and there is little padding."""

from pathlib import Path

import numpy as np
import pytest

from tinybert import Embedder
from tinybert.tasks import top_k

GOLDEN = Path(__file__).resolve().parents[1] / "golden"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def embedder(minilm):
    return Embedder.from_pretrained(minilm)


@pytest.fixture
def golden_minilm():
    with np.load(GOLDEN / "minilm_l6.npz") as file:
        alone = [index for index, pair in enumerate(file["pairs"]) if not pair]
        return [str(file["texts"][index]) for index in alone], {
            name: file[name][alone] for name in ("embedding", "pooled")
        }


def test_embeddings_are_those_of_pytorch(embedder, golden_minilm):
    texts, expected = golden_minilm
    found = embedder(texts, normalize=True, max_length=128)
    np.testing.assert_allclose(found[:, :32], expected["embedding"], atol=1e-5)
    pooled = embedder(texts, pooling="pooled", normalize=False, max_length=128)
    np.testing.assert_allclose(pooled[:, :32], expected["pooled"], atol=1e-5)


def test_the_nearest_is_the_one_that_means_the_same(embedder):
    corpus = ["A dog is chasing a ball.", "The stock market fell on Monday.", "She baked a chocolate cake."]
    queries = ["Shares lost value at the start of the week.", "A puppy runs after a toy.", "He made a dessert."]
    indices, _ = top_k(embedder(queries), embedder(corpus), 1)
    assert indices[:, 0].tolist() == [1, 0, 2]


def test_short_texts_take_a_third_of_what_they_would_padded_to_128(embedder, monkeypatch):
    texts = ["a gripping film", "the acting is wooden and the plot makes no sense at all", "well done"] * 60
    runtime, tokens = embedder.model.runtime, []
    encode = runtime.encode

    def counting(inputs):
        tokens.append(inputs[0].size)
        return encode(inputs)

    monkeypatch.setattr(runtime, "encode", counting)
    embedder(texts)
    assert 3 * sum(tokens) < 128 * len(texts)
