"""Networks check their inputs; after an error the next valid call works."""

from __future__ import annotations

import mindspore as ms
import numpy as np
import pytest
from bad_inputs import BAD, inputs

from tinybert.errors import InputError, TinyBertError


@pytest.fixture(scope="module")
def networks(heads):
    classifier, tagger = heads["sequence-classification"], heads["token-classification"]
    return {"encoder": classifier.bert, "classifier": classifier, "tagger": tagger}


def first_output(network):
    output = network(**inputs())
    return (output[0] if isinstance(output, tuple) else output).asnumpy()


@pytest.mark.parametrize("name", ["encoder", "classifier", "tagger"])
def test_each_bad_input_is_named_and_the_next_good_call_works(networks, mode, name):
    network = networks[name]
    expected = first_output(network)
    for case, (bad, message) in BAD.items():
        with pytest.raises(InputError, match=message) as error:
            network(**bad)
        assert isinstance(error.value, TinyBertError), case
        assert isinstance(error.value, ValueError), case
        assert error.value.__cause__ is None, case
        np.testing.assert_array_equal(first_output(network), expected, err_msg=f"after {case}")


def test_bad_tensors_are_named_like_bad_arrays(networks, mode):
    network = networks["encoder"]
    expected = first_output(network)
    for case in ("the first id too large", "float ids", "a shorter mask", "too long"):
        bad, message = BAD[case]
        with pytest.raises(InputError, match=message):
            network(**{name: ms.Tensor(array) for name, array in bad.items()})
    np.testing.assert_array_equal(first_output(network), expected)


def test_a_bad_first_call_leaves_a_network_that_works(make_encoder, networks, fill, mode):
    network = fill(make_encoder(num_hidden_layers=1), seed=3)  # as `heads` has it
    with pytest.raises(InputError, match=r"input_ids\[0, 0\] is 50"):
        network(np.array([[50]], np.int32))
    np.testing.assert_array_equal(first_output(network), first_output(networks["encoder"]))


def test_the_last_id_the_last_segment_and_the_last_position_are_good(networks, mode):
    ids = np.full((1, 16), 49, np.int32)
    segments = np.ones((1, 16), np.int32)
    segments[0, 0] = 0
    assert np.isfinite(networks["encoder"](ids, np.ones_like(ids), segments)[0].asnumpy()).all()


def test_a_missing_input_is_pythons_own_error(networks):
    with pytest.raises(TypeError, match="input_ids"):
        networks["encoder"]()
