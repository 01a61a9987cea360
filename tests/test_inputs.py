"""Invalid inputs raise an error that names them, on the host before any graph runs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from bad_inputs import BAD, inputs

from tinybert.errors import InputError, TinyBertError
from tinybert.inputs import check_inputs


@pytest.mark.parametrize("case", BAD)
def test_each_bad_input_is_named(tiny_config, case):
    bad, message = BAD[case]
    with pytest.raises(InputError, match=message) as error:
        check_inputs(tiny_config, **bad)
    assert isinstance(error.value, TinyBertError)
    assert isinstance(error.value, ValueError)
    assert error.value.__cause__ is None


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint16])
def test_good_inputs_come_back_as_int32(tiny_config, dtype):
    given = inputs(dtype)
    for array, expected in zip(check_inputs(tiny_config, **given), given.values(), strict=True):
        assert array.dtype == np.int32
        np.testing.assert_array_equal(array, expected)


def test_int32_is_not_copied(tiny_config):
    given = inputs()
    for array, expected in zip(check_inputs(tiny_config, **given), given.values(), strict=True):
        assert array is expected


def test_without_mask_and_segments_it_is_one_text_without_padding(tiny_config):
    ids, mask, segments = check_inputs(tiny_config, inputs()["input_ids"], None, None)
    assert ids.shape == mask.shape == segments.shape == (2, 4)
    assert mask.dtype == segments.dtype == np.int32
    assert (mask == 1).all()
    assert (segments == 0).all()


def order_of(second, third):
    """The rule for one row, as a plain loop: which of the two is the mask; "either" or "neither" if undecided."""

    def possible(mask, segments):
        told = [segment for real, segment in zip(mask, segments, strict=True) if real]
        return all(mask[i] for i, segment in enumerate(segments) if segment) and told == sorted(told)

    if (second[0], third[0]) in ((1, 0), (0, 1)):
        return "second" if second[0] else "third"
    if second == third:
        return "either"
    orders = {"second": possible(second, third), "third": possible(third, second)}
    return next((name for name, can_be in orders.items() if can_be), "neither")


ROWS = [(bits[:4], bits[4:]) for bits in itertools.product((0, 1), repeat=8)]
"""All possible masks and segments of four tokens."""


@pytest.mark.parametrize("order", ["second", "third", "either", "neither"])
def test_mask_and_segments_are_told_apart(tiny_config, order):
    rows = [row for row in ROWS if order_of(*row) == order]
    assert len(rows) > 10
    ids = np.ones((1, 4), np.int32)
    for second, third in rows:
        arrays = np.array([second]), np.array([third])
        if order == "neither":
            with pytest.raises(InputError, match="in row 0 neither order"):
                check_inputs(tiny_config, ids, *arrays)
        else:
            mask, segments = reversed(arrays) if order == "third" else arrays
            for found, expected in zip(check_inputs(tiny_config, ids, *arrays), (ids, mask, segments), strict=True):
                np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("first", "other"), [*itertools.permutations(["second", "third", "either"], 2)])
def test_the_rows_of_a_call_have_one_order(tiny_config, first, other):
    rows = [next(row for row in ROWS if order_of(*row) == order) for order in (first, other)]
    arrays = (np.array(array) for array in zip(*rows, strict=True))
    ids = np.ones((2, 4), np.int32)
    if "either" in (first, other):
        check_inputs(tiny_config, ids, *arrays)
    else:
        with pytest.raises(InputError, match="must have the same order"):
            check_inputs(tiny_config, ids, *arrays)


@pytest.mark.parametrize("number", [0, 1])
def test_dummies_of_ones_or_of_zeros_are_taken(tiny_config, number):
    check_inputs(tiny_config, *(np.full((2, 8), number) for _ in range(3)))


def test_in_the_other_order_what_is_wrong_is_named_all_the_same(tiny_config):
    bad, message = BAD["a third segment"]
    with pytest.raises(InputError, match=message):
        check_inputs(tiny_config, bad["input_ids"], bad["segment_ids"], bad["input_mask"])


def test_an_empty_row_is_padding_of_the_batch(tiny_config):
    filled = {name: np.concatenate([array, np.zeros_like(array[:1])]) for name, array in inputs().items()}
    assert check_inputs(tiny_config, **filled)[1][2].sum() == 0


def test_the_last_id_the_last_segment_and_the_last_position_are_good(tiny_config):
    ids = np.full((1, 16), 49, np.int32)
    segments = np.ones((1, 16), np.int32)
    segments[0, 0] = 0
    check_inputs(tiny_config, ids, np.ones_like(ids), segments)
    check_inputs(tiny_config.replace(type_vocab_size=3), ids, np.ones_like(ids), 2 * segments)
