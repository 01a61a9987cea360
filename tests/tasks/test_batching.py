"""Rows of all lengths through a network: each once, padded no more than needed, results in order."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinybert.errors import InputError
from tinybert.tasks import batching
from tinybert.tasks.batching import BATCH_TOKENS, batches, forward, joined, padded


def first_ids(outputs, batch):
    return list(outputs.asnumpy())


@pytest.fixture
def recorder(pretend):
    """A network that gives each row its sum of ids, and a list of the shapes that it saw."""
    shapes = []

    def sums(input_ids, input_mask, segment_ids):
        shapes.append(input_ids.shape)
        return (input_ids * input_mask).sum(axis=1)

    return pretend(sums, max_position_embeddings=512).network, shapes


@given(st.lists(st.integers(2, 512), max_size=300), st.integers(1, 200))
def test_each_row_is_in_one_batch_and_no_batch_is_too_large(lengths, batch_size):
    lengths = np.array(lengths, np.int32)
    found = list(batches(lengths, batch_size))
    assert sorted(np.concatenate([np.zeros(0, int), *found]).tolist()) == list(range(len(lengths)))
    widths = [lengths[rows].max() for rows in found]
    assert widths == sorted(widths, reverse=True)
    for rows, width in zip(found, widths, strict=True):
        assert len(rows) <= batch_size
        assert len(rows) * width <= BATCH_TOKENS


def test_results_are_in_the_order_of_the_rows(tokenizer, recorder):
    network, shapes = recorder
    encoding = tokenizer(["the " * count for count in (5, 1, 9, 3, 7)])
    sums = forward(network, encoding, first_ids, batch_size=2)
    assert sums == encoding.input_ids.sum(axis=1).tolist()
    assert shapes == [(2, 11), (2, 7), (1, 3)]  # 9 and 7 words, 5 and 3, 1; with [CLS] and [SEP]


def test_where_shapes_are_compiled_there_are_few(tokenizer, recorder, monkeypatch):
    network, shapes = recorder
    monkeypatch.setattr(batching, "device_target", lambda: "Ascend")
    encoding = tokenizer(["the " * count for count in range(150)], max_length=None)
    sums = forward(network, encoding, first_ids, batch_size=32)
    assert sums == encoding.input_ids.sum(axis=1).tolist()
    assert set(shapes) == {(32, 64), (32, 128), (21, 192)}


def test_a_network_in_training_mode_is_refused(tokenizer, recorder):
    network, shapes = recorder
    network.training = True
    with pytest.raises(InputError, match="training mode"):
        forward(network, tokenizer(["a"]), first_ids, batch_size=2)
    assert not shapes


def test_progress_comes_to_all_rows(tokenizer, recorder):
    shares = []
    forward(recorder[0], tokenizer(["a"] * 5), first_ids, batch_size=2, advance=shares.append)
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
