"""The spans that tags mark in each scheme, and the tags that do not fit a scheme."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.errors import InputError
from tinybert.metrics import SCHEMES, TagProblem, TagSpan, check_scheme, spans

TYPES = ["A", "B-C"]
check = settings(max_examples=60)

# Read without a scheme (as seqeval's default mode), and with one (as its strict mode).
CASES = [
    ("IOB2", "B-A I-A O B-A", [("A", 0, 2), ("A", 3, 4)], [("A", 0, 2), ("A", 3, 4)]),
    ("IOB2", "B-A B-A I-A", [("A", 0, 1), ("A", 1, 3)], [("A", 0, 1), ("A", 1, 3)]),
    ("IOB2", "O I-A I-A", [("A", 1, 3)], []),
    ("IOB2", "B-A I-B I-B", [("A", 0, 1), ("B", 1, 3)], [("A", 0, 1)]),
    ("IOB2", "B I O I", [("_", 0, 2), ("_", 3, 4)], [("_", 0, 2)]),
    ("IOB2", "B-B-C I-B-C", [("B-C", 0, 2)], [("B-C", 0, 2)]),
    ("IOB1", "I-A I-A B-A I-B", [("A", 0, 2), ("A", 2, 3), ("B", 3, 4)], [("A", 0, 2), ("A", 2, 3), ("B", 3, 4)]),
    ("IOB1", "O B-A I-A", [("A", 1, 3)], [("A", 2, 3)]),
    ("IOB1", "I-A B-A B-B", [("A", 0, 1), ("A", 1, 2), ("B", 2, 3)], [("A", 0, 1)]),
    ("IOBES", "B-A I-A E-A S-B", [("A", 0, 3), ("B", 3, 4)], [("A", 0, 3), ("B", 3, 4)]),
    ("IOBES", "B-A I-A O", [("A", 0, 2)], []),
    ("IOBES", "E-A E-A", [("A", 0, 1), ("A", 1, 2)], []),
    ("IOBES", "S-A I-A E-A", [("A", 0, 1), ("A", 1, 3)], [("A", 0, 1)]),
    ("IOBES", "B-A E-B", [("A", 0, 1), ("B", 1, 2)], []),
    ("BILOU", "B-A L-A U-A U-A", [("A", 0, 2), ("A", 2, 3), ("A", 3, 4)], [("A", 0, 2), ("A", 2, 3), ("A", 3, 4)]),
    ("BILOU", "B-A I-A U-A", [("A", 0, 2), ("A", 2, 3)], [("A", 2, 3)]),
    ("IOE2", "I-A E-A E-A O E-B", [("A", 0, 2), ("A", 2, 3), ("B", 4, 5)], [("A", 0, 2), ("A", 2, 3), ("B", 4, 5)]),
    ("IOE2", "I-A O I-A I-B E-B", [("A", 0, 1), ("A", 2, 3), ("B", 3, 5)], [("B", 3, 5)]),
    ("IOE2", "I-A I-A", [("A", 0, 2)], []),
    ("IOE1", "I-A E-A I-A O I-B", [("A", 0, 2), ("A", 2, 3), ("B", 4, 5)], [("A", 0, 2), ("A", 2, 3), ("B", 4, 5)]),
    ("IOE1", "E-A E-A I-A I-B", [("A", 0, 1), ("A", 1, 2), ("A", 2, 3), ("B", 3, 4)], None),
    ("IOE1", "I-A E-A O", [("A", 0, 2)], []),
    ("IOB2", "", [], []),
]


@pytest.mark.parametrize(("scheme", "tags", "lenient", "strict"), CASES)
def test_spans(scheme, tags, lenient, strict):
    assert spans(tags.split()) == [TagSpan(*span) for span in lenient]
    assert spans(tags.split(), scheme) == [TagSpan(*span) for span in (lenient if strict is None else strict)]


def write(found, length, scheme):
    """Tags for spans, straight from the schemes' definitions."""
    tags = ["O"] * length
    previous, begins = None, {(kind, start) for kind, start, _ in found}
    for kind, start, end in found:
        begin, inside, last, single = {
            "IOB1": ("B" if previous == (kind, start) else "I", "I", "I", ""),
            "IOB2": ("B", "I", "I", ""),
            "IOE1": ("I", "I", *["E" if (kind, end) in begins else "I"] * 2),
            "IOE2": ("I", "I", "E", "E"),
            "IOBES": ("B", "I", "E", "S"),
            "BILOU": ("B", "I", "L", "U"),
        }[scheme]
        prefixes = [begin, *[inside] * (end - start - 2), last] if end - start > 1 else [single or begin]
        tags[start:end] = [f"{prefix}-{kind}" for prefix in prefixes]
        previous = (kind, end)
    return tags


