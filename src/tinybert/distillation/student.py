"""Where a student's weights come from: layers of the teacher, as far as they fit, or chance."""

from __future__ import annotations

from collections.abc import Sequence

import mindspore as ms
import numpy as np
from mindspore import Tensor, ops

from ..checkpoint import Checkpoint
from ..config import TinyBertConfig
from ..counting import counted
from ..errors import ConfigError
from ..modeling import TinyBertModel
from ..modeling.dropout import seed_dropout
from ..weights import build_network
from ..weights.binding import own_parameters

_LAYERS = "tinybert_encoder.layers."


def fresh_student(
    teacher: Checkpoint, config: TinyBertConfig, *, layers: Sequence[int] | None = None, seed: int = 42
) -> tuple[TinyBertModel, list[str]]:
    """Makes an encoder that is to learn from a teacher.

    Args:
        teacher: The teacher's weights.
        config: The student's configuration.
        layers: The layers of the teacher, from 0, that the student starts with; embeddings and pooler come along.
            None starts with random weights.
        seed: Of the random weights, and of dropout.

    Returns:
        The encoder; and which of its parameters have another shape in the teacher, and so are random: where the
        widths differ, nearly all.

    Raises:
        ConfigError: A layer does not exist, or the student has another number of layers.
    """
    arrays = {} if layers is None else weights_of_layers(teacher, layers, config.num_hidden_layers)
    ms.set_seed(seed + 1)  # MindSpore takes no 0
    network = build_network(config, teacher.encoder().task, return_all_encoders=False, pooler=teacher.has_pooler)
    misfits = []
    for name, parameter in own_parameters(network).items():
        array = arrays.get(name)
        if array is not None and array.shape == tuple(parameter.shape):
            ops.assign(parameter, Tensor(array.astype(np.float32, copy=False)))
        elif array is not None:
            misfits.append(name)
    seed_dropout(network, seed)
    return network, misfits


def weights_of_layers(teacher: Checkpoint, layers: Sequence[int], count: int) -> dict[str, np.ndarray]:
    """The parameters of some of an encoder's layers, numbered anew, with its embeddings and pooler.

    Args:
        teacher: The encoder's weights; a head is left out.
        layers: The layers, from 0.
        count: How many there must be.

    Raises:
        ConfigError: A layer does not exist, or there are more or fewer.
    """
    depth = teacher.config.num_hidden_layers
    for layer in layers:
        if not 0 <= layer < depth:
            raise ConfigError(
                f"there is no layer {layer}: {teacher.source} has {counted(depth, 'layer')}, 0 to {depth - 1}",
                argument="from_layers",
            )
    if len(layers) != count:
        raise ConfigError(
            f"the student has {counted(count, 'layer')}, but {counted(len(layers), 'layer is', 'layers are')} named",
            argument="from_layers",
        )
    tensors = teacher.encoder().tensors
    found = {name: array for name, array in tensors.items() if not name.startswith(_LAYERS)}
    for number, layer in enumerate(layers):
        prefix = f"{_LAYERS}{layer}."
        for name, array in tensors.items():
            if name.startswith(prefix):
                found[f"{_LAYERS}{number}.{name.removeprefix(prefix)}"] = array
    return found
