"""The model inside a user's `nn.Cell`, trained together with it, as in a transfer-learning notebook."""

from __future__ import annotations

import mindspore as ms
import mindspore.dataset as de
import numpy as np
import pytest
from mindspore import Tensor, nn
from mindspore.train import Callback, Model

STEPS = 5
LABELS = np.array([0, 1, 1, 0], np.int32)


class Notebook(nn.Cell):
    """A dense layer on the pooled output."""

    def __init__(self, backbone):
        super().__init__()
        self.backbone = backbone
        self.classify = nn.Dense(24, 2)

    def construct(self, input_ids, input_mask, segment_ids):
        return self.classify(self.backbone(input_ids, input_mask, segment_ids)[1])


class NotebookLoss(nn.Cell):
    def __init__(self, network):
        super().__init__(auto_prefix=False)
        self.network = network
        self.loss = nn.CrossEntropyLoss()

    def construct(self, input_ids, input_mask, segment_ids, labels):
        return self.loss(self.network(input_ids, input_mask, segment_ids), labels)


class Losses(Callback):
    def __init__(self):
        super().__init__()
        self.values = []

    def on_train_step_end(self, run_context):
        self.values.append(float(run_context.original_args().net_outputs.asnumpy()))


@pytest.fixture(scope="module")
def notebook(make_encoder, fill):
    """One cell for all tests, and its weights."""
    cell = fill(Notebook(make_encoder(num_hidden_layers=1)))
    return cell, {parameter.name: parameter.asnumpy().copy() for parameter in cell.get_parameters()}


@pytest.fixture
def network(notebook):
    cell, weights = notebook
    for parameter in cell.get_parameters():
        ms.ops.assign(parameter, Tensor(weights[parameter.name]))
    return cell.set_train()


@pytest.fixture(scope="module")
def batch(make_inputs):
    return [Tensor(array) for array in (*make_inputs(batch_size=4), LABELS)]


@pytest.fixture(scope="module")
def value_and_grad(notebook):
    """MindSpore's function of that name, for the loss of the cell."""
    cell, _ = notebook
    # Created in this mode, it checks the mode at each call; created in the other, it stays one graph.
    ms.set_context(mode=ms.PYNATIVE_MODE)
    return ms.value_and_grad(NotebookLoss(cell), None, cell.trainable_params())


@pytest.fixture
def gradients(network, value_and_grad, batch):
    """A function that returns the loss and the gradients by parameter name."""

    def gradients():
        loss, values = value_and_grad(*batch)
        names = [parameter.name for parameter in network.trainable_params()]
        return float(loss), {name: value.asnumpy() for name, value in zip(names, values, strict=True)}

    return gradients


def train_by_value_and_grad(network, optimizer, batch, value_and_grad):
    losses = []
    for _ in range(STEPS):
        loss, values = value_and_grad(*batch)
        optimizer(values)
        losses.append(float(loss))
    return losses


def train_by_one_step_cell(network, optimizer, batch, value_and_grad):
    step = nn.TrainOneStepCell(NotebookLoss(network), optimizer)
    return [float(step(*batch)) for _ in range(STEPS)]


def train_by_model(network, optimizer, batch, value_and_grad):
    columns = ["input_ids", "input_mask", "segment_ids", "labels"]
    data = de.NumpySlicesDataset(tuple(column.asnumpy() for column in batch), columns, shuffle=False).batch(4)
    losses = Losses()
    model = Model(NotebookLoss(network), optimizer=optimizer)
    model.train(STEPS, data, callbacks=[losses], dataset_sink_mode=False)
    return losses.values


def test_the_cell_computes_what_the_model_and_the_layer_compute(network, make_inputs, eagerly, mode):
    inputs = [Tensor(array) for array in make_inputs()]
    pooled = eagerly(network.backbone, make_inputs())[1]
    expected = pooled @ network.classify.weight.asnumpy().T + network.classify.bias.asnumpy()
    np.testing.assert_allclose(network(*inputs).asnumpy(), expected, rtol=1e-5, atol=1e-5)
    # The other order, and int64.
    others = [Tensor(array.asnumpy().astype(np.int64)) for array in (inputs[0], inputs[2], inputs[1])]
    np.testing.assert_allclose(network(*others).asnumpy(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("mode", "train"),
    [
        ("GRAPH_MODE", train_by_one_step_cell),
        pytest.param("PYNATIVE_MODE", train_by_value_and_grad, marks=pytest.mark.slow),
        pytest.param("GRAPH_MODE", train_by_model, marks=pytest.mark.slow),
        pytest.param("GRAPH_MODE", train_by_value_and_grad, marks=pytest.mark.slow),
        pytest.param("PYNATIVE_MODE", train_by_one_step_cell, marks=pytest.mark.slow),
        pytest.param("PYNATIVE_MODE", train_by_model, marks=pytest.mark.slow),
    ],
    indirect=["mode"],
)
def test_the_loss_falls_and_every_parameter_moves(network, batch, value_and_grad, mode, train):
    before = {name: parameter.asnumpy().copy() for name, parameter in network.parameters_and_names()}
    optimizer = nn.Adam(network.trainable_params(), learning_rate=0.003)
    losses = train(network, optimizer, batch, value_and_grad)
    assert len(losses) == STEPS
    assert losses[-1] < 0.7 * losses[0]
    after = {name: parameter.asnumpy() for name, parameter in network.parameters_and_names()}
    assert set(after) == set(before)
    assert [name for name in before if np.array_equal(before[name], after[name])] == []


@pytest.mark.slow
def test_gradients_are_the_same_in_both_modes(gradients):
    found = {}
    for mode in (ms.GRAPH_MODE, ms.PYNATIVE_MODE):  # MindSpore's default comes last
        ms.set_context(mode=mode)
        found[mode] = gradients()
    (graph_loss, graph), (pynative_loss, pynative) = found.values()
    assert graph_loss == pytest.approx(pynative_loss, abs=1e-6)
    assert set(graph) == set(pynative)
    for name, values in graph.items():
        np.testing.assert_allclose(pynative[name], values, rtol=1e-4, atol=1e-6, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["GRAPH_MODE"], indirect=True)
def test_the_gradient_of_each_parameter_is_the_slope_of_the_loss(gradients, network, batch, mode):
    loss, values = gradients()
    segment_rows = values["backbone.tinybert_embedding_postprocessor.embedding_table"]
    assert (np.abs(segment_rows).max(axis=1) > 1e-3).all()
    with_loss = NotebookLoss(network)
    for name, parameter in network.parameters_and_names():
        slope = np.linalg.norm(values[name])
        if name.endswith("key_layer.bias"):  # softmax is invariant to it
            assert slope < 1e-6
            continue
        assert slope > 1e-3, name
        start = parameter.asnumpy().copy()
        ends = []
        for step in (-0.01, 0.01):
            moved = start + step * values[name] / slope
            ms.ops.assign(parameter, Tensor(moved.astype(np.float32)))
            ends.append(float(with_loss(*batch)))
        ms.ops.assign(parameter, Tensor(start))
        assert (ends[1] - ends[0]) / 0.02 == pytest.approx(slope, rel=0.05, abs=2e-3), name
    assert float(with_loss(*batch)) == pytest.approx(loss, abs=1e-6)
