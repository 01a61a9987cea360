"""Derive an encoder's configuration from parameter shapes, and parameter shapes from a configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..config import TinyBertConfig
from ..errors import CheckpointError, ConfigError
from ..task import Kind
from .heads import HEADS, WORD_EMBEDDINGS, Shapes, dense_shapes, norm_shapes

_SIZES = {
    "vocab_size": (WORD_EMBEDDINGS, 0),
    "hidden_size": (WORD_EMBEDDINGS, 1),
    "max_position_embeddings": ("tinybert_embedding_postprocessor.full_position_embeddings", 0),
    "type_vocab_size": ("tinybert_embedding_postprocessor.embedding_table", 0),
    "intermediate_size": ("tinybert_encoder.layers.0.intermediate.weight", 0),
}
# Shapes do not determine the number of heads; all published sizes, BERT-base and MiniLM have twelve.
_HEADS = 12


def read_config(tensors: Mapping[str, np.ndarray], known: Mapping[str, Any], source: str) -> TinyBertConfig:
    """Derive the configuration of an encoder from its parameters.

    Args:
        tensors: Parameters by the network's own names.
        known: Fields known from elsewhere (a `config.json`, a card, the caller): activation, epsilon, number of heads.
            Sizes among them must agree with the shapes.
        source: The file's name, for messages.

    Raises:
        CheckpointError: A parameter that determines a size is missing, the layer numbers have a gap, or a size differs
            from the known one.
    """
    sizes = {field: _size(tensors, name, axis, source) for field, (name, axis) in _SIZES.items()}
    sizes["num_hidden_layers"] = _count_layers(tensors, source)
    for field, size in sizes.items():
        if known.get(field, size) != size:
            raise CheckpointError(f"{source}: {field} is {size} by its shapes, but {known[field]} was declared")
    values: dict[str, Any] = {**known, **sizes}
    if "num_attention_heads" not in values:
        if sizes["hidden_size"] % _HEADS:
            raise CheckpointError(
                f"{source}: hidden_size is {sizes['hidden_size']}, which is not a multiple of {_HEADS} "
                "attention heads. Say how many there are",
                argument="num_attention_heads",
            )
        values["num_attention_heads"] = _HEADS
    values.setdefault("seq_length", min(TinyBertConfig.seq_length, sizes["max_position_embeddings"]))
    try:
        return TinyBertConfig.from_dict(values)
    except ConfigError as error:
        raise CheckpointError(f"{source}: {error}") from None


def expected_shapes(config: TinyBertConfig, kind: Kind, num_labels: int | None, *, pooler: bool) -> Shapes:
    """Return the shape of each parameter of a network, by the network's own names and in its order.

    Args:
        config: The configuration of the encoder.
        kind: The kind of task, which determines the head.
        num_labels: Number of head outputs (C); None for an encoder without a head.
        pooler: Whether there is a pooler.
    """
    hidden, inner = config.hidden_size, config.intermediate_size
    embedding = "tinybert_embedding_postprocessor."
    shapes: Shapes = {
        WORD_EMBEDDINGS: (config.vocab_size, hidden),
        f"{embedding}embedding_table": (config.type_vocab_size, hidden),
        f"{embedding}full_position_embeddings": (config.max_position_embeddings, hidden),
        **norm_shapes(f"{embedding}layernorm", hidden),
    }
    for index in range(config.num_hidden_layers):
        layer = f"tinybert_encoder.layers.{index}."
        for part in ("query", "key", "value"):
            shapes |= dense_shapes(f"{layer}attention.attention.{part}_layer", hidden, hidden)
        shapes |= dense_shapes(f"{layer}attention.output.dense", hidden, hidden)
        shapes |= norm_shapes(f"{layer}attention.output.layernorm", hidden)
        shapes |= dense_shapes(f"{layer}intermediate", inner, hidden)
        shapes |= dense_shapes(f"{layer}output.dense", hidden, inner)
        shapes |= norm_shapes(f"{layer}output.layernorm", hidden)
    shapes |= dense_shapes("dense", hidden, hidden) if pooler else {}
    return shapes if num_labels is None else shapes | HEADS[kind.name].shapes(config, num_labels)


def _size(tensors: Mapping[str, np.ndarray], name: str, axis: int, source: str) -> int:
    if name not in tensors:
        raise CheckpointError(f"{source} is not a checkpoint of a complete encoder: {name} is missing")
    shape = tensors[name].shape
    if len(shape) != 2:
        raise CheckpointError(f"{source}: {name} has shape {shape}, but should have two dimensions")
    return int(shape[axis])


def _count_layers(tensors: Mapping[str, np.ndarray], source: str) -> int:
    matches = (re.match(r"tinybert_encoder\.layers\.(\d+)\.", name) for name in tensors)
    numbers = sorted({int(match.group(1)) for match in matches if match})
    if numbers != list(range(len(numbers))):
        raise CheckpointError(f"{source}: its layers are numbered {numbers}; some are missing")
    return len(numbers)
