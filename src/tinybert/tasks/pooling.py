"""Pooling of encoder outputs to one vector per row, with optional dense layers, truncation and normalization."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..checkpoint.sentence import Dense, SentenceSettings
from ..errors import InputError, OutputError
from ..runtime.base import EncoderOutputs

Array = NDArray[np.float32]


def vectors_of(outputs: EncoderOutputs, input_mask: np.ndarray, settings: SentenceSettings) -> Array:
    """Pool encoder outputs to one vector per row, (B, O) float32.

    Args:
        outputs: The outputs of the encoder.
        input_mask: (B, T) int32, 1 = real token.
        settings: Settings for pooling, dense layers, truncation and normalization; prompts have already been applied.

    Raises:
        InputError: The pooled output is requested, but the model has no pooler.
        OutputError: A vector is not finite.
    """
    mask = input_mask.astype(np.float32)
    parts = [_POOLINGS[mode](outputs, mask) for mode in settings.pooling]
    vectors = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        for layer in settings.dense:
            vectors = _dense(layer, vectors)
    if not np.isfinite(vectors).all():
        raise OutputError(
            "the vectors hold NaN or infinity: the weights of the model's dense layers are too large. Take another "
            "checkpoint, or the encoder alone",
            argument="pooling",
            example="mean",
        )
    vectors = vectors[:, : settings.truncate_dim]
    if settings.normalize:
        # In float32, squares of numbers above 1e19 overflow.
        lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
        vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return vectors


def _first(outputs: EncoderOutputs, mask: Array) -> Array:
    del mask
    return outputs.sequence_output[:, 0]


def _pooled(outputs: EncoderOutputs, mask: Array) -> Array:
    del mask
    if outputs.pooled_output is None:
        raise InputError("the model has no pooler, and so no pooled output: use another pooling", argument="pooling")
    return outputs.pooled_output


def _sum(weights: Array, outputs: EncoderOutputs) -> Array:
    return np.matmul(weights[:, None, :], outputs.sequence_output)[:, 0]


def _mean(outputs: EncoderOutputs, mask: Array) -> Array:
    return _sum(mask, outputs) / _at_least_one(mask)


def _mean_sqrt_len(outputs: EncoderOutputs, mask: Array) -> Array:
    return _sum(mask, outputs) / np.sqrt(_at_least_one(mask))


def _weighted_mean(outputs: EncoderOutputs, mask: Array) -> Array:
    weights = mask * np.arange(1, mask.shape[1] + 1, dtype=np.float32)
    return _sum(weights, outputs) / _at_least_one(weights)


def _max(outputs: EncoderOutputs, mask: Array) -> Array:
    # A row of padding only, which fills a batch, has no maximum.
    real = (mask > 0) | (mask.sum(axis=1, keepdims=True) == 0)
    return np.where(real[:, :, None], outputs.sequence_output, -np.inf).max(axis=1).astype(np.float32)


def _last(outputs: EncoderOutputs, mask: Array) -> Array:
    ends = np.maximum(mask.sum(axis=1).astype(np.int64) - 1, 0)
    return outputs.sequence_output[np.arange(len(ends)), ends]


def _at_least_one(weights: Array) -> Array:
    return np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)


_POOLINGS: dict[str, Callable[[EncoderOutputs, Array], Array]] = {
    "mean": _mean,
    "first": _first,
    "pooled": _pooled,
    "max": _max,
    "mean_sqrt_len": _mean_sqrt_len,
    "weighted_mean": _weighted_mean,
    "last": _last,
}
_ERF = np.vectorize(math.erf, otypes=[np.float32])
_ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "identity": np.asarray,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "gelu_erf": lambda x: 0.5 * x * (1 + _ERF(x / math.sqrt(2))),
    "sigmoid": lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
}


def _dense(layer: Dense, vectors: Array) -> Array:
    values = vectors @ layer.weight.T
    return _ACTIVATIONS[layer.activation](values if layer.bias is None else values + layer.bias).astype(np.float32)
