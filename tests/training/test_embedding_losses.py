"""Losses of embeddings against plain NumPy: values, gradients, and which data each takes."""

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor

from tinybert.data import TextExample, TripletExample
from tinybert.errors import ConfigError
from tinybert.task import Task
from tinybert.training import TrainingSettings, featurize
from tinybert.training.embedding_losses import (
    CELLS,
    CosentLoss,
    CosineLoss,
    InBatchNegatives,
    MatryoshkaLoss,
    TripletLoss,
    embedding_loss,
)
from tinybert.training.learning import LEARNING
from tinybert.training.loss_choice import LOSSES, losses_for

TASK = Task("encoder")
RANDOM = np.random.default_rng(0)
PAIRS, TRIPLETS, QUADRUPLETS = (RANDOM.normal(size=(texts * 5, 6)) for texts in (2, 3, 4))
SCORES = np.array([0.2, 1.0, 0.2, 0.0, 0.6])
# Rows 0 and 2 have the same anchor, 1 and 3 the same positive; the negative of row 4 is the positive of row 0.
IDS = np.array([[0, 0, 10, 20], [1, 1, 11, 21], [0, 2, 12, 22], [3, 1, 13, 23], [4, 4, 0, 24]], np.int32)


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def cosine(vectors, scores):
    first, second = np.split(unit(vectors), 2)
    return np.mean(((first * second).sum(axis=1) - scores) ** 2)


def cosent(vectors, scores):
    first, second = np.split(unit(vectors), 2)
    cosines = (first * second).sum(axis=1)
    pairs = [(i, j) for i in range(5) for j in range(5) if scores[j] > scores[i]]
    return np.log(1 + sum(np.exp(20 * (cosines[i] - cosines[j])) for i, j in pairs))


def multiple_negatives(vectors, ids):
    anchors, *candidates = np.split(unit(vectors), ids.shape[1])
    losses = []
    for row in range(5):
        logits = [20 * anchors[row] @ candidates[0][row]]
        for column, texts in enumerate(candidates, 1):
            for other in range(5):
                is_right = ids[other, column] == ids[row, 1] or (column == 1 and ids[other, 0] == ids[row, 0])
                if not is_right:
                    logits.append(20 * anchors[row] @ texts[other])
        losses.append(np.log(np.exp(logits).sum()) - logits[0])
    return np.mean(losses)


def triplet(vectors, texts, margin, distance):
    anchors, positives, *others = np.split(vectors, texts)
    losses = [np.maximum(0, distance(anchors, positives) - distance(anchors, other) + margin) for other in others]
    return np.mean(losses)


def euclidean(a, b):
    return np.linalg.norm(a - b, axis=1)


def cosine_distance(a, b):
    return 1 - (unit(a) * unit(b)).sum(axis=1)


