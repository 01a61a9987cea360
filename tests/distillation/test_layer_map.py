"""Which layer learns from which: every map that can be named, and what cannot."""

import doctest

import pytest

from tinybert.distillation import layer_map
from tinybert.distillation.layer_map import LayerMap
from tinybert.errors import ConfigError


@pytest.mark.parametrize(
    ("given", "student", "teacher", "targets"),
    [
        ("uniform", 4, 12, (2, 5, 8, 11)),  # as Jiao et al. have it
        ("uniform", 4, 6, (0, 2, 3, 5)),  # the published code takes 0, 1, 2, 3
        ("uniform", 6, 6, (0, 1, 2, 3, 4, 5)),
        ("uniform", 5, 12, (1, 3, 6, 8, 11)),
        ("uniform", 1, 12, (11,)),
        ("last", 4, 6, (2, 3, 4, 5)),
        ("0,2,3,5", 4, 6, (0, 2, 3, 5)),
        (" 1, 1", 2, 2, (1, 1)),
    ],
)
def test_targets(given, student, teacher, targets):
    assert LayerMap.of(given, student_layers=student, teacher_layers=teacher).targets == targets


def test_the_last_layer_learns_from_the_last_whatever_the_depths():
    for teacher in range(1, 25):
        for student in range(1, teacher + 1):
            targets = LayerMap.of("uniform", student_layers=student, teacher_layers=teacher).targets
            assert targets[-1] == teacher - 1
            assert len({*targets}) == student


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("0,2,3", "the layer map is 0,2,3, 3 layers: the student has 4"),
        ("0,2,3,6", "the layer map names layer 6, but the teacher has 6 layers, 0 to 5"),
        ("3,2,1,0", "a higher layer must not learn from a lower one"),
        ("first", "the layer map is 'first': it must be uniform, last, or a layer"),
        ("", "the layer map is ''"),
    ],
)
def test_what_is_no_map(given, message):
    with pytest.raises(ConfigError, match=message) as caught:
        LayerMap.of(given, student_layers=4, teacher_layers=6)
    assert caught.value.argument == "layer_map"


def test_a_student_with_more_layers_needs_a_map():
    with pytest.raises(ConfigError, match="the student has 3 layers, more than the teacher's 2: say which"):
        LayerMap.of("uniform", student_layers=3, teacher_layers=2)
    assert LayerMap.of("0,0,1", student_layers=3, teacher_layers=2).targets == (0, 0, 1)


def test_docstrings():
    assert not doctest.testmod(layer_map).failed
