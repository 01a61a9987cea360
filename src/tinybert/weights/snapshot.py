"""Snapshot of a network's parameters as a checkpoint, for saving, converting and publishing."""

from __future__ import annotations

from ..checkpoint import Checkpoint
from ..errors import CheckpointError
from ..modeling.base import Network
from .binding import own_parameters


def checkpoint_of(network: Network, source: str | None = None, *, copy: bool = True) -> Checkpoint:
    """The parameters of a network as they are now, with its configuration and task.

    Args:
        network: `TinyBertModel` or a task network.
        source: What messages call it; by default the class of the network.
        copy: False may save the memory of a copy: the arrays are then only valid until the network changes.

    Returns:
        The checkpoint; its arrays are copies.

    Raises:
        CheckpointError: The network is not one of this package, for example a cell around one.

    Example:
        >>> from tinybert.checkpoint import save_checkpoint
        >>> save_checkpoint(checkpoint_of(network), "tinybert.ckpt")
    """
    if not hasattr(network, "task"):
        raise CheckpointError(
            f"{type(network).__name__} is not a network of this package: give the one that is inside it, such as its "
            "TinyBertModel"
        )
    parameters = own_parameters(network)
    arrays = {name: parameter.asnumpy() for name, parameter in parameters.items()}
    tensors = {name: array.copy() if copy else array for name, array in arrays.items()}
    names = {name: parameter.name for name, parameter in parameters.items()}
    return Checkpoint(source or type(network).__name__, "v1.0", network.config, tensors, names, {}, network.task)
