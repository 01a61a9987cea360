"""What all networks of this package share: they check what they are called with, and any thread may call them."""

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
    """A cell over (input_ids, input_mask, segment_ids) that can be called from outside and used inside other cells.

    Called from outside, it checks and orders its inputs on the host and runs one compiled graph for every shape, in
    GRAPH_MODE and in PYNATIVE_MODE. Inside a cell that is itself compiled, MindSpore takes `construct` and nothing else
    happens.

    Args:
        config: The configuration of the encoder.
        task: What the network is for.
    """

    def __init__(self, config: TinyBertConfig, task: Task) -> None:
        super().__init__()
        self.config = config
        self.task = task

    def __call__(self, input_ids: Any, input_mask: Any = None, segment_ids: Any = None) -> Any:
        arrays = check_inputs(self.config, *map(_as_array, (input_ids, input_mask, segment_ids)))
        inputs = [Tensor(array, ms.int32) for array in arrays]
        with graph_runs():
            return _computed(self.assemble(self._own_graph()(*inputs)))

    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Any:
        return self.assemble(self.compute(input_ids, *order_masks(input_mask, segment_ids)))

    def compute(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Any:
        """What the compiled graph returns, from inputs in this order."""
        raise NotImplementedError

    def assemble(self, outputs: Any) -> Any:
        """What a caller gets, from what `compute` returned."""
        return outputs

    def _own_graph(self) -> CompiledNetwork:
        # Kept outside of the cell's attributes: it is not part of the network, and holds the network itself.
        graphs = self.__dict__.setdefault("_own_graphs", {})
        if self.training not in graphs or graphs[self.training].is_stale():
            graphs[self.training] = CompiledNetwork(self)
        return graphs[self.training]


class CompiledNetwork(nn.Cell):
    """The graph of a network as it runs when called from outside.

    On CPU one compilation serves every batch size and length; on Ascend and GPU, where kernels are chosen for their
    shapes, each shape has a graph of its own.

    Args:
        network: The network; its parameters keep their names.
    """

    def __init__(self, network: Network) -> None:
        super().__init__(auto_prefix=False)
        self.network = network
        self.compiled_with: list[tuple[Parameter, tuple[int, bool]]] = []
        if device_target() == "CPU":
            self.set_inputs(*(Tensor(shape=[None, None], dtype=ms.int32) for _ in range(3)))

    def __call__(self, *inputs: Tensor) -> Any:
        outputs = super().__call__(*inputs)
        if not self.compiled_with:
            self.compiled_with = [(parameter, _state(parameter)) for parameter in self.get_parameters()]
        return outputs

    def is_stale(self) -> bool:
        """Whether a parameter has other memory, as `set_data` gives it, or was frozen or unfrozen since.

        In PYNATIVE_MODE a compiled graph goes on reading the memory that it was compiled with, freed or not, and has
        no gradient for parameters that were frozen then. Optimizers write into the memory there is.
        """
        if ms.get_context("mode") != ms.PYNATIVE_MODE:
            return False
        return any(_state(parameter) != state for parameter, state in self.compiled_with)

    @ms.jit
    def construct(self, input_ids: Tensor, input_mask: Tensor, segment_ids: Tensor) -> Any:
        return self.network.compute(input_ids, input_mask, segment_ids)


def _as_array(value: Any) -> Any:
    return value.asnumpy() if isinstance(value, Tensor) else value


def _computed(outputs: Any) -> Any:
    """The outputs, once they are there: what is still at work on CPU would be so outside of the lock."""
    if device_target() == "CPU":
        first = outputs
        while isinstance(first, tuple):
            first = first[0]
        first.asnumpy()
    return outputs


def _state(parameter: Parameter) -> tuple[int, bool]:
    return parameter.data_ptr(), parameter.requires_grad