def any_tags(scheme):
    every = ["O", *(f"{prefix}-{kind}" for prefix in SCHEMES[scheme] for kind in TYPES)]
    return st.lists(st.sampled_from(every), max_size=8)


PARTS = st.lists(st.tuples(st.sampled_from(TYPES), st.integers(0, 1), st.integers(1, 3)), max_size=4)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(parts=PARTS)
@check
def test_well_formed_tags_give_their_spans_back_with_and_without_the_scheme(scheme, parts):
    found, at = [], 0
    for kind, gap, length in parts:
        found.append(TagSpan(kind, at + gap, at + gap + length))
        at += gap + length
    tags = write(found, at, scheme)
    assert check_scheme(tags, scheme) == []
    assert spans(tags, scheme) == spans(tags) == found


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
@check
def test_tags_have_a_problem_exactly_if_no_spans_would_be_written_like_that(scheme, data):
    tags = data.draw(any_tags(scheme))
    problems = check_scheme(tags, scheme)
    assert (not problems) == (write(spans(tags, scheme), len(tags), scheme) == tags)
    assert [problem.position for problem in problems] == sorted(problem.position for problem in problems)


@pytest.mark.parametrize(
    ("scheme", "tags", "position", "says"),
    [
        ("IOB2", "O I-A", 1, "I-A begins a span after O; IOB2 begins every span with B-"),
        ("IOB2", "I-A", 0, "I-A begins a span at the first word; IOB2 begins every span with B-"),
        ("IOB2", "B-A I-B", 1, "I-B begins a span after B-A; IOB2 begins every span with B-"),
        ("IOB1", "B-A", 0, "B-A at the first word; IOB1 has B- only right after a span of the same type"),
        ("IOB1", "O B-A", 1, "B-A after O; IOB1 has B- only right after a span of the same type"),
        ("IOBES", "O B-A I-A", 2, "I-A has no end before the end of the sentence; IOBES ends every span with E- or S-"),
        ("IOBES", "O E-A", 1, "E-A begins a span after O; IOBES begins every span with B- or S-"),
        ("BILOU", "B-A O", 0, "B-A has no end before O; BILOU ends every span with L- or U-"),
        ("BILOU", "L-A", 0, "L-A begins a span at the first word; BILOU begins every span with B- or U-"),
        ("IOE2", "O I-A O", 1, "I-A has no end before O; IOE2 ends every span with E-"),
        ("IOE1", "E-A", 0, "E-A before the end of the sentence; IOE1 has E- only right before a span of the same type"),
        ("IOB2", "O S-A I-A", 1, "'S-A' is not a tag of IOB2: give O, B-TYPE, I-TYPE"),
        ("IOB2", "PER", 0, "'PER' is not a tag of IOB2: give O, B-TYPE, I-TYPE"),
        ("IOB2", "B-", 0, "'B-' is not a tag of IOB2: give O, B-TYPE, I-TYPE"),
    ],
)
def test_a_problem_names_the_tag_and_what_the_scheme_asks_for(scheme, tags, position, says):
    assert check_scheme(tags.split(), scheme) == [TagProblem(position, says)]


@pytest.mark.parametrize("tag", ["", "B-", "BPER", "O-PER", "X-PER", "PER", "b-PER", None, 3])
def test_what_is_no_tag_is_refused_by_its_place(tag):
    with pytest.raises(InputError, match=r"tags\[1\]: .* is not a tag"):
        spans(["O", tag])
    assert [problem.position for problem in check_scheme(["O", tag], "IOB2")] == [1]


def test_a_tag_of_another_scheme_is_refused():
    with pytest.raises(InputError, match=r"tags\[0\]: 'S-A' is not a tag of IOB2"):
        spans(["S-A"], "IOB2")


@pytest.mark.parametrize("call", [spans, check_scheme])
def test_an_unknown_scheme_is_refused(call):
    with pytest.raises(InputError, match="scheme is 'BIO'; it must be one of IOB1, IOB2, IOE1, IOE2, IOBES, BILOU"):
        call(["O"], "BIO")
