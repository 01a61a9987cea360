"""Conversion of word labels to spans."""

import pytest

from tinybert.metrics import are_tags
from tinybert.tasks.spans import find_spans


@pytest.mark.parametrize(
    "labels",
    [
        ["I-PER", "I-PER", "B-PER", "O", "I-LOC"],  # IOB1
        ["B-PER", "I-PER", "B-PER", "O", "B-LOC"],  # IOB2
        ["B-PER", "E-PER", "S-PER", "O", "S-LOC"],  # IOBES
        ["B-PER", "L-PER", "U-PER", "O", "U-LOC"],  # BILOU
    ],
)
def test_the_schemes_mark_the_same_spans(labels):
    spans = [tuple(span) for span in find_spans(labels, tags=are_tags(labels))]
    assert spans == [("PER", 0, 2), ("PER", 2, 3), ("LOC", 4, 5)]


def test_labels_that_are_no_tags_form_runs():
    labels = ["O", "PER", "PER", "O", "PER", "LOC"]
    assert not are_tags(labels)
    assert [tuple(span) for span in find_spans(labels, tags=False)] == [("PER", 1, 3), ("PER", 4, 5), ("LOC", 5, 6)]
