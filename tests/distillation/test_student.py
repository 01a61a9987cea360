"""A student starts with the teacher's weights as far as they fit, and with random ones elsewhere."""

import numpy as np
import pytest
from tiny_teacher import CONFIG

from tinybert.distillation.student import fresh_student, weights_of_layers
from tinybert.errors import ConfigError
from tinybert.weights import checkpoint_of


def tensors(network):
    return checkpoint_of(network).tensors


def test_layers_of_the_teacher_with_its_embeddings_and_pooler(teacher):
    network, misfits = fresh_student(teacher, CONFIG.replace(num_hidden_layers=2), layers=(0, 2))
    found = tensors(network)
    assert not misfits
    assert len(found) < len(teacher.tensors)
    for name, array in found.items():
        theirs = name.replace("layers.1.", "layers.2.")
        assert np.array_equal(array, teacher.tensors[theirs]), name


def test_random_weights_follow_from_the_seed(teacher):
    config = CONFIG.replace(num_hidden_layers=2)
    one, again, other = (tensors(fresh_student(teacher, config, seed=seed)[0]) for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], again[name]) for name in one)
    name = "tinybert_embedding_lookup.embedding_table"
    assert not np.array_equal(one[name], other[name])
    assert not np.array_equal(one[name], teacher.tensors[name])


def test_where_the_width_differs_what_does_not_fit_is_random_and_said(teacher):
    config = CONFIG.replace(num_hidden_layers=1, intermediate_size=40)
    network, misfits = fresh_student(teacher, config, layers=(1,))
    found = tensors(network)
    assert {name.rpartition(".")[0].rpartition(".")[2] for name in misfits} == {"intermediate", "dense"}
    for name in {*found} - {*misfits}:
        assert np.array_equal(found[name], teacher.tensors[name.replace("layers.0.", "layers.1.")]), name


@pytest.mark.parametrize(
    ("layers", "message"),
    [((0, 3), "there is no layer 3: the teacher has 3 layers, 0 to 2"), ((0,), "2 layers, but 1 layer is named")],
)
def test_layers_that_are_not_there(teacher, layers, message):
    with pytest.raises(ConfigError, match=message) as caught:
        weights_of_layers(teacher, layers, 2)
    assert caught.value.argument == "from_layers"
