"""The MindSpore runtime: arrays in, arrays out, and the shapes that are cheap on a device."""

from __future__ import annotations

import numpy as np
import pytest

from tinybert.errors import InputError
from tinybert.runtime import mindspore as runtime_module
from tinybert.runtime.base import EncoderOutputs
from tinybert.runtime.mindspore import BATCH_TOKENS, MindSporeRuntime
from tinybert.task import KINDS, Task
from tinybert.weights import checkpoint_of

MEMBERS = ("config", "task", "num_labels", "encode", "logits", "token_logits", "widths", "rows", "fixed_rows")
MASKS = "masked-language-modeling"
OUTPUTS = {"sequence-classification": (3, 5), "token-classification": (3, 8, 5), MASKS: (3, 8, 50)}


@pytest.fixture(scope="module")
def runtimes(heads):
    """One of each kind of task, over one encoder of a single layer."""
    networks = {"encoder": heads["token-classification"].bert, **heads}
    return {kind: MindSporeRuntime(network) for kind, network in networks.items()}


@pytest.fixture
def on_a_device(monkeypatch):
    """Pretend that the device is an Ascend."""
    monkeypatch.setattr(runtime_module, "device_target", lambda: "Ascend")


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_what_the_tasks_need(runtimes, kind):
    runtime = runtimes[kind]
    assert all(hasattr(runtime, name) for name in MEMBERS)
    assert runtime.task == Task(kind)
    assert runtime.config.num_hidden_layers == 1
    assert runtime.num_labels == {"encoder": None, "question-answering": 2, MASKS: 50}.get(kind, 5)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_built_of_a_checkpoint(make_checkpoint, kind):
    checkpoint = make_checkpoint(task=Task(kind), num_labels=3)
    runtime = MindSporeRuntime.of_checkpoint(checkpoint)
    assert (runtime.task, runtime.config, runtime.num_labels) == (
        checkpoint.task,
        checkpoint.config,
        checkpoint.num_labels,
    )
    assert checkpoint_of(runtime.network).tensors.keys() == checkpoint.tensors.keys()
    assert not runtime.network.training


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_are_arrays_of_what_the_network_computes(runtimes, make_inputs, kind):
    runtime, inputs = runtimes[kind], make_inputs()
    outputs = runtime.encode(inputs)
    assert isinstance(outputs, EncoderOutputs)
    network = runtime.network if kind == "encoder" else runtime.network.bert
    for array, tensor in zip(outputs, network(*inputs)[:2], strict=True):
        assert (type(array), array.dtype) == (np.ndarray, np.float32)
        np.testing.assert_array_equal(array, tensor.asnumpy())
    if kind in OUTPUTS:
        logits = runtime.logits(inputs)
        assert (type(logits), logits.dtype, logits.shape) == (np.ndarray, np.float32, OUTPUTS[kind])
        np.testing.assert_array_equal(logits, runtime.network(*inputs).asnumpy())
    if kind == "question-answering":
        for logits, tensor in zip(runtime.logits(inputs), runtime.network(*inputs), strict=True):
            assert (type(logits), logits.dtype, logits.shape) == (np.ndarray, np.float32, (3, 8))
            np.testing.assert_array_equal(logits, tensor.asnumpy())


def test_the_logits_of_single_tokens(runtimes, make_inputs, monkeypatch):
    runtime, inputs = runtimes[MASKS], make_inputs()
    rows = runtime.encode(inputs).sequence_output[:, 2]
    logits = runtime.token_logits(rows)
    assert (type(logits), logits.dtype, logits.shape) == (np.ndarray, np.float32, (3, 50))
    np.testing.assert_allclose(logits, runtime.logits(inputs)[:, 2], atol=1e-5)
    monkeypatch.setattr(MindSporeRuntime, "fixed_rows", True)  # as on a device, where rows are padded to few shapes
    np.testing.assert_allclose(runtime.token_logits(rows), logits, atol=1e-5)
    with pytest.raises(InputError, match="a model for token-classification predicts no tokens"):
        runtimes["token-classification"].token_logits(rows)


def test_without_a_pooler_there_is_no_pooled_output(make_checkpoint, make_inputs):
    task = Task("token-classification")
    checkpoint = make_checkpoint(task=task, num_labels=3, num_hidden_layers=1, pooler=False)
    outputs = MindSporeRuntime.of_checkpoint(checkpoint).encode(make_inputs())
    assert outputs.sequence_output.shape == (3, 8, 24)
    assert outputs.pooled_output is None


def test_inputs_are_checked(runtimes, make_inputs):
    ids, mask, segments = make_inputs()
    for compute in (runtimes["encoder"].encode, runtimes["sequence-classification"].logits):
        with pytest.raises(InputError, match=r"input_ids\[0, 0\] is \d+: ids must be at least 0 and below"):
            compute((ids + 50, mask, segments))


def test_a_network_in_training_is_refused(runtimes, make_inputs):
    runtime = runtimes["sequence-classification"]
    runtime.network.set_train(True)
    try:
        for compute in (runtime.encode, runtime.logits):
            with pytest.raises(InputError, match=r"in training mode, with dropout: call network.set_train"):
                compute(make_inputs())
    finally:
        runtime.network.set_train(False)
    predicting = MindSporeRuntime(runtimes[MASKS].network)
    predicting.network.set_train(True)
    try:
        with pytest.raises(InputError, match="in training mode"):
            predicting.token_logits(np.zeros((1, 24), np.float32))
    finally:
        predicting.network.set_train(False)


def test_on_cpu_every_width_is_as_cheap_as_another(runtimes):
    lengths = np.array([1, 3, 64, 65])
    runtime = runtimes["encoder"]
    assert not runtime.fixed_rows
    np.testing.assert_array_equal(runtime.widths(lengths), lengths)


@pytest.mark.usefixtures("on_a_device")
def test_elsewhere_widths_are_few_and_batches_full(make_checkpoint):
    runtime = MindSporeRuntime.of_checkpoint(make_checkpoint(max_position_embeddings=200))
    assert runtime.fixed_rows
    np.testing.assert_array_equal(runtime.widths(np.array([1, 64, 65, 128, 199])), [64, 64, 128, 128, 200])


@pytest.mark.parametrize(
    ("width", "most", "rows"),
    [(8, 32, 32), (128, 32, 32), (512, 32, 8), (BATCH_TOKENS, 32, 1), (2 * BATCH_TOKENS, 32, 1), (8, 1, 1)],
)
def test_a_batch_has_so_many_tokens_at_most(runtimes, width, most, rows):
    assert runtimes["encoder"].rows(width, most) == rows
