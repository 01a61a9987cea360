"""Graphs recognize mask and segments like the host; `tests/test_inputs.py` states the rule in words."""

from __future__ import annotations

import mindspore as ms
import numpy as np
import pytest
from mindspore import Tensor
from test_inputs import ROWS, order_of

from tinybert.modeling.order import order_masks


@ms.jit
def in_a_graph(second, third):
    return order_masks(second, third)


@pytest.mark.parametrize("ordered", [order_masks, in_a_graph])
def test_every_row_gets_the_order_that_the_host_sees(ordered):
    rows = [row for row in ROWS if order_of(*row) != "neither"]
    second, third = (np.array(array, np.int32) for array in zip(*rows, strict=True))
    last = np.array([order_of(*row) == "third" for row in rows])[:, None]
    mask, segments = (array.asnumpy() for array in ordered(Tensor(second), Tensor(third)))
    np.testing.assert_array_equal(mask, np.where(last, third, second))
    np.testing.assert_array_equal(segments, np.where(last, second, third))
