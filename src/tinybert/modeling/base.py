"""Base class of all networks in this package: checks its inputs and may be called from any thread."""

from __future__ import annotations

from typing import Any

import mindspore as ms
from mindspore import Parameter, Tensor, nn

from ..compat import device_target, graph_runs
from ..config import TinyBertConfig
from ..inputs import check_inputs
from ..task import Task
from .order import order_masks


class Network(nn.Cell):
    """A cell over (input_ids, input_mask, segment_ids) that can be called directly or used inside other cells.

    When called directly, it checks and orders its inputs on the host and runs a compiled graph, in both GRAPH_MODE and
    PYNATIVE_MODE; on CPU one graph serves all shapes. Inside another compiled cell, MindSpore compiles just
    `construct`.

    Args:
        config: The configuration of the encoder.
        task: The task of the network.
    """

    def __init__(self, config: TinyBertConfig, task: Task) -> None:
        super().__init__()
        self.config = config
        self.task = task

    def __call__(self, input_ids: Any, input_mask: Any = None, segment_ids: Any = None) -> Any:
        arrays = check_inputs(self.config, *map(as_array, (input_ids, input_mask, segment_ids)))
        inputs = [Tensor(array, ms.int32) for array in arrays]
        with graph_runs():
            return computed(self.assemble(self.graph(CompiledNetwork)(*inputs)))

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Any:
        return self.assemble(self.compute(input_ids, *order_masks(input_mask, segment_ids)))

    def compute(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Any:
        """Compute the outputs of the compiled graph from inputs in this order."""
        raise NotImplementedError

    def assemble(self, outputs: Any) -> Any:
        """Build the return value for the caller from the outputs of `compute`."""
        return outputs

    def graph(self, kind: type[CompiledGraph]) -> CompiledGraph:
        """Return one of the network's compiled graphs, compiled again if that is necessary."""
        # Stored in __dict__, bypassing the cell's registration: a graph is not part of the network but contains it.
        graphs = self.__dict__.setdefault("_own_graphs", {})
        key = (kind, self.training)
        if key not in graphs or graphs[key].is_stale():
            graphs[key] = kind(self)
        return graphs[key]


class CompiledGraph(nn.Cell):
    """A compiled graph of a network, used when the network is called directly.

    On CPU one compilation serves inputs of every size. On Ascend and GPU, where kernels are selected by shape, each
    shape has its own graph.

    Args:
        network: The network; its parameters keep their names.
    """

    def __init__(self, network: Any) -> None:
        super().__init__(auto_prefix=False)
        self.network = network
        self.compiled_with: list[tuple[Parameter, tuple[int, bool]]] = []
        if device_target() == "CPU":
            self.set_inputs(*self.placeholders())

    def placeholders(self) -> list[Tensor]:
        """Return placeholders for the inputs, whose dimensions are None where they may differ between calls."""
        raise NotImplementedError

    def __call__(self, *inputs: Tensor) -> Any:
        outputs = super().__call__(*inputs)
        if not self.compiled_with:
            self.compiled_with = [(parameter, _state(parameter)) for parameter in self.get_parameters()]
        return outputs

    def is_stale(self) -> bool:
        """Return whether a parameter was moved in memory (as by `set_data`), frozen or unfrozen since compilation.

        In PYNATIVE_MODE a compiled graph keeps reading the memory it was compiled with, even if freed, and has no
        gradients for parameters that were frozen at that time. Optimizers update parameters in place.
        """
        if ms.get_context("mode") != ms.PYNATIVE_MODE:
            return False
        return any(_state(parameter) != state for parameter, state in self.compiled_with)


class CompiledNetwork(CompiledGraph):
    """The compiled graph of a whole network."""

    def placeholders(self) -> list[Tensor]:
        """See `CompiledGraph`."""
        return [Tensor(shape=[None, None], dtype=ms.int32) for _ in range(3)]

    @ms.jit
    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Any:
        return self.network.compute(input_ids, input_mask, segment_ids)


def as_array(value: Any) -> Any:
    """Return a tensor as a NumPy array, and anything else as it is."""
    return value.asnumpy() if isinstance(value, Tensor) else value


def computed(outputs: Any) -> Any:
    """Wait for the outputs and return them; on CPU the computation would otherwise continue outside the lock."""
    if device_target() == "CPU":
        first = outputs
        while isinstance(first, tuple):
            first = first[0]
        first.asnumpy()
    return outputs


def _state(parameter: Parameter) -> tuple[int, bool]:
    return parameter.data_ptr(), parameter.requires_grad
