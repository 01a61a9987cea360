"""Invalid inputs with the expected error messages, for `tests/test_inputs.py` and the network tests."""

from __future__ import annotations

import numpy as np

GOOD = {"input_ids": [[7, 8, 9, 0], [5, 6, 0, 0]], "input_mask": [[1, 1, 1, 0], [1, 1, 0, 0]]}


def inputs(dtype=np.int32, **changes):
    """Valid inputs by name, with some replaced; {(row, column): value} changes single numbers."""
    arrays = {name: np.array(values, dtype) for name, values in GOOD.items()}
    arrays["segment_ids"] = np.array([[0, 0, 1, 0], [0, 1, 0, 0]], dtype)
    for name, change in changes.items():
        if isinstance(change, dict):
            for place, value in change.items():
                arrays[name][place] = value
        else:
            arrays[name] = change
    return arrays


LONG = np.ones((1, 17), np.int32)
EMPTY_BATCH = np.zeros((0, 4), np.int32)
NO_TOKENS = np.zeros((2, 0), np.int32)
BAD = {
    "a vector": (inputs(input_ids=np.ones(4, np.int32)), r"input_ids has shape \(4,\): it must be \(B, T\)"),
    "three axes": (inputs(input_ids=np.ones((1, 2, 4), np.int32)), r"input_ids has shape \(1, 2, 4\)"),
    "no rows": (dict.fromkeys(inputs(), EMPTY_BATCH), r"input_ids has shape \(0, 4\)"),
    "no tokens": (dict.fromkeys(inputs(), NO_TOKENS), r"input_ids has shape \(2, 0\)"),
    "a shorter mask": (inputs(input_mask=np.ones((2, 3), np.int32)), r"the shapes differ: .*input_mask \(2, 3\)"),
    "fewer segments": (inputs(segment_ids=np.zeros((1, 4), np.int32)), r"the shapes differ: .*segment_ids \(1, 4\)"),
    "float ids": (inputs(input_ids=np.ones((2, 4), np.float32)), "input_ids is of float32: .*int32 or int64"),
    "a float mask": (inputs(input_mask=np.ones((2, 4), np.float64)), "input_mask is of float64"),
    "a list": (inputs(input_ids=[[7, 8, 9, 0], [5, 6, 0, 0]]), "input_ids is a list: .*Tensor or a numpy array"),
    "text": (inputs(input_ids="two words"), "input_ids is a str"),
    "None": (inputs(input_ids=None), "input_ids is a NoneType"),
    "too long": (dict.fromkeys(inputs(), LONG), "17 tokens long: the network has 16 positions. Truncate"),
    "the first id too large": (inputs(input_ids={(1, 1): 50}), r"input_ids\[1, 1\] is 50: .*vocabulary size, 50"),
    "a negative id": (inputs(input_ids={(0, 2): -1}), r"input_ids\[0, 2\] is -1"),
    "an id beyond 32 bits": (inputs(np.int64, input_ids={(0, 0): 2**32}), r"input_ids\[0, 0\] is 4294967296"),
    "a third segment": (inputs(segment_ids={(1, 1): 2}), r"segment_ids\[1, 1\] is 2: it must be from 0 to 1"),
    "a negative segment": (inputs(segment_ids={(0, 1): -1}), r"segment_ids\[0, 1\] is -1"),
    "a mask of 2": (inputs(input_mask={(0, 1): 2}), r"input_mask\[0, 1\] is 2: it must be from 0 to 1"),
    "a negative mask": (inputs(input_mask={(1, 3): -1}), r"input_mask\[1, 3\] is -1"),
    "a first token in segment 1": (inputs(segment_ids={(0, 0): 1}), "row 0 neither order .*they are 1 and 1"),
    "padding on the left, then a second text before the first": (
        inputs(input_mask={(0, 0): 0}, segment_ids={(0, 1): 1, (0, 2): 0}),
        "row 0 neither order .*they are 0 and 0",
    ),
    "rows in different orders": (
        inputs(input_mask={(1, 0): 0, (1, 1): 1}, segment_ids={(1, 0): 1}),
        "row 0 has input_mask before segment_ids, and row 1 after them",
    ),
}
