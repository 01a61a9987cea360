"""An encoder learns from pairs of texts how alike their vectors are to be, and the folder has what was learned."""

import dataclasses
import json
import signal

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor
from test_finetune import stop_after, weights
from threads import in_processes

from tinybert import Embedder, TinyBertModel
from tinybert.checkpoint.task import Task
from tinybert.data import TextExample
from tinybert.errors import ConfigError, InputError
from tinybert.metrics import correlation_scores
from tinybert.tasks import TaskModel, load_model, top_k
from tinybert.tasks.embed import pool
from tinybert.training import TrainingSettings, evaluate, featurize, finetune, predictions
from tinybert.training.embedding import CosineLoss, InBatchNegatives, MeanPooling
from tinybert.training.gradients import LossOfBatch
from tinybert.training.pairs import as_cosines

WORDS = ("good", "great", "fine", "bad", "awful", "poor")
TASK = Task("encoder")
SETTINGS = TrainingSettings(epochs=4, batch_size=8, accumulation_steps=2, learning_rate=1e-2, max_length=12)


def scored(count, seed):
    """Pairs that are alike, 5 of 5, where both are good or both bad."""
    random = np.random.default_rng(seed)

    def text(word):
        words = [WORDS[word], *random.choice(["film", "book", "the", "a", "is", "was", "very"], random.integers(1, 7))]
        random.shuffle(words)
        return " ".join(words)

    words = random.integers(6, size=(count, 2)).tolist()
    return [TextExample(text(one), text(other), 5.0 * (one // 3 == other // 3)) for one, other in words]


@pytest.fixture(scope="module")
def make_encoder(make_encoder):
    """As for the other tasks, but of one layer, for the sake of time."""

    def make(**changes):
        config = make_encoder().config.replace(num_hidden_layers=1, **changes)
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
    folder = tmp_path_factory.mktemp("unbroken")
    metrics = finetune(make_encoder(), tokenizer, TASK, pairs, folder, dev=dev_pairs, settings=SETTINGS)
    return folder, metrics


def test_it_learns(unbroken, make_encoder, tokenizer, dev_pairs):
    _, metrics = unbroken
    before = evaluate(TaskModel(make_encoder().set_train(False), tokenizer, TASK), dev_pairs)
    assert metrics["spearman"] > max(0.5, before["spearman"] + 0.3)


def test_the_folder_gives_the_metrics_that_the_training_printed(unbroken, dev_pairs):
    folder, metrics = unbroken
    model = load_model(folder)
    assert model.task == TASK
    assert model.config.seq_length == 12
    assert evaluate(model, dev_pairs) == metrics
    assert json.loads((folder / "metrics.json").read_text()) == metrics


def test_the_metrics_are_those_of_the_embedder(unbroken, dev_pairs):
    folder, metrics = unbroken
    embedder = Embedder.from_pretrained(folder)
    first, second = (embedder([getattr(pair, name) for pair in dev_pairs], normalize=True) for name in ("text", "pair"))
    cosines = (first * second).sum(axis=1)
    np.testing.assert_allclose(predictions(embedder.model, dev_pairs), cosines, atol=1e-6)
    assert correlation_scores([pair.label for pair in dev_pairs], cosines) == pytest.approx(metrics, abs=1e-4)


@pytest.mark.slow  # what is exact for one task is for all: test_finetune.py
def test_a_run_that_was_stopped_ends_with_the_same_weights(
    unbroken, tmp_path, monkeypatch, make_encoder, tokenizer, pairs, dev_pairs
):
    stop_after(monkeypatch, 15, signal.SIGHUP)  # a closed terminal
    with pytest.raises(KeyboardInterrupt):
        finetune(make_encoder(), tokenizer, TASK, pairs, tmp_path, dev=dev_pairs, settings=SETTINGS)
    monkeypatch.undo()
    metrics = finetune(make_encoder(), tokenizer, TASK, pairs, tmp_path, dev=dev_pairs, settings=SETTINGS)
    folder, expected = unbroken
    assert metrics == expected
    mine, theirs = weights(tmp_path), weights(folder)
    for name, array in theirs.items():
        np.testing.assert_array_equal(mine[name], array, err_msg=name)


def test_a_batch_has_both_texts_of_each_pair(tokenizer):
    examples = [
        TextExample("good", "the film is very very good", 1.0),
        TextExample("bad", "poor", 0.0),
        TextExample("a very bad film", "awful", 0.5),
    ]
    features = featurize(examples, TASK, tokenizer, 12)
    assert features.lengths.tolist() == [8, 3, 6]
    input_ids, input_mask, segment_ids, labels = features.batch([2, 1], pad_to_multiple_of=4)
    assert input_ids.shape == (4, 8)
    texts = ["a very bad film", "bad", "awful", "poor"]
    for row, mask, text in zip(input_ids, input_mask, texts, strict=True):
        np.testing.assert_array_equal(row[mask == 1], tokenizer([text]).input_ids[0])
    assert not segment_ids.any()
    assert labels.tolist() == [0.5, 0.0]


@pytest.fixture
def batch(tokenizer, pairs):
    """The network's three inputs and the labels: pairs of unequal lengths."""
    return featurize(pairs[:7], TASK, tokenizer, 12).batch(range(7))


def unit_vectors(encoder, batch):
    vectors = pool(encoder(*batch[:3]), batch[1], "mean").astype(np.float64)
    return np.split(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), 2)


@pytest.fixture(scope="module")
def encoder(make_encoder):
    """Without dropout."""
    return make_encoder(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)


def test_the_loss_is_the_squared_error_of_the_cosine(encoder, batch):
    loss = LossOfBatch(MeanPooling(encoder), CosineLoss())(*map(Tensor, batch))
    first, second = unit_vectors(encoder, batch)
    expected = np.mean(((first * second).sum(axis=1) - batch[3]) ** 2)
    assert float(loss.asnumpy()) == pytest.approx(expected, rel=1e-5)


def test_the_loss_of_matches_is_the_cross_entropy_of_finding_them(encoder, tokenizer):
    """Pairs 0 and 3 have one first text, 1 and 4 one second text: what belongs to a text is no non-match of it."""
    examples = [
        TextExample("a good film", "great"),
        TextExample("a bad film", "poor"),
        TextExample("the book", "what"),
        TextExample("a good film", "fine book"),
        TextExample("awful", "poor"),
    ]
    batch = featurize(examples, TASK, tokenizer, 12).batch(range(5))
    loss = LossOfBatch(MeanPooling(encoder), InBatchNegatives())(*map(Tensor, batch))
    first, second = unit_vectors(encoder, batch)
    logits = 20 * first @ second.T
    for row, column in [(0, 3), (3, 0), (1, 4), (4, 1)]:
        logits[row, column] = -np.inf
    expected = np.mean(np.log(np.exp(logits).sum(axis=1)) - np.diag(logits))
    assert float(loss.asnumpy()) == pytest.approx(expected, rel=1e-5)


def test_the_gradient_is_that_of_the_formula():
    random = np.random.default_rng(0)
    vectors, scores = random.normal(size=(10, 6)), random.random(5)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    (a, b), (length_a, length_b) = np.split(vectors / lengths, 2), np.split(lengths, 2)
    cosines = (a * b).sum(axis=1, keepdims=True)
    outer = 2 * (cosines - scores[:, None]) / 5
    expected = np.concatenate([outer * (b - cosines * a) / length_a, outer * (a - cosines * b) / length_b])
    found = ms.grad(CosineLoss())(Tensor(vectors, ms.float32), Tensor(scores, ms.float32)).asnumpy()
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("scores", "cosines"),
    [
        ([0, 2.5, 5], [0, 0.5, 1]),
        ([-0.5, 0, 1], [-0.5, 0, 1]),
        ([0, 0.2], [0, 0.2]),
        ([-4, 2], [-1, 0.5]),
    ],
)
def test_scores_beyond_a_cosine_are_divided_by_the_largest(scores, cosines):
    np.testing.assert_allclose(as_cosines(np.array(scores, np.float64)), cosines)


def test_metrics_do_not_depend_on_the_scale_of_the_scores(encoder, tokenizer, dev_pairs):
    model = TaskModel(encoder.set_train(False), tokenizer, TASK)
    scaled = [dataclasses.replace(pair, label=pair.label * 20) for pair in dev_pairs]
    assert evaluate(model, scaled) == pytest.approx(evaluate(model, dev_pairs), abs=1e-9)


PAIR = TextExample("a film", "the film", 1.0)


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "there are no examples"),
        ([PAIR, TextExample("a film", None, 2.0)], "example 1 is one text; .* pair='NAME'"),
        ([PAIR, TextExample("a film", "a book")], "example 1 has no score, but others have"),
        ([PAIR, TextExample("a film", "a book", "0.5")], r"example 1 has the score '0.5'; it must be a number"),
        ([PAIR, TextExample("a film", "a book", float("nan"))], "example 1 has the score nan"),
        ([PAIR, PAIR], "all 2 pairs have the score 1: nothing can be learned"),
    ],
)
def test_what_cannot_be_learned_is_told_before_anything_is_written(
    examples, message, tmp_path, make_encoder, tokenizer, pairs
):
    with pytest.raises(InputError, match=message):
        finetune(make_encoder(), tokenizer, TASK, examples, tmp_path, settings=SETTINGS)
    if examples:
        with pytest.raises(InputError, match=message):
            finetune(make_encoder(), tokenizer, TASK, pairs, tmp_path, dev=examples, settings=SETTINGS)
    assert not list(tmp_path.iterdir())


