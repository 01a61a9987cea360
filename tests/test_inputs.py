"""A bad input is one error that names it, raised on the host before any graph sees it."""

from __future__ import annotations

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


def test_mask_and_segments_may_come_in_either_order_in_each_row(tiny_config):
    given = inputs()
    swapped = given["input_mask"].copy(), given["segment_ids"].copy()
    swapped[0][1], swapped[1][1] = given["segment_ids"][1], given["input_mask"][1]
    check_inputs(tiny_config, given["input_ids"], given["segment_ids"], given["input_mask"])
    check_inputs(tiny_config, given["input_ids"], *swapped)


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
