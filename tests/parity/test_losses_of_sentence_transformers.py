"""Losses of embeddings and their gradients are those of sentence-transformers."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.parity

RANDOM = np.random.default_rng(0)
SCORES = np.array([0.2, 1.0, 0.2, 0.0, 0.6], np.float32)


def texts(count):
    """Vectors of five rows of texts, all first texts, then all second texts, and so on."""
    return RANDOM.normal(size=(count * 5, 8)).astype(np.float32)


@pytest.fixture(scope="module")
def losses():
    return pytest.importorskip("sentence_transformers.sentence_transformer.losses")


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def model_of(torch):
    """A model whose input is its output."""

    class Model(torch.nn.Module):
        def forward(self, features):
            return features

        def get_embedding_dimension(self):
            return 8

    return Model()


def theirs(name, losses, model):
    distance = losses.TripletDistanceMetric
    return {
        "cosine": lambda: losses.CosineSimilarityLoss(model),
        "cosent": lambda: losses.CoSENTLoss(model),
        "multiple-negatives": lambda: losses.MultipleNegativesRankingLoss(model),
        "triplet": lambda: losses.TripletLoss(model, distance.EUCLIDEAN, 5),
        "triplet-cosine": lambda: losses.TripletLoss(model, distance.COSINE, 0.5),
    }[name]()


CASES = [
    ("cosine", 2, "scores", {}),
    ("cosent", 2, "scores", {}),
    ("multiple-negatives", 2, "matches", {}),
    ("multiple-negatives", 3, "triplets", {}),
    ("multiple-negatives", 4, "triplets", {}),
    ("triplet", 3, "triplets", {}),
    ("triplet-cosine", 3, "triplets", {"margin": 0.5}),
]


@pytest.mark.parametrize("dims", [None, "8,4,2", "4"])
@pytest.mark.parametrize(("name", "count", "form", "settings"), CASES)
def test_value_and_gradient(name, count, form, settings, dims, losses, torch):
    import mindspore as ms

    from tinybert.training import TrainingSettings
    from tinybert.training.embedding_losses import embedding_loss

    vectors = texts(count)
    different = (np.arange(5)[:, None] + 5 * np.arange(count)).astype(np.int32)
    labels = SCORES if form == "scores" else different
    ours = embedding_loss(form, count, TrainingSettings(loss=name, matryoshka=dims, **settings))
    value, gradient = ms.value_and_grad(ours)(ms.Tensor(vectors), ms.Tensor(labels))

    model = model_of(torch)
    loss = theirs(name, losses, model)
    if dims is not None:
        loss = losses.MatryoshkaLoss(model, loss, [int(dim) for dim in dims.split(",")])
    given = torch.tensor(vectors, requires_grad=True)
    features = [{"sentence_embedding": part} for part in given.chunk(count)]
    expected = loss(features, torch.tensor(SCORES) if form == "scores" else None)
    expected.backward()
    assert float(value.asnumpy()) == pytest.approx(expected.item(), rel=1e-5)
    np.testing.assert_allclose(gradient.asnumpy(), given.grad.numpy(), rtol=1e-4, atol=1e-5)
