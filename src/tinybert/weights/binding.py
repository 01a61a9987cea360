"""Binds a checkpoint to a network: all of it, or nothing and an error that lists what does not fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from mindspore import Parameter, Tensor, nn, ops

from ..checkpoint import Checkpoint
from ..checkpoint.layouts import HEAD_NAMES, POOLER_NAMES
from ..counting import counted
from ..errors import BindingError


@dataclasses.dataclass(frozen=True)
class BindingReport:
    """What was bound, from which name, and what was left aside and why.

    Attributes:
        source: The file or folder.
        layout: Its layout.
        bound: The name in the file for each of the network's parameters.
        left_aside: What else is in the file, with the reason.
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
    """Copies a checkpoint's values into a network, if every parameter fits.

    MindSpore's own `load_param_into_net` only warns of parameters that stay unbound, and raises for a misshapen one
    after part of the network was overwritten.

    Args:
        network: `TinyBertModel` or a task network.
        checkpoint: What `read_checkpoint` returned.

    Returns:
        The report.

    Raises:
        BindingError: Parameters are missing, unexpected or misshapen; lists them. The network is as it was.
    """
    parameters = own_parameters(network)
    _check(parameters, checkpoint)
    for name, parameter in parameters.items():
        value = Tensor(checkpoint.tensors[name].astype(np.float32, copy=False))
        if parameter.has_init:  # a network that was built without values has no memory to write them into
            parameter.set_data(value)
        else:  # compiled training steps go on reading the memory that there is
            ops.assign(parameter, value)
    bound = {parameter.name: checkpoint.names[name] for name, parameter in parameters.items()}
    return BindingReport(checkpoint.source, checkpoint.layout, bound, checkpoint.left_aside)


def own_parameters(network: nn.Cell) -> dict[str, Parameter]:
    """A network's parameters by their own names; the encoder's without the prefix that it has in a task network."""
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
    if set(HEAD_NAMES) & set(unexpected):
        return [
            "The file is that of a task network, with a head; the network is an encoder alone. Load it as a task "
            "network, or take its encoder: bind(network, checkpoint.encoder())."
        ]
    if set(HEAD_NAMES) & set(missing):
        return [
            "The file is that of an encoder alone; the network has a head, which the file cannot fill. To train the "
            "head on top of the encoder: bind(network.bert, checkpoint)."
        ]
    return []
