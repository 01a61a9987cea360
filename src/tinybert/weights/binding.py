"""Binding of a checkpoint to a network, all or nothing; an error lists everything that does not fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from mindspore import Parameter, Tensor, nn, ops

from ..checkpoint import Checkpoint
from ..checkpoint.heads import head_of
from ..checkpoint.layouts import POOLER_NAMES
from ..counting import counted
from ..errors import BindingError


@dataclasses.dataclass(frozen=True)
class BindingReport:
    """Report of a binding: the bound parameters with their names in the file, and what was left aside and why.

    Attributes:
        source: The file or folder of the checkpoint.
        layout: The layout of the checkpoint.
        bound: For each of the network's parameters, its name in the file.
        left_aside: Other names in the file, with the reason for leaving them aside.
    """

    source: str
    layout: str
    bound: Mapping[str, str]
    left_aside: Mapping[str, str]

    def __str__(self) -> str:
        lines = [f"{self.source}: {counted(len(self.bound), 'parameter')} bound, layout {self.layout}"]
        lines += [f"  {name} <- {theirs}" for name, theirs in self.bound.items()]
        lines += [f"  left aside: {name} ({reason})" for name, reason in self.left_aside.items()]
        return "\n".join(lines)


def bind(network: nn.Cell, checkpoint: Checkpoint) -> BindingReport:
    """Copy a checkpoint's values into a network, if every parameter fits.

    In contrast, MindSpore's `load_param_into_net` only warns about unbound parameters, and raises an error for a wrong
    shape after part of the network was overwritten.

    Args:
        network: `TinyBertModel` or a task network.
        checkpoint: The checkpoint, as returned by `read_checkpoint`. A head of pre-training is left aside if the
            network is an encoder.

    Returns:
        What was bound and what was left aside.

    Raises:
        BindingError: Parameters are missing, unexpected or have the wrong shape; the message lists them. The network is
            unchanged.
    """
    parameters = own_parameters(network)
    checkpoint = checkpoint.fitted(getattr(network, "task", checkpoint.task))
    _check(parameters, checkpoint)
    for name, parameter in parameters.items():
        value = Tensor(checkpoint.tensors[name].astype(np.float32, copy=False))
        if parameter.has_init:  # a network built without values has no memory to write to
            parameter.set_data(value)
        else:  # compiled training steps keep reading the existing memory
            ops.assign(parameter, value)
    bound = {parameter.name: checkpoint.names[name] for name, parameter in parameters.items()}
    return BindingReport(checkpoint.source, checkpoint.layout, bound, checkpoint.left_aside)


def own_parameters(network: nn.Cell) -> dict[str, Parameter]:
    """Return a network's parameters by name, without the prefix of the encoder in a task network."""
    return {name.removeprefix("bert."): parameter for name, parameter in network.parameters_and_names()}


def _check(parameters: Mapping[str, Parameter], checkpoint: Checkpoint) -> None:
    missing = [name for name in parameters if name not in checkpoint.tensors]
    unexpected = [name for name in checkpoint.tensors if name not in parameters]
    mismatched = {
        name: (tuple(parameter.shape), checkpoint.tensors[name].shape)
        for name, parameter in parameters.items()
        if name in checkpoint.tensors and tuple(parameter.shape) != checkpoint.tensors[name].shape
    }
    if not missing and not unexpected and not mismatched:
        return
    lines = [f"{checkpoint.source} does not fit the network, which was left as it was."]
    lines += _about_heads(missing, unexpected)
    if not checkpoint.has_pooler and set(POOLER_NAMES) <= set(missing):
        lines += [
            "The file has no pooler, like those of Hugging Face's networks for tokens and for answers. Only such a "
            "network can be made of it, over TinyBertModel(config, pooler=False)."
        ]
    lines += [f"  missing in the file: {name} {tuple(parameters[name].shape)}" for name in missing]
    lines += [f"  not in the network: {checkpoint.names[name]} {checkpoint.tensors[name].shape}" for name in unexpected]
    lines += [f"  {name}: {ours} in the network, {theirs} in the file" for name, (ours, theirs) in mismatched.items()]
    raise BindingError("\n".join(lines), missing=missing, unexpected=unexpected, mismatched=mismatched)


def _about_heads(missing: list[str], unexpected: list[str]) -> list[str]:
    if any(map(head_of, unexpected)):
        return [
            "The file is that of a task network, with a head; the network is an encoder alone. Load it as a task "
            "network, or take its encoder: bind(network, checkpoint.encoder())."
        ]
    if any(map(head_of, missing)):
        return [
            "The file is that of an encoder alone; the network has a head, which the file cannot fill. To train the "
            "head on top of the encoder: bind(network.bert, checkpoint)."
        ]
    return []
