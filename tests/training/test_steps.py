"""Small batches with accumulated gradients train like one large batch."""

import dataclasses

import numpy as np
import pytest
from linear import WEIGHTS, Descent, Linear, batch, features, gradients, rows, steps, values
from mindspore import Tensor, ops

from tinybert import TinyBertForSequenceClassification, TinyBertModel
from tinybert.compat import graph_mode
from tinybert.errors import OutputError
from tinybert.training import Trainer, TrainingSettings
from tinybert.training.losses import CrossEntropy, SquaredError
from tinybert.training.state import saved_progress
from tinybert.training.steps import Steps


@graph_mode()
def trained(graphs, network, batches, added):
    """Return a network after two updates, and the loss of each.

    Args:
        graphs: The graphs of its training.
        network: The network.
        batches: The batches.
        added: Number of batches per update.
    """
    losses = [
        graphs.run([Tensor(array) for array in arrays], number % added == 0) for number, arrays in enumerate(batches, 1)
    ]
    return values(network), np.reshape(losses, (2, -1)).mean(axis=1)


def test_three_batches_of_two_rows_are_one_of_six(tiny_config, fill, make_inputs):
    """With a real network and a second update, whose sums start from 0, in graphs that accept batches of any shape."""
    labels = np.array([0, 1, 1, 0, 0, 0], np.int32)
    large = [(*make_inputs(6, seed=seed), labels) for seed in (1, 2)]
    small = [tuple(array[begin : begin + 2] for array in batch) for batch in large for begin in (0, 2, 4)]
    config = tiny_config.replace(num_hidden_layers=1)
    network = fill(TinyBertForSequenceClassification(TinyBertModel(config), 2, 0.0))
    before = values(network)
    # By gradient descent: Adam would turn mere rounding errors into steps.
    settings = TrainingSettings(max_grad_norm=0, accumulation_steps=3)
    graphs = Steps(network, CrossEntropy(), Descent(network), settings, Tensor(labels[:1]))
    expected, losses = trained(graphs, network, large, 1)
    for parameter in network.get_parameters():
        ops.assign(parameter, Tensor(before[parameter.name]))  # in place: two graphs share them
    found, parts = trained(graphs, network, small, 3)
    np.testing.assert_allclose(parts, losses, rtol=1e-4)
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, atol=2e-5, err_msg=name)
    assert max(np.abs(array - before[name]).max() for name, array in expected.items()) > 0.05


def test_the_mean_is_that_of_as_many_batches_as_there_are():
    ids, targets = rows(8)
    network = Linear()
    settings = TrainingSettings(max_grad_norm=0, accumulation_steps=3)
    accumulating = steps(network, Descent(network), settings)
    for begin, update in ((0, False), (4, True)):
        accumulating.run(batch(ids[begin : begin + 4], targets[begin : begin + 4]), update)
    for name, gradient in gradients(WEIGHTS, ids, targets).items():
        np.testing.assert_allclose(values(network)[name], WEIGHTS[name] - gradient, rtol=1e-4, err_msg=name)


def test_batches_left_at_the_end_are_trained_on_too(tmp_path):
    """With three batches, the first two make an update, and so does the last."""
    network = Linear()
    settings = TrainingSettings(
        epochs=1, batch_size=4, learning_rate=0.1, warmup_ratio=0, weight_decay=0, accumulation_steps=2
    )
    trainer = Trainer(network, SquaredError(), features(*rows(12)), settings, tmp_path)
    after = []
    run = trainer.steps.run
    trainer.steps.run = lambda *given: (run(*given), after.append(values(network)))[0]
    trainer.train()
    changed = [
        {name for name in WEIGHTS if not np.array_equal(new[name], old[name])}
        for old, new in zip([WEIGHTS, *after], after, strict=False)
    ]
    assert changed == [set(), set(WEIGHTS), set(WEIGHTS)]
    assert trainer.optimizer.global_step.asnumpy() == 2


def test_batches_count_for_as_much_as_they_hold():
    """A batch of one row and one of three give the mean over four rows."""
    ids, targets = rows(4)
    network = Linear()
    accumulating = steps(network, Descent(network), TrainingSettings(max_grad_norm=0, accumulation_steps=2))
    losses = [
        accumulating.run(batch(ids[part], targets[part]), update, amount, amount)
        for part, update, amount in ((slice(0, 1), False, 0.5), (slice(1, 4), True, 1.5))
    ]
    for name, gradient in gradients(WEIGHTS, ids, targets).items():
        np.testing.assert_allclose(values(network)[name], WEIGHTS[name] - gradient, rtol=1e-4, err_msg=name)
    again = Linear()
    whole = steps(again, Descent(again), TrainingSettings(max_grad_norm=0)).run(batch(ids, targets))
    assert np.average(losses, weights=[1, 3]) == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize("accumulation_steps", [1, 2])
def test_a_loss_that_is_not_finite_ends_the_training_and_says_why(tmp_path, accumulation_steps):
    network = Linear()
    ids, targets = rows(8)
    targets[3] = np.inf
    settings = TrainingSettings(epochs=1, batch_size=8, learning_rate=0.5, accumulation_steps=accumulation_steps)
    trainer = Trainer(network, SquaredError(), features(ids, targets), settings, tmp_path)
    with pytest.raises(OutputError, match=r"at step 1 the loss.* learning rate of .*learning_rate=0.05"):
        trainer.train()
    assert saved_progress(tmp_path) is None


def test_tokens_and_rows_weigh_the_same_however_they_are_dealt_out(tmp_path):
    """The amount that `Trainer` computes for a batch: rows if rows have labels, counted tokens if tokens have."""
    ids, targets = rows(12)
    settings = TrainingSettings(batch_size=4, accumulation_steps=3)
    trainer = Trainer(Linear(), SquaredError(), features(ids, targets), settings, tmp_path)
    assert trainer._weights(np.zeros(4, np.float32)) == (1.0, 1.0)
    trainer.features = dataclasses.replace(trainer.features, per_token=True)
    assert trainer._weights(np.array([[1, -100, -100, -100]])) == (0.25, 0.25)
    assert trainer._weights(np.array([[1, 0, 2, 1] * 5])) == (5.0, 5.0)
    assert trainer._weights(np.full((2, 3), -100)) == (0.0, 0.0)
