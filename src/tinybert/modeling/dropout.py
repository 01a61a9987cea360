"""Dropout that is exactly reproducible, so that a resumed training repeats it."""

from __future__ import annotations

import itertools
import threading
import weakref
from typing import Any

import mindspore as ms
import numpy as np
from mindspore import Parameter, Tensor, nn, ops

_POOL_SIZE = 1 << 22
_STRIDE = 40503
_numbers = itertools.count()
# A pool lives as long as a network uses it. There is only one for each probability, because MindSpore does not accept
# two parameters of the same name in a graph.
_pools: weakref.WeakValueDictionary[float, Parameter] = weakref.WeakValueDictionary()
_lock = threading.Lock()


class Dropout(nn.Cell):
    """Reproducible dropout: zeroes elements with probability `p`, scales others by 1 / (1 - p); in training only.

    MindSpore's own dropout is not reproducible on CPU: its threads draw random numbers in scheduling order, and its
    state can be neither read nor set. Here, masks are windows into one fixed pool of random numbers; a counter gives
    the position of the window for each call.

    The initial counter is drawn from NumPy's global generator, which `mindspore.set_seed` seeds. Use `counters_of` to
    save and restore the counters of a network.

    Args:
        p: Probability that an element is dropped.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.assign_add = ops.AssignAdd()
        counter = Parameter(
            Tensor([np.random.randint(1 << 30)], ms.int32), name=f"dropout.{next(_numbers)}", requires_grad=False
        )
        # Bypass parameter registration: checkpoints contain the published names and nothing else.
        object.__setattr__(self, "counter", counter)
        object.__setattr__(self, "pool", _pool(float(p)))

    def __deepcopy__(self, memo: dict[int, Any]) -> Dropout:
        # The copy needs its own counter: MindSpore does not accept two parameters of the same name in a graph.
        return Dropout(self.p).set_train(self.training)

    def construct(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        size = 1
        for extent in x.shape:
            size = size * extent
        # A tensor larger than the pool is covered by several copies of one window.
        copies = (size - 1) // _POOL_SIZE + 1
        window = (size + copies - 1) // copies
        counter = self.assign_add(self.counter, 1)
        start = (counter[0] * _STRIDE) % (_POOL_SIZE - window + 1)
        mask = ops.tile(self.pool[start : start + window], (copies,))
        # Use ops.slice, since indexing copies the whole tensor element by element.
        return x * ops.slice(mask, (0,), (size,)).reshape(x.shape).astype(x.dtype)


def counters_of(network: nn.Cell) -> list[Parameter]:
    """Return the counters of all dropout cells of a network in cell order, each (1,) int32."""
    return [cell.counter for _, cell in network.cells_and_names() if isinstance(cell, Dropout)]


def seed_dropout(network: nn.Cell, seed: int) -> None:
    """Set the dropout counters of a network to numbers derived from a seed."""
    starts = np.random.Generator(np.random.Philox(seed)).integers(1 << 30, size=len(counters_of(network)))
    for counter, start in zip(counters_of(network), starts, strict=True):
        ops.assign(counter, Tensor([int(start)], ms.int32))


def _pool(p: float) -> Parameter:
    """Return (2^22,) float32, 0 with probability p, otherwise 1 / (1 - p); 16 MB, shared by all networks."""
    with _lock:
        pool = _pools.get(p)
        if pool is None:
            keep = np.random.Generator(np.random.Philox(20200922)).random(_POOL_SIZE, dtype=np.float32) >= p
            values = Tensor((keep / (1.0 - p)).astype(np.float32))
            _pools[p] = pool = Parameter(values, name=f"dropout.pool.{p}", requires_grad=False)
        return pool
