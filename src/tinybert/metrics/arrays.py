"""Validation of metric inputs; errors name the wrong input and the position in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..counting import counted
from ..errors import InputError

Array = np.ndarray
Values = Sequence[Any] | np.ndarray
"""A list, an array, or anything else that NumPy converts to an array."""

_KINDS = {"b": "whole numbers", "i": "whole numbers", "u": "whole numbers", "U": "strings"}


def as_labels(y_true: Values, y_pred: Values) -> tuple[Array, Array]:
    """Convert true and predicted labels to (N,) arrays.

    Args:
        y_true: (N,) the true labels, integers or strings.
        y_pred: (N,) the predicted labels.

    Returns:
        Both arrays.

    Raises:
        InputError: The inputs are empty, differ in length or type, or are not labels.
    """
    true, pred = _label_array(y_true, "y_true"), _label_array(y_pred, "y_pred")
    check_lengths(len(true), len(pred))
    if _KINDS[true.dtype.kind] != _KINDS[pred.dtype.kind]:
        raise InputError(
            f"y_true holds {_KINDS[true.dtype.kind]}, y_pred {_KINDS[pred.dtype.kind]}. Give both as label ids or both "
            "as names."
        )
    return true, pred


def as_indicators(y_true: Values, y_pred: Values) -> tuple[Array, Array]:
    """Convert true and predicted label sets to (N, C) bool arrays, True where a row has a label.

    Args:
        y_true: (N, C) of 0 and 1, or of bool.
        y_pred: (N, C), the predictions in the same form.

    Returns:
        Both arrays.

    Raises:
        InputError: The inputs are empty, have different shapes, or hold something other than 0 and 1.
    """
    arrays = []
    for values, name in ((y_true, "y_true"), (y_pred, "y_pred")):
        array = _array(values, name, dimensions=2, wanted="(N, C): one row of 0 and 1 for each text")
        wrong = np.argwhere((array != 0) & (array != 1))
        if len(wrong):
            row, column = wrong[0].tolist()
            raise InputError(
                f"{name}[{row}, {column}] is {array[row, column].item()!r}; it must be 0 or 1. Compare probabilities "
                "with a threshold first."
            )
        arrays.append(array == 1)
    true, pred = arrays
    check_lengths(len(true), len(pred))
    if true.shape != pred.shape:
        raise InputError(f"y_true has {counted(true.shape[1], 'label')} a row, y_pred has {pred.shape[1]}.")
    return true, pred


def as_numbers(y_true: Values, y_pred: Values) -> tuple[Array, Array]:
    """Convert true and predicted values to (N,) float64 arrays.

    Args:
        y_true: (N,) the true values.
        y_pred: (N,) the predicted values.

    Returns:
        Both arrays.

    Raises:
        InputError: The inputs have fewer than two values or different lengths, or hold something other than numbers.
    """
    arrays = []
    for values, name in ((y_true, "y_true"), (y_pred, "y_pred")):
        array = _array(values, name, dimensions=1, wanted="(N,): one number for each text")
        try:
            arrays.append(array.astype(np.float64))
        except (TypeError, ValueError) as error:
            raise InputError(f"{name} holds something that is not a number: {error}.") from None
    check_lengths(len(arrays[0]), len(arrays[1]))
    if len(arrays[0]) < 2:
        raise InputError("There is one value; a correlation needs at least two.")
    return arrays[0], arrays[1]


def check_lengths(true: int, pred: int, what: str = "row", plural: str | None = None) -> None:
    """Raise InputError unless both lengths are equal and above 0."""
    if true != pred:
        raise InputError(
            f"y_true has {counted(true, what, plural)}, y_pred has {pred}. Each needs a prediction of its own."
        )
    if not true:
        raise InputError(f"There are no {plural or what + 's'}: there is nothing to score.")


def _label_array(values: Values, name: str) -> Array:
    array = _array(values, name, dimensions=1, wanted="(N,): one label for each text")
    if not len(array):
        return array.astype(np.int64)
    kind = array.dtype.kind
    if kind == "O" or (kind == "U" and not isinstance(values, np.ndarray)):
        # NumPy turns [1, "a"] into strings without a word.
        if not all(isinstance(value, str) for value in values):
            raise InputError(f"{name} mixes strings with something else. Give label ids or names.")
        return array.astype(np.str_)
    if kind not in _KINDS:
        raise InputError(
            f"{name} is of {array.dtype}; labels are whole numbers or strings. Scores become labels by argmax(axis=-1)."
        )
    return array


def _array(values: Values, name: str, *, dimensions: int, wanted: str) -> Array:
    try:
        array = np.asarray(values)
    except ValueError:
        raise InputError(f"{name} has rows of different lengths; it must be {wanted}.") from None
    if array.ndim != dimensions and array.size:
        hint = " Scores become labels by argmax(axis=-1)." if (array.ndim, dimensions) == (2, 1) else ""
        raise InputError(f"{name} has the shape {array.shape}; it must be {wanted}.{hint}")
    return array.reshape((0,) * dimensions) if not array.size else array
