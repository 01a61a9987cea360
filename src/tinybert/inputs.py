"""Check a network's inputs on the host, before a compiled graph sees them. NumPy only.

An id outside the vocabulary leaves a compiled MindSpore graph unusable, and a negative one wraps around silently.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .config import TinyBertConfig
from .errors import InputError

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def check_inputs(config: TinyBertConfig, input_ids: Any, input_mask: Any, segment_ids: Any) -> Arrays:
    """Check the inputs of a network and return ids, mask and segments as int32 arrays.

    Args:
        config: The network's configuration: sizes of vocabulary, position table and segment table.
        input_ids: (B, T) array of an integer type.
        input_mask: (B, T) array of an integer type, 1 = real token; None for ones. Mask and segments may be swapped.
        segment_ids: (B, T) array of an integer type, 0 = first text, 1 = second; None for zeros.

    Returns:
        The ids, the mask and the segments, in this order, each (B, T) int32.

    Raises:
        InputError: An input is invalid; the message names it, what is wrong with it, and what it should be.
    """
    ids = _integer_array("input_ids", input_ids)
    mask = np.ones_like(ids) if input_mask is None else _integer_array("input_mask", input_mask)
    segments = np.zeros_like(ids) if segment_ids is None else _integer_array("segment_ids", segment_ids)
    _check_shapes(config, ids, mask, segments)
    _check_ids(config, ids)
    if _mask_is_last(mask, segments):
        mask, segments = segments, mask
    _check_range("input_mask", mask, 2)
    _check_range("segment_ids", segments, config.type_vocab_size)
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


def _mask_is_last(second: np.ndarray, third: np.ndarray) -> bool:
    """Return whether mask and segments are swapped. `modeling.order` makes the same decision per row, in the graph."""
    plain = (second[:, 0] == 1) & (third[:, 0] == 0)
    swapped = (second[:, 0] == 0) & (third[:, 0] == 1)
    unclear = np.flatnonzero(~plain & ~swapped & (second != third).any(axis=1))
    plain[unclear] = _possible(second[unclear], third[unclear])
    swapped[unclear] = _possible(third[unclear], second[unclear])
    neither = unclear[~(plain | swapped)[unclear]]
    if len(neither):
        row = neither[0]
        raise InputError(
            f"in row {row} neither order of input_mask and segment_ids makes sense: they are {second[row, 0]} and "
            f"{third[row, 0]} at its first token. The mask is 1 for real tokens; segments are 0, then 1, and 0 for "
            "padding"
        )
    if plain.any() and swapped.any():
        raise InputError(
            f"row {np.argmax(plain)} has input_mask before segment_ids, and row {np.argmax(swapped)} after them: all "
            "rows of a call must have the same order"
        )
    return bool(swapped.any())


def _possible(mask: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """Return, per row (B,) bool, whether mask and segments are consistent: segments 0 then 1, and 0 in the padding."""
    second_text = segments != 0
    outside = second_text & (mask == 0)
    back = (np.cumsum(second_text, axis=1) > 0) & ~second_text & (mask != 0)
    return ~(outside | back).any(axis=1)


def _check_range(name: str, array: np.ndarray, size: int) -> None:
    outside = (array < 0) | (array >= size)
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise InputError(f"{name}[{row}, {column}] is {array[row, column]}: it must be from 0 to {size - 1}")
