"""A card has a title, a header between two marks, and a body; anything else is rejected with its line."""

from __future__ import annotations

import pytest
from cards import card_text

from tinybert.errors import CardError
from tinybert.hub.card import check_card, parse_card


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is none"),
        ("# TinyBert\n---\nlicense: a\n", "there is one"),
        (card_text("a\n---\nb"), "these do: 2, 18, 20"),
    ],
)
def test_marks_that_are_missing_or_too_many_are_refused(text, message):
    with pytest.raises(CardError, match=message):
        parse_card(text)


@pytest.mark.parametrize("body", ["# Usage:", "## Usage: ##", "Usage:\n==="])
def test_headings_must_not_end_with_a_colon(body):
    assert [problem.message for problem in check_card(card_text(body))] == ["a heading must not end with a colon"]


@pytest.mark.parametrize("body", ["text:", "```python\n# so:\n```", "    # code:", "# a: b", "~~~\n```\n# so:\n~~~"])
def test_other_lines_may(body):
    assert check_card(card_text(body)) == []
