"""Tagging schemes: detected, and converted so that the same spans are marked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.data import convert_tags, detect_scheme
from tinybert.errors import InputError
from tinybert.metrics import SCHEMES, check_scheme, spans

SAME_SPANS = {
    "IOB1": ["I-PER", "I-PER", "B-PER", "O", "I-LOC", "I-PER"],
    "IOB2": ["B-PER", "I-PER", "B-PER", "O", "B-LOC", "B-PER"],
    "IOBES": ["B-PER", "E-PER", "S-PER", "O", "S-LOC", "S-PER"],
    "BILOU": ["B-PER", "L-PER", "U-PER", "O", "U-LOC", "U-PER"],
}


@pytest.mark.parametrize("source", SAME_SPANS)
@pytest.mark.parametrize("target", SAME_SPANS)
def test_every_scheme_becomes_every_other(source, target):
    assert convert_tags(SAME_SPANS[source], target, source=source) == SAME_SPANS[target]
    assert convert_tags(SAME_SPANS[source], target) == SAME_SPANS[target]


@pytest.mark.parametrize("scheme", SAME_SPANS)
def test_the_scheme_is_found(scheme):
    assert detect_scheme([SAME_SPANS[scheme], ["O"]]) == scheme


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [(["B-PER", "O"], "IOB2"), (["O"], "IOB2"), (["DT", "NN"], None), (["O", "I-A", "O", "B-A"], None)],
)
def test_the_likeliest_scheme_or_none(tags, scheme):
    assert detect_scheme([tags]) == scheme


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["O", *(f"{prefix}-{kind}" for prefix in "BIESLU" for kind in "XY")])))
@pytest.mark.parametrize("scheme", SCHEMES)
def test_any_tags_keep_their_spans(scheme, tags):
    converted = convert_tags(tags, scheme)
    assert check_scheme(converted, scheme) == []
    assert spans(converted, scheme) == spans(tags)
    assert len(converted) == len(tags)


def test_tags_without_a_type():
    assert convert_tags(["B", "I", "O", "B"], "IOBES") == ["B", "E", "O", "S"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["O", "PER"], "IOB2"), r"tags\[1\]: 'PER' is not a tag"),
        ((["O"], "BIO"), "scheme is 'BIO'"),
    ],
)
def test_what_cannot_be_converted(arguments, message):
    with pytest.raises(InputError, match=message):
        convert_tags(*arguments)
    with pytest.raises(InputError, match=r"tags\[1\]: I-PER begins a span"):
        convert_tags(["O", "I-PER"], "IOBES", source="IOB2")


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        (["I-A", "E-A", "O", "E-B"], "IOE2"),
        (["E-A", "E-A"], "IOE2"),
        (["I-A", "E-A", "I-A", "O", "I-B"], "IOE1"),
        (["B-A", "E-A"], "IOBES"),
    ],
)
def test_schemes_with_marked_ends_are_told_apart(tags, scheme):
    assert detect_scheme([tags]) == scheme
    found = spans(tags)
    for other in SCHEMES:
        converted = convert_tags(tags, other, source=scheme)
        assert spans(converted, other) == found
    assert convert_tags(converted, scheme) == tags
