"""Dropout pools are shared, and there are never two of the same name."""

from __future__ import annotations

import gc
import weakref

import mindspore as ms
import numpy as np
from mindspore import Tensor, nn

from tinybert.modeling import dropout
from tinybert.modeling.dropout import Dropout


class Both(nn.Cell):
    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first, second

    def construct(self, x):
        return self.second(self.first(x))


def test_a_pool_stays_the_only_one_of_its_name_however_many_others_are_made(monkeypatch):
    monkeypatch.setattr(dropout, "_POOL_SIZE", 1 << 10)
    first = Dropout(0.11)
    others = [Dropout(p / 100) for p in range(20, 40)]
    second = Dropout(0.11)
    assert second.pool is first.pool
    assert len({id(cell.pool) for cell in others}) == len({cell.pool.name for cell in others}) == 20
    before = ms.get_context("mode")
    ms.set_context(mode=ms.GRAPH_MODE)
    try:
        values = Both(first, second).set_train()(Tensor(np.ones((4, 8), np.float32))).asnumpy()
    finally:
        ms.set_context(mode=before)
    assert set(np.round(values * 0.89 * 0.89, 4).ravel()) <= {0.0, 1.0}


def test_numbers_that_are_written_alike_have_pools_of_different_names(monkeypatch):
    monkeypatch.setattr(dropout, "_POOL_SIZE", 1 << 10)
    one, other = Dropout(0.13), Dropout(np.float32(0.13))
    assert one.pool.name != other.pool.name


def test_a_pool_goes_with_the_last_network_that_has_it(monkeypatch):
    monkeypatch.setattr(dropout, "_POOL_SIZE", 1 << 10)
    cell = Dropout(0.17)
    pool = weakref.ref(cell.pool)
    del cell
    gc.collect()
    assert pool() is None
