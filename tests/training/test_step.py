"""Gradients above the maximum global norm are scaled down to it; smaller ones are unchanged."""

import numpy as np
import pytest
from linear import WEIGHTS, Descent, Linear, batch, gradients, rows, steps, values

from tinybert.compat import graph_mode
from tinybert.training import TrainingSettings

IDS, TARGETS = rows(6)
GRADIENTS = gradients(WEIGHTS, IDS, TARGETS)


def norm(arrays):
    """Return the global norm: that of all arrays as one vector."""
    return float(np.sqrt(sum(np.square(array).sum() for array in arrays.values())))


@graph_mode()
def applied(batches, max_grad_norm):
    """Return the gradients that reach the optimizer in an update."""
    network = Linear()
    settings = TrainingSettings(max_grad_norm=max_grad_norm, accumulation_steps=len(batches))
    graphs = steps(network, Descent(network), settings)
    for number, (ids, targets) in enumerate(batches, 1):
        graphs.run(batch(ids, targets), number == len(batches))
    found = values(network)
    return {name: WEIGHTS[name] - found[name] for name in WEIGHTS}


def close(found, expected):
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_what_is_longer_gets_the_norm_and_keeps_its_direction(share):
    limit = share * norm(GRADIENTS)
    found = applied([(IDS, TARGETS)], limit)
    assert norm(found) == pytest.approx(limit, rel=1e-4)
    close(found, {name: share * array for name, array in GRADIENTS.items()})


def test_what_is_shorter_stays():
    close(applied([(IDS, TARGETS)], 1.01 * norm(GRADIENTS)), GRADIENTS)


def test_0_is_no_limit():
    assert norm(GRADIENTS) > 10
    close(applied([(IDS, TARGETS)], 0), GRADIENTS)


def test_of_several_batches_the_mean_is_clipped():
    """Two batches have large opposing gradients; their mean is below the limit, so nothing is clipped."""
    targets = 2 * ((IDS @ WEIGHTS["layer.weight"])[:, 0] * WEIGHTS["norm.gamma"] + WEIGHTS["layer.bias"]) - TARGETS
    parts = [gradients(WEIGHTS, IDS, labels) for labels in (TARGETS, targets + 0.5)]
    mean = {name: (parts[0][name] + parts[1][name]) / 2 for name in WEIGHTS}
    limit = 1.01 * norm(mean)
    assert min(map(norm, parts)) > 2 * limit
    close(applied([(IDS, TARGETS), (IDS, (targets + 0.5).astype(np.float32))], limit), mean)