CASES = {
    "cosine": (CosineLoss(), cosine, PAIRS, SCORES),
    "cosent": (CosentLoss(), cosent, PAIRS, SCORES),
    "matches": (InBatchNegatives(), multiple_negatives, PAIRS, IDS[:, :2]),
    "a negative": (InBatchNegatives(3), multiple_negatives, TRIPLETS, IDS[:, :3]),
    "two negatives": (InBatchNegatives(4), multiple_negatives, QUADRUPLETS, IDS),
    "triplet": (TripletLoss(3, 1.0), lambda v, ids: triplet(v, 3, 1.0, euclidean), TRIPLETS, IDS[:, :3]),
    "two triplets": (TripletLoss(4, 1.0), lambda v, ids: triplet(v, 4, 1.0, euclidean), QUADRUPLETS, IDS),
    "triplet-cosine": (
        TripletLoss(3, 0.1, cosine=True),
        lambda v, ids: triplet(v, 3, 0.1, cosine_distance),
        TRIPLETS,
        IDS[:, :3],
    ),
    "matryoshka": (
        MatryoshkaLoss(CosineLoss(), (6, 3, 2)),
        lambda v, scores: sum(cosine(v[:, :dim], scores) for dim in (6, 3, 2)),
        PAIRS,
        SCORES,
    ),
    "matryoshka of triplets": (
        MatryoshkaLoss(TripletLoss(3, 0.3), (4,)),
        lambda v, ids: triplet(unit(v[:, :4]), 3, 0.3, euclidean),
        TRIPLETS,
        IDS[:, :3],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradient_are_those_of_the_formula(name):
    cell, formula, vectors, labels = CASES[name]
    expected = formula(vectors, labels)
    assert expected > 0.01
    given = Tensor(labels) if labels.dtype == np.int32 else Tensor(labels, ms.float32)
    value, gradient = ms.value_and_grad(cell)(Tensor(vectors, ms.float32), given)
    assert float(value.asnumpy()) == pytest.approx(expected, rel=1e-5)
    slopes = np.zeros_like(vectors)
    for index in np.ndindex(vectors.shape):
        step = np.zeros_like(vectors)
        step[index] = 1e-6
        slopes[index] = (formula(vectors + step, labels) - formula(vectors - step, labels)) / 2e-6
    np.testing.assert_allclose(gradient.asnumpy(), slopes, atol=2e-4)


def test_cosent_is_finite_where_all_pairs_are_in_the_wrong_order_and_near_0_in_the_right_one():
    """The largest exponent, 40, for opposite directions."""
    same, opposite = np.ones((2, 4)), np.ones((2, 4)) * [[1], [-1]]
    vectors = np.stack([same, opposite], axis=1).reshape(4, 4)  # the first pair alike, the second opposite
    for scores, expected in (([0.0, 1.0], 40.0), ([1.0, 0.0], np.exp(-40.0)), ([1.0, 1.0], 0.0)):
        value, gradient = ms.value_and_grad(CosentLoss())(Tensor(vectors, ms.float32), Tensor(scores, ms.float32))
        assert float(value.asnumpy()) == pytest.approx(expected, rel=1e-4)
        assert np.isfinite(gradient.asnumpy()).all()


def test_a_triplet_of_equal_texts_has_a_finite_gradient():
    vectors = Tensor(np.ones((3, 4)), ms.float32)
    value, gradient = ms.value_and_grad(TripletLoss(3, 2.0))(vectors, Tensor(IDS[:1, :3]))
    assert float(value.asnumpy()) == pytest.approx(2.0)
    assert np.isfinite(gradient.asnumpy()).all()


def test_each_loss_that_can_be_named_has_a_cell():
    assert CELLS.keys() == LOSSES.keys()
    for name, facts in LOSSES.items():
        for form in facts.forms:
            assert embedding_loss(form, 2 if form != "triplets" else 3, TrainingSettings(loss=name)) is not None


def test_margin_and_sizes_reach_the_loss():
    default, given = (embedding_loss("triplets", 3, TrainingSettings(loss="triplet", margin=m)) for m in (None, 0.5))
    assert (default.margin, given.margin) == (5.0, 0.5)
    wrapped = embedding_loss("matches", 2, TrainingSettings(matryoshka=[8, 16]))
    assert (type(wrapped.loss), wrapped.dims) == (InBatchNegatives, (16, 8))


PAIR = [TextExample("a film", "the film", 1.0), TextExample("a film", "awful", 0.0)]
MATCH = [TextExample("a film", "the film"), TextExample("good", "great")]
TRIPLET = [
    TripletExample("a film", "the film", negatives=("a book",)),
    TripletExample("good", "great", negatives=("a very bad film",)),
]


@pytest.mark.parametrize(
    ("examples", "form", "usual"),
    [(PAIR, "scores", "cosine"), (MATCH, "matches", "multiple-negatives"), (TRIPLET, "triplets", "multiple-negatives")],
)
def test_the_data_decide_the_usual_loss(tokenizer, examples, form, usual):
    features = featurize(examples, TASK, tokenizer, 12)
    assert features.form == form
    found = LEARNING[TASK.kind].loss(TASK, features, TrainingSettings())
    assert type(found) is type(CELLS[usual](features.texts, 0.0))
    assert losses_for(form)[0] == usual


def test_a_batch_of_triplets_has_all_anchors_then_all_positives_then_all_negatives(tokenizer):
    features = featurize(TRIPLET, TASK, tokenizer, 12)
    ids, mask, _, labels = features.batch([1, 0])
    texts = [tokenizer.decode(row[keep == 1]) for row, keep in zip(ids, mask, strict=True)]
    expected = ["good", "a film", "great", "the film", "a very bad film", "a book"]
    assert [text.removeprefix("[CLS] ").removesuffix(" [SEP]") for text in texts] == expected
    assert labels.tolist() == [[1, 2, 3], [0, 0, 1]]
    assert features.lengths.tolist() == [4, 6]


@pytest.mark.parametrize(
    ("examples", "settings", "message"),
    [
        (MATCH, {"loss": "cosent"}, "cosent learns from pairs with scores; the training data are pairs without scores"),
        (PAIR, {"loss": "triplet"}, r"for which there is cosine or cosent \(loss=...\)"),
        (MATCH, {"loss": "triplet"}, "the loss triplet learns from pairs without scores that have negatives"),
        (PAIR, {"margin": 1.0}, "a margin is given, but the loss cosine has none"),
        (PAIR, {"loss": "cosent", "batch_size": 1}, "batch_size is 1: the loss cosent compares a row with the others"),
        (PAIR, {"matryoshka": "64,12"}, r"64 is above 24, the size of the model's vectors \(matryoshka=24\)"),
    ],
)
def test_what_does_not_fit_is_refused(examples, settings, message, make_encoder, tokenizer, tmp_path):
    from tinybert.training import FineTuning

    with pytest.raises(ConfigError, match=message):
        FineTuning(make_encoder(), tokenizer, TASK, examples, tmp_path, settings=TrainingSettings(**settings))


@pytest.mark.parametrize("setting", [{"loss": "cosent"}, {"margin": 0.5}, {"matryoshka": "12"}])
def test_other_tasks_have_no_such_settings(setting, make_encoder, tokenizer, tmp_path):
    from tinybert.training import FineTuning

    task = Task("sequence-classification", ("bad", "good"))
    examples = [TextExample("a film", None, "bad"), TextExample("a book", None, "good")]
    (name,) = setting
    with pytest.raises(ConfigError, match=f"{name} is for fine-tuning embeddings .*, not for sequence-classification"):
        FineTuning(make_encoder(), tokenizer, task, examples, tmp_path, settings=TrainingSettings(**setting))
