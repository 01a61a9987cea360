"""A linear regression as a substitute for a network: gradients are known by formula, and compilation is fast."""

import mindspore as ms
import numpy as np
from mindspore import Parameter, ParameterTuple, Tensor, nn, ops

from tinybert.text.encoding import Encoding
from tinybert.training import Features
from tinybert.training.losses import SquaredError
from tinybert.training.steps import Steps

WEIGHTS = {
    "layer.weight": np.array([[0.5], [-1.0], [0.25]], np.float32),
    "layer.bias": np.array([0.3], np.float32),
    "norm.gamma": np.array([1.5], np.float32),
}


class Linear(nn.Cell):
    """gamma * (input_ids @ weight) + bias: (B, 3) int32 to (B,) float32, its product in `compute_type`."""

    def __init__(self, compute_type=ms.float32):
        super().__init__()
        self.weight, self.bias, self.gamma = (Parameter(Tensor(value), name=name) for name, value in WEIGHTS.items())
        self.compute_type = compute_type
        self.matmul = ops.MatMul()

    def construct(self, input_ids, input_mask, segment_ids):
        product = self.matmul(input_ids.astype(self.compute_type), self.weight.astype(self.compute_type))
        return product.astype(ms.float32).reshape((-1,)) * self.gamma + self.bias


class Descent(nn.Cell):
    """An optimizer that subtracts gradients unscaled, so that the weights show which gradients reached it."""

    def __init__(self, network):
        super().__init__(auto_prefix=False)
        self.parameters = ParameterTuple(network.trainable_params())

    def construct(self, grads):
        for parameter, grad in zip(self.parameters, grads):  # noqa: B905 -- the compiler knows no strict=
            ops.assign_sub(parameter, grad)
        return True


def rows(count, seed=0):
    """Inputs (N, 3) int32 and targets (N,) float32."""
    random = np.random.RandomState(seed)
    ids = random.randint(1, 6, (count, 3)).astype(np.int32)
    return ids, (ids @ [1.0, 2.0, -1.0] + random.normal(size=count)).astype(np.float32)


def features(ids, targets):
    """Return the rows as training data."""
    return Features(Encoding(ids, np.ones_like(ids), np.zeros_like(ids), np.zeros_like(ids)), targets)


def batch(ids, targets):
    """Return the rows in the form that a step takes."""
    return [Tensor(array) for array in features(ids, targets).batch(range(len(ids)))]


def gradients(weights, ids, targets):
    """Return the gradients of the mean squared error by name, in float64."""
    weight, bias, gamma = (weights[name].astype(np.float64) for name in WEIGHTS)
    product = (ids @ weight)[:, 0]
    errors = 2 * (product * gamma + bias - targets) / len(ids)
    return {
        "layer.weight": (ids.T @ (errors * gamma))[:, None],
        "layer.bias": errors.sum(keepdims=True),
        "norm.gamma": (errors * product).sum(keepdims=True),
    }


def values(network):
    """Return copies of a network's parameters by name."""
    return {parameter.name: parameter.asnumpy().copy() for parameter in network.get_parameters()}


def steps(network, optimizer, settings):
    """Create the graphs that train a network on the rows."""
    return Steps(network, SquaredError(), optimizer, settings, Tensor(np.zeros(1, np.float32)))