def matches(count, seed):
    """Pairs of texts with the same word, whatever the words around it."""
    words = [*WORDS, "not"]
    random = np.random.default_rng(seed)
    chosen = [words[index] for index in random.integers(len(words), size=count)]
    return [TextExample(f"the film is very {word}", f"a {word} book") for word in chosen]


def test_matches_without_scores_are_learned_by_what_else_is_in_the_batch(tmp_path, make_encoder, tokenizer):
    train, dev = matches(96, 0), matches(24, 1)
    settings = dataclasses.replace(SETTINGS, accumulation_steps=1, learning_rate=5e-3)
    before = evaluate(TaskModel(make_encoder().set_train(False), tokenizer, TASK), dev)
    metrics = finetune(make_encoder(), tokenizer, TASK, train, tmp_path, dev=dev, settings=settings)
    model = load_model(tmp_path)
    assert evaluate(model, dev) == metrics
    assert metrics["mrr"] > max(0.8, before["mrr"] + 0.2)
    progress = json.loads((tmp_path / "training.json").read_text())
    assert 0 < progress["best_step"] <= progress["steps"]


def test_a_match_needs_others_in_its_batch(tmp_path, make_encoder, tokenizer):
    with pytest.raises(ConfigError, match="batch_size is 1: a pair without a score needs others"):
        finetune(
            make_encoder(),
            tokenizer,
            TASK,
            matches(4, 0),
            tmp_path,
            settings=dataclasses.replace(SETTINGS, batch_size=1),
        )


def test_the_rank_is_that_among_all_distinct_second_texts(encoder, tokenizer):
    model, examples = TaskModel(encoder.set_train(False), tokenizer, TASK), matches(24, 2)
    candidates = sorted({example.pair for example in examples})
    order, _ = top_k(Embedder(model)([example.text for example in examples]), Embedder(model)(candidates), k=99)
    expected = [
        1 + [candidates[index] for index in row].index(example.pair)
        for row, example in zip(order, examples, strict=True)
    ]
    assert predictions(model, examples) == expected
    results, _ = in_processes(2, lambda world: predictions(model, examples, world=world))
    assert results == [expected] * 2
