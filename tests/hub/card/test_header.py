"""The YAML of a header: unsupported syntax is rejected with its line, in time linear in the length."""

from __future__ import annotations

import sys

import pytest
from cards import ASSET, card_text, line_of

from tinybert.errors import CardError
from tinybert.hub.card import check_card, parse_card
from tinybert.hub.card.header import MAX_HEADER_CHARS, Value, read_header


def read(text):
    """The header's values, and the problems as text."""
    problems = []
    return read_header(text, 2, problems), [str(problem) for problem in problems]


def test_values_stay_text_with_their_lines():
    header, problems = read("version: 1.10\nday: 2020-09-22\nwords:\n  - yes\n  - 'no'\nnothing: ~\nblock: |\n  1\n")
    assert problems == []
    assert header == {
        "version": Value("1.10", 2),
        "day": Value("2020-09-22", 3),
        "words": Value([Value("yes", 5), Value("no", 6, quoted=True)], 5),
        "nothing": Value(None, 7),
        "block": Value("1\n", 8, quoted=True),
    }


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "~"])
def test_an_empty_header_has_no_values(text):
    assert read(text) == ({}, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\n- a\n---", "line 2.*not allowed"),
        ("---\na: b\n...\nc: d\n---", "line 4"),
        ("---\n\tlicense: a\n---", r"line 2.*\\t"),
        ("---\na: &x 1\n---", "line 2.*anchor"),
        ("---\na: *x\n---", "line 2.*anchor"),
        ("---\na: 1\n&x b: 1\n---", "line 3.*anchor"),
        ("---\na: !!python/object:os.system 1\n---", "line 2.*tag"),
        ("---\na: 1\nb: !!str 1\n---", "line 3.*tag"),
        ("---\na: [[[[[[[[1]]]]]]]]\n---", "line 2.*within"),
        ("---\n? [a]\n: b\n---", "line 2.*key"),
        ('---\na: "\\0"\n---', "line 2.*control"),
        ('---\na: 1\n"\\0": 1\n---', "line 3.*control"),
        ('---\na: "\\UFFFFFFFF"\n---', "does not denote a character"),
        ("---\na: 1\nb: \x0b\n---", r"line 3.*U\+000B"),
        ("---\na: " + "x" * 70_000 + "\n---", "longer than"),
    ],
)
def test_what_a_card_has_no_use_for_is_refused(text, message):
    with pytest.raises(CardError, match=message):
        parse_card(text)


def test_lists_may_be_as_deep_as_a_card_needs():
    assert read("a: [[[[[1]]]]]")[1] == []
    assert read("a: [[[[[[1]]]]]]") == ({}, ["line 2: not allowed in the header: lists within lists within lists"])


def test_of_two_equal_keys_the_last_counts_and_both_are_noted():
    double = ASSET.replace("    asset-sha", "    asset-link: https://host/other.ckpt\n    asset-sha")
    text = card_text(asset=double).replace("license: Apache2.0", "license: Apache2.0\nlicense: MIT")
    first, second = line_of(text, "license"), line_of(text, "    asset-link")
    counts = "the latter counts. Keep one"
    assert [str(problem) for problem in check_card(text)] == [
        f"line {first + 1}: `license` appears twice, in line {first} and in line {first + 1}; {counts}",
        f"line {second + 1}: `asset-link` appears twice, in line {second} and in line {second + 1}; {counts}",
    ]
    assert {problem.severity for problem in check_card(text)} == {"note"}
    assert parse_card(text).license == "MIT"
    assert parse_card(text).asset.file_name == "other.ckpt"


def calls(function):
    """Return the number of function calls within a call, which is independent of the machine."""
    count = 0

    def count_one(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_one)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


PIECES = ["? ", "a: b\n", "'", "a\n", "a: [", "&a ", "a: *a\n", "a: !b c\n", "- - a\n  "]


@pytest.mark.parametrize("piece", ["[", "{", "- ", *(pytest.param(piece, marks=pytest.mark.slow) for piece in PIECES)])
def test_hostile_headers_cost_what_their_length_costs(piece):
    def refuse(length):
        with pytest.raises(CardError):
            parse_card(f"---\n{piece * (length // len(piece))}\n---\n")

    length = MAX_HEADER_CHARS // 4
    whole, half = calls(lambda: refuse(length)), calls(lambda: refuse(length // 2))
    assert whole < 2.5 * half + 5000
    assert whole < 100 * length
