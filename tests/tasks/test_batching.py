"""Batching of rows of all lengths: each row once, minimal padding, results in order."""

import doctest

import numpy as np
import pytest
from function_runtime import FunctionRuntime
from hypothesis import given
from hypothesis import strategies as st

from tinybert.errors import InputError, OutputError
from tinybert.runtime import Runtime
from tinybert.runtime import mindspore as runtime_of_mindspore
from tinybert.task import Task
from tinybert.tasks import Embedder, batching
from tinybert.tasks.batching import batches, forward, joined, padded

MOST_TOKENS = 4096


def row_values(outputs, batch):
    return list(outputs)


def sums(input_ids, input_mask, segment_ids):
    return (input_ids * input_mask).sum(axis=1)


@pytest.fixture
def runtime(config):
    """Runtime that gives each row the sum of its ids."""
    return FunctionRuntime(sums, config.replace(max_position_embeddings=512))


def test_the_runtime_of_these_tests_has_what_tasks_need(runtime):
    needed = {name for name in vars(Runtime) if not name.startswith("_")}
    assert "rows" in needed
    assert needed - {*dir(runtime)} == set()


class CompilingRuntime(FunctionRuntime):
    """Runtime with the shapes that MindSpore uses where each shape is compiled."""

    def __init__(self, function, config):
        super().__init__(function, config)
        shapes = runtime_of_mindspore.MindSporeRuntime(self)
        self.widths, self.rows, self.fixed_rows = shapes.widths, shapes.rows, shapes.fixed_rows


@given(st.lists(st.integers(2, 512), max_size=300), st.integers(1, 200))
def test_each_row_is_in_one_batch_and_no_batch_is_too_large(lengths, batch_size):
    lengths = np.array(lengths, np.int32)
    runtime = FunctionRuntime(sums, None, most_tokens=MOST_TOKENS)
    found = list(batches(runtime, lengths, batch_size))
    assert sorted(np.concatenate([np.zeros(0, int), *found]).tolist()) == list(range(len(lengths)))
    widths = [lengths[rows].max() for rows in found]
    assert widths == sorted(widths, reverse=True)
    for rows, width in zip(found, widths, strict=True):
        assert len(rows) <= batch_size
        assert len(rows) * width <= MOST_TOKENS


def test_results_are_in_the_order_of_the_rows(tokenizer, runtime):
    encoding = tokenizer(["the " * count for count in (5, 1, 9, 3, 7)])
    values = forward(runtime, runtime.logits, encoding, row_values, batch_size=2)
    assert values == encoding.input_ids.sum(axis=1).tolist()
    assert runtime.shapes == [(2, 11), (2, 7), (1, 3)]  # 9 and 7 words, 5 and 3, 1; with [CLS] and [SEP]


def test_where_shapes_are_compiled_there_are_few(tokenizer, config, monkeypatch):
    monkeypatch.setattr(runtime_of_mindspore, "device_target", lambda: "Ascend")
    runtime = CompilingRuntime(sums, config.replace(max_position_embeddings=512))
    encoding = tokenizer(["the " * count for count in range(150)], max_length=None)
    values = forward(runtime, runtime.logits, encoding, row_values, batch_size=32)
    assert values == encoding.input_ids.sum(axis=1).tolist()
    assert set(runtime.shapes) == {(32, 64), (32, 128), (21, 192)}


def test_a_network_in_training_mode_is_refused(encoder):
    network = encoder.runtime.network
    network.set_train(True)
    try:
        with pytest.raises(InputError, match="training mode"):
            Embedder(encoder)("a")
    finally:
        network.set_train(False)


def test_progress_comes_to_all_rows(tokenizer, runtime):
    shares = []
    forward(runtime, runtime.logits, tokenizer(["a"] * 5), row_values, batch_size=2, advance=shares.append)
    assert len(shares) == 3
    assert sum(shares) == pytest.approx(1)


def test_joined_rows_keep_what_belongs_to_them(tokenizer):
    texts, pairs = ["the cat", "a"], ["one two three"]
    alone, paired = tokenizer(texts), tokenizer(["b"], pairs)
    both = joined(alone, paired, np.array([2, 0, 1]))
    assert both.take([0]).input_ids.tolist() == paired.input_ids.tolist()
    assert both.take([1]).segment_ids.tolist() == alone.take([0]).segment_ids.tolist()
    assert (both.sequence_ids[:, -1] == -1).all()


def test_padded_rows_are_empty(tokenizer):
    encoding = padded(tokenizer(["the king"], return_offsets=True), 2, 6)
    assert encoding.input_mask.tolist() == [[1, 1, 1, 1, 0, 0], [0] * 6]
    assert encoding.sequence_ids[1].tolist() == [-1] * 6
    assert encoding.offsets.shape == (2, 6, 2)


def test_examples_in_docstrings():
    import tinybert.tasks.candidates
    import tinybert.tasks.search
    import tinybert.tasks.spans
    import tinybert.tasks.windows
    import tinybert.tasks.words

    tasks = tinybert.tasks
    for module in (batching, tasks.candidates, tasks.search, tasks.spans, tasks.windows, tasks.words):
        result = doctest.testmod(module)
        assert result.attempted
        assert not result.failed


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_outputs_that_are_not_finite_are_an_error(tokenizer, config, value):
    def last_is_broken(input_ids, input_mask, segment_ids):
        logits = np.zeros((len(input_ids), 3), np.float32)
        logits[-1, 1] = value
        return logits

    task = Task("sequence-classification", ("a", "b", "c"))
    for outputs in (last_is_broken, lambda *inputs: (np.zeros(1), last_is_broken(*inputs))):
        runtime = FunctionRuntime(outputs, config, task, 3)
        with pytest.raises(OutputError, match=r"the network computed NaN or infinity: .*compute_type='float32'"):
            forward(runtime, runtime.logits, tokenizer(["the king"]), row_values, batch_size=2)
