"""Checks of a network's inputs on the host, before a compiled graph sees them. NumPy only.

An id outside the vocabulary leaves a compiled MindSpore graph unusable, and a negative one wraps around silently.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .config import TinyBertConfig
from .errors import InputError

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def check_inputs(config: TinyBertConfig, input_ids: Any, input_mask: Any, segment_ids: Any) -> Arrays:
    """The three inputs as int32 arrays.

    Args:
        config: Tells vocabulary, positions and segment types.
        input_ids: (B, T), array of an integer type.
        input_mask: (B, T) like it, 1 = real token; None for ones. Mask and segments may come in either order.
        segment_ids: (B, T) like it, 0 = first text, 1 = second; None for zeros.

    Raises:
        InputError: Names the input, what is wrong with it, and what it should be.
    """
    ids = _integer_array("input_ids", input_ids)
    mask = np.ones_like(ids) if input_mask is None else _integer_array("input_mask", input_mask)
    segments = np.zeros_like(ids) if segment_ids is None else _integer_array("segment_ids", segment_ids)
    _check_shapes(config, ids, mask, segments)
    _check_ids(config, ids)
    _check_masks(config, mask, segments)
    return ids.astype(np.int32, copy=False), mask.astype(np.int32, copy=False), segments.astype(np.int32, copy=False)


def _integer_array(name: str, array: Any) -> np.ndarray:
    if not isinstance(array, np.ndarray):
        raise InputError(f"{name} is a {type(array).__name__}: it must be a mindspore.Tensor or a numpy array, (B, T)")
    if not np.issubdtype(array.dtype, np.integer):
        raise InputError(f"{name} is of {array.dtype}: it must be of an integer type, int32 or int64")
    return array


def _check_shapes(config: TinyBertConfig, *arrays: np.ndarray) -> None:
    ids, mask, segments = arrays
    if ids.ndim != 2 or 0 in ids.shape:
        raise InputError(f"input_ids has shape {ids.shape}: it must be (B, T), one row a text, neither of them 0")
    if not ids.shape == mask.shape == segments.shape:
        raise InputError(
            f"the shapes differ: input_ids {ids.shape}, input_mask {mask.shape}, segment_ids {segments.shape}"
        )
    if ids.shape[1] > config.max_position_embeddings:
        raise InputError(
            f"the inputs are {ids.shape[1]} tokens long: the network has {config.max_position_embeddings} positions. "
            "Truncate the texts or split them into windows"
        )


def _check_ids(config: TinyBertConfig, ids: np.ndarray) -> None:
    outside = (ids < 0) | (ids >= config.vocab_size)
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise InputError(
            f"input_ids[{row}, {column}] is {ids[row, column]}: ids must be at least 0 and below the vocabulary size, "
            f"{config.vocab_size}. Was the text tokenized with another model's vocabulary?"
        )


def _check_masks(config: TinyBertConfig, second: np.ndarray, third: np.ndarray) -> None:
    mask_last = (second[:, :1] == 0) & (third[:, :1] == 1)
    mask = np.where(mask_last, third, second)
    segments = np.where(mask_last, second, third)
    ambiguous = (mask[:, 0] != 1) | (segments[:, 0] != 0)
    ambiguous &= mask.any(axis=1) | segments.any(axis=1)  # an empty row, all zeros, is padding of the batch
    if ambiguous.any():
        row = int(np.argmax(ambiguous))
        raise InputError(
            f"row {row}: the first token must be real (input_mask 1) and in segment 0; it reads "
            f"{int(second[row, 0])} and {int(third[row, 0])}. Pad on the right"
        )
    _check_range("input_mask", mask, 2)
    _check_range("segment_ids", segments, config.type_vocab_size)


def _check_range(name: str, array: np.ndarray, size: int) -> None:
    outside = (array < 0) | (array >= size)
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise InputError(f"{name}[{row}, {column}] is {array[row, column]}: it must be from 0 to {size - 1}")
