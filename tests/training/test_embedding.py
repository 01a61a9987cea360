"""An encoder learns similarities from pairs of texts, and the folder contains the trained encoder."""

import dataclasses
import json
import signal
from types import SimpleNamespace

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor
from test_finetuning import assert_same_end
from test_trainer import stop_in

from tinybert import Embedder, TinyBertModel
from tinybert.checkpoint.sentence import SentenceSettings
from tinybert.data import TextExample, TripletExample
from tinybert.evaluation import evaluate, predictions
from tinybert.metrics import correlation_scores
from tinybert.runtime.mindspore import MindSporeRuntime
from tinybert.task import Task
from tinybert.tasks import TaskModel, load_model
from tinybert.tasks.pooling import vectors_of
from tinybert.training import FineTuning, TrainingSettings, featurize
from tinybert.training.embedding import TextVectors
from tinybert.training.embedding_losses import CosineLoss, InBatchNegatives
from tinybert.training.gradients import LossOfBatch
from tinybert.training.log import read_log

WORDS = ("good", "great", "fine", "bad", "awful", "poor")
TASK = Task("encoder")
SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=5e-3, max_length=12)


def scored(count, seed):
    """Pairs with score 5 of 5 if both are good or both bad."""
    random = np.random.default_rng(seed)

    def text(word):
        words = [WORDS[word], *random.choice(["film", "book", "the", "a", "is", "was", "very"], random.integers(1, 7))]
        random.shuffle(words)
        return " ".join(words)

    words = random.integers(6, size=(count, 2)).tolist()
    return [TextExample(text(one), text(other), 5.0 * (one // 3 == other // 3)) for one, other in words]


@pytest.fixture(scope="module")
def make_encoder(make_encoder):
    """The encoder of the other tasks, with some fields of the configuration changed."""

    def make(**changes):
        config = make_encoder().config.replace(**changes)
        ms.set_seed(1)
        return TinyBertModel(config, return_all_encoders=False)

    return make


@pytest.fixture(scope="module")
def pairs():
    return scored(96, 0)


@pytest.fixture(scope="module")
def dev_pairs():
    return scored(40, 1)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory, make_encoder, tokenizer, pairs, dev_pairs):
    """A finished training: its `folder` and `metrics`, the `loaded` folder, and the metrics `before`."""
    folder, encoder = tmp_path_factory.mktemp("unbroken"), make_encoder()
    before = evaluate(model_of(encoder.set_train(False), tokenizer), dev_pairs)
    metrics = FineTuning(encoder, tokenizer, TASK, pairs, folder, dev=dev_pairs, settings=SETTINGS).run()
    return SimpleNamespace(folder=folder, metrics=metrics, loaded=load_model(folder), before=before)


def model_of(encoder, tokenizer):
    return TaskModel(MindSporeRuntime(encoder), tokenizer)


def test_it_learns(unbroken):
    assert unbroken.metrics["spearman"] > max(0.5, unbroken.before["spearman"] + 0.3)


def test_the_folder_gives_the_metrics_that_the_training_printed(unbroken, dev_pairs):
    assert unbroken.loaded.task == TASK
    assert unbroken.loaded.config.seq_length == 12
    assert evaluate(unbroken.loaded, dev_pairs) == unbroken.metrics
    assert json.loads((unbroken.folder / "metrics.json").read_text()) == unbroken.metrics


def test_the_metrics_are_those_of_the_embedder(unbroken, dev_pairs):
    embedder = Embedder(unbroken.loaded)
    first, second = (embedder([getattr(pair, name) for pair in dev_pairs], normalize=True) for name in ("text", "pair"))
    cosines = (first * second).sum(axis=1)
    np.testing.assert_allclose(predictions(unbroken.loaded, dev_pairs), cosines, atol=1e-6)
    assert correlation_scores([pair.label for pair in dev_pairs], cosines) == pytest.approx(unbroken.metrics, abs=1e-4)


@pytest.mark.slow  # what is exact for one task is for all: test_finetuning.py
def test_a_run_that_was_stopped_ends_with_the_same_weights(
    tmp_path, monkeypatch, make_encoder, tokenizer, pairs, dev_pairs
):
    """Interrupted within an update, when the gradients of one batch wait for those of the next."""
    settings = dataclasses.replace(SETTINGS, accumulation_steps=2, learning_rate=1e-2)

    def run(name):
        return FineTuning(
            make_encoder(), tokenizer, TASK, pairs, tmp_path / name, dev=dev_pairs, settings=settings
        ).run()

    expected = run("unbroken")
    with monkeypatch.context() as patch:
        stop_in(patch, 15, signal.SIGHUP)  # a closed terminal
        with pytest.raises(KeyboardInterrupt):
            run("broken")
    assert run("broken") == expected
    assert_same_end(tmp_path / "broken", tmp_path / "unbroken")


@pytest.fixture
def batch(tokenizer, pairs):
    """The network's three inputs and the labels: pairs of unequal lengths."""
    return featurize(pairs[:7], TASK, tokenizer, 12).batch(range(7))


def unit_vectors(encoder, batch):
    vectors = vectors_of(MindSporeRuntime(encoder).encode(batch[:3]), batch[1], SentenceSettings()).astype(np.float64)
    return np.split(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), 2)


@pytest.fixture(scope="module")
def encoder(make_encoder):
    """Without dropout."""
    return make_encoder(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)


def test_the_loss_is_the_squared_error_of_the_cosine(encoder, batch):
    loss = LossOfBatch(TextVectors(encoder), CosineLoss())(*map(Tensor, batch))
    first, second = unit_vectors(encoder, batch)
    expected = np.mean(((first * second).sum(axis=1) - batch[3]) ** 2)
    assert float(loss.asnumpy()) == pytest.approx(expected, rel=1e-5)


def test_the_loss_of_matches_is_the_cross_entropy_of_finding_them(encoder, tokenizer):
    """Pairs 0 and 3 share a first text, 1 and 4 share a second text: the matches of a text are never its negatives."""
    examples = [
        TextExample("a good film", "great"),
        TextExample("a bad film", "poor"),
        TextExample("the book", "what"),
        TextExample("a good film", "fine book"),
        TextExample("awful", "poor"),
    ]
    batch = featurize(examples, TASK, tokenizer, 12).batch(range(5))
    loss = LossOfBatch(TextVectors(encoder), InBatchNegatives())(*map(Tensor, batch))
    first, second = unit_vectors(encoder, batch)
    logits = 20 * first @ second.T
    for row, column in [(0, 3), (3, 0), (1, 4), (4, 1)]:
        logits[row, column] = -np.inf
    expected = np.mean(np.log(np.exp(logits).sum(axis=1)) - np.diag(logits))
    assert float(loss.asnumpy()) == pytest.approx(expected, rel=1e-5)


def matches(count, seed):
    """Pairs of texts with the same word, whatever the words around it."""
    words = [*WORDS, "not"]
    random = np.random.default_rng(seed)
    chosen = [words[index] for index in random.integers(len(words), size=count)]
    return [TextExample(f"the film is very {word}", f"a {word} book") for word in chosen]


@pytest.mark.slow  # its components are tested above and below
def test_matches_without_scores_are_learned_by_what_else_is_in_the_batch(tmp_path, make_encoder, tokenizer):
    encoder, dev = make_encoder(), matches(24, 1)
    before = evaluate(model_of(encoder.set_train(False), tokenizer), dev)
    metrics = FineTuning(encoder, tokenizer, TASK, matches(96, 0), tmp_path, dev=dev, settings=SETTINGS).run()
    assert evaluate(load_model(tmp_path), dev) == metrics
    assert metrics["mrr"] > max(0.8, before["mrr"] + 0.2)
    progress = json.loads((tmp_path / "training.json").read_text())
    assert 0 < progress["best_step"] <= progress["steps"]


@pytest.mark.slow  # a graph for each
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("loss", "changes"),
    [
        ("multiple-negatives", {}),
        ("multiple-negatives", {"matryoshka": "24,6"}),
        ("triplet", {"matryoshka": "24,6"}),
        ("triplet-cosine", {"margin": 0.5}),
        ("cosent", {"matryoshka": "24,6"}),
    ],
)
def test_each_loss_is_learned(loss, changes, tmp_path, make_encoder, tokenizer):
    """Negatives have the words around the anchor's word; with Matryoshka, vectors that are cut off rank as well."""
    random = np.random.default_rng(2)
    dev = matches(24, 1)
    if loss == "cosent":
        train = [
            TextExample(f"the film is very {WORDS[a]}", f"a {WORDS[b]} book", float(a == b))
            for a, b in random.integers(len(WORDS), size=(96, 2)).tolist()
        ]
    else:
        others = [f"the film was {WORDS[index]}" for index in random.integers(len(WORDS), size=96)]
        train = [
            TripletExample(pair.text, pair.pair, negatives=(other,))
            for pair, other in zip(matches(96, 0), others, strict=True)
            if pair.text.rsplit(" ", 1)[1] not in other
        ]
    settings = dataclasses.replace(SETTINGS, loss=loss, epochs=8, **changes)
    encoder = make_encoder()
    before = evaluate(model_of(encoder.set_train(False), tokenizer), dev)
    FineTuning(encoder, tokenizer, TASK, train, tmp_path, settings=settings).run()
    for truncate_dim in (None, 6) if "matryoshka" in changes else (None,):
        assert evaluate(tmp_path, dev, truncate_dim=truncate_dim)["mrr"] > max(0.7, before["mrr"] + 0.1)


def test_of_matches_the_folder_has_the_network_with_the_best_rank(tmp_path, make_encoder, tokenizer, no_graphs):
    dev = matches(24, 1)
    metrics = FineTuning(make_encoder(), tokenizer, TASK, matches(16, 0), tmp_path, dev=dev, settings=SETTINGS).run()
    assert evaluate(load_model(tmp_path), dev) == metrics
    evaluations = [line["metrics"]["mrr"] for line in read_log(tmp_path) if "metrics" in line]
    assert metrics["mrr"] == max(evaluations)
    progress = json.loads((tmp_path / "training.json").read_text())
    assert progress["best_step"] == 2 * (1 + evaluations.index(metrics["mrr"]))
    assert progress["steps"] == 8


def test_vectors_of_a_model_that_normalizes_have_length_1_in_training(encoder, batch):
    plain, unit = (TextVectors(encoder, normalize=normalize)(*map(Tensor, batch[:3])) for normalize in (False, True))
    assert np.linalg.norm(plain.asnumpy(), axis=1).max() > 1.1
    np.testing.assert_allclose(unit.asnumpy(), np.concatenate(unit_vectors(encoder, batch)), atol=1e-6)
