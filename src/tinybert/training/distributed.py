"""Data-parallel training: several processes train one network on different rows and average the gradients."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import mindspore as ms
import numpy as np
from mindspore import Parameter, Tensor, ops

from ..errors import DistributedError
from .ports import SECONDS_TO_MEET
from .signals import end_with_launcher

if TYPE_CHECKING:
    from .gradients import Average

SECONDS_TO_WAIT = 1800
"""How long processes wait for one that writes or compiles. MindSpore's default of 30 seconds on CPU is too short.

A process that dies is noticed at once by the launcher, `launch` or `msrun --join=True`.
"""

_TIMEOUT, _MSRUN_TIMEOUT = "MS_TOPO_TIMEOUT", "600"
_DROPOUT_STRIDE = 1_000_003


@dataclasses.dataclass(frozen=True)
class World:
    """The processes of a training. With one process, the default, all methods are no-ops.

    Every method except `reducer` must be called by all processes in the same order; each waits for the others.

    Attributes:
        rank: Rank of this process, from 0.
        size: Number of processes.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and shows progress."""
        return self.rank == 0

    def reducer(self, parameters: Iterable[Parameter]) -> Average | None:
        """Return a cell that averages loss and gradients over the processes; None for one process.

        Args:
            parameters: The parameters of the gradients, in order.
        """
        from .gradients import Average

        return Average(tuple(parameters), self.size) if self.size > 1 else None

    def broadcast(self, parameters: Iterable[Parameter]) -> None:
        """Set parameters to the values that they have in process 0."""
        if self.size == 1:
            return
        for parameter in parameters:
            # Not all devices can broadcast float16, so it is sent as float32.
            kind = ms.int32 if parameter.dtype in (ms.int32, ms.bool_) else ms.float32
            sent = self._broadcast(Tensor(parameter.asnumpy().reshape(-1), kind))
            ops.assign(parameter, Tensor(sent.reshape(parameter.shape), parameter.dtype))  # in place

    def spread_dropout(self, counters: Iterable[Parameter]) -> None:
        """Give each process its own dropout masks, by an offset of the counters that depends only on its rank.

        The saved state is that of process 0; a resumed training broadcasts and spreads it again, and gets the same
        masks.

        Args:
            counters: The counters from `modeling.dropout.counters_of`, equal in all processes.
        """
        for counter in counters if self.rank else ():
            counter.set_data(Tensor(counter.asnumpy() + np.int32(self.rank * _DROPOUT_STRIDE)))

    def sum(self, value: float) -> float:
        """Return the sum of a number over all processes, in float32."""
        if self.size == 1:
            return value
        return float(ops.AllReduce()(Tensor([value], ms.float32)).asnumpy()[0])

    def any(self, condition: bool) -> bool:
        """Return whether a condition holds in any process."""
        return self.sum(float(condition)) > 0

    def share(self, value: Any) -> Any:
        """Return the value of process 0: numbers, strings, lists and dicts of these."""
        if self.size == 1:
            return value
        sent = _packed(value)
        length = int(self._broadcast(Tensor([len(sent)], ms.int32))[0])
        # What the other processes send is ignored, but must have the same length.
        return _unpacked(self._broadcast(Tensor(np.resize(sent, length))))

    def gather(self, value: Any) -> list[Any]:
        """Gather the values of all processes: numbers, strings, lists and dicts of these.

        Args:
            value: The value of this process.

        Returns:
            One value per process, in rank order.
        """
        if self.size == 1:
            return [value]
        sent = _packed(value)
        lengths = ops.AllGather()(Tensor([len(sent)], ms.int32)).asnumpy()
        sent = np.pad(sent, (0, lengths.max() - len(sent)))
        everything = ops.AllGather()(Tensor(sent)).asnumpy().reshape(self.size, -1)
        return [_unpacked(part[:length]) for part, length in zip(everything, lengths, strict=True)]

    @staticmethod
    def _broadcast(values: Tensor) -> np.ndarray:
        return ops.Broadcast(0)((values,))[0].asnumpy()


def start() -> World:
    """Join the processes started by `msrun` or `launch`, and set GRAPH_MODE; call it before creating any tensor.

    Without either launcher, this is a single-process training and nothing happens. In MindSpore's scheduler process,
    which runs the same script under `msrun`, this call does not return; the process ends with the training.

    Returns:
        The rank of this process and the number of processes.

    Raises:
        DistributedError: The processes did not find each other in time.

    Examples:
        >>> world = start()
        >>> world
        World(rank=0, size=1)
    """
    if "MS_ROLE" not in os.environ:
        return World()
    from mindspore.communication import get_group_size, get_rank, init

    end_with_launcher()
    # msrun sets its own default if the user sets nothing; keep any other value, which is the user's.
    if os.environ.get(_TIMEOUT, _MSRUN_TIMEOUT) == _MSRUN_TIMEOUT:
        os.environ[_TIMEOUT] = str(SECONDS_TO_MEET)
    os.environ.setdefault("MS_CPU_COMM_OP_TIMEOUT", str(SECONDS_TO_WAIT))
    try:
        init()
    except RuntimeError as error:
        raise DistributedError(_explanation(error)) from None
    world = World(get_rank(), get_group_size())
    # In PYNATIVE_MODE, the default, every gradient is sent separately: 0.5 seconds per step on CPU instead of 0.003.
    ms.set_context(mode=ms.GRAPH_MODE)
    ms.set_auto_parallel_context(parallel_mode=ms.ParallelMode.DATA_PARALLEL, gradients_mean=True)
    return world


def _packed(value: Any) -> np.ndarray:
    """Encode a value as (n,) int32, which every device can send."""
    return np.frombuffer(json.dumps(value).encode(), np.uint8).astype(np.int32)


def _unpacked(numbers: np.ndarray) -> Any:
    # Not `parse_json`, which reads NaN as null: a metric may be NaN, and the input comes from `_packed`.
    return json.loads(numbers.astype(np.uint8).tobytes())


def _explanation(error: RuntimeError) -> str:
    reason = next(iter(str(error).splitlines()), "")
    if "timed out node" in reason:  # the scheduler's message, after the processes had found each other
        return f"a process of the training stopped answering: {reason}"
    workers = os.environ.get("MS_WORKER_NUM", "?")
    address = f"{os.environ.get('MS_SCHED_HOST')}:{os.environ.get('MS_SCHED_PORT')}"
    return (
        f"the {workers} processes did not find each other at {address} within {os.environ[_TIMEOUT]} seconds. "
        "Another program may listen on this port: try another, with `msrun --master_port`. "
        f"Or one of the processes ended earlier: see its log. On a slow machine raise {_TIMEOUT}."
    )
