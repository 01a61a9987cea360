"""What is no card at all, or one in parts, is told with its line."""

from __future__ import annotations

import time

import pytest
from cards import ASSET, card_text, line_of

from tinybert.errors import CardError
from tinybert.hub import check_card, parse_card, read_card


class TestForm:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "there is none"),
            ("# TinyBert\n---\nlicense: a\n", "there is one"),
            (card_text("a\n---\nb"), "these do: 2, 18, 20"),
            ("---\n- a\n---", "line 2.*not allowed"),
            ("---\na: b\n...\nc: d\n---", "line 4"),
            ("---\n\tlicense: a\n---", r"line 2.*\\t"),
            ("---\na: &x 1\n---", "line 2.*anchor"),
            ("---\na: *x\n---", "line 2.*anchor"),
            ("---\na: !!python/object:os.system 1\n---", "line 2.*tag"),
            ("---\na: [[[[[[[[1]]]]]]]]\n---", "line 2.*within"),
            ("---\n? [a]\n: b\n---", "line 2.*key"),
            ('---\na: "\\0"\n---', "line 2.*control"),
            ('---\na: "\\UFFFFFFFF"\n---', "no character"),
            ("---\na: 1\nb: \x0b\n---", r"line 3.*U\+000B"),
            ("---\na: " + "x" * 70_000 + "\n---", "longer than"),
        ],
    )
    def test_what_is_no_card_is_refused(self, text, message):
        with pytest.raises(CardError, match=message):
            parse_card(text)

    def test_keys_must_not_stand_twice_at_any_depth(self):
        double = ASSET.replace("    asset-sha", "    asset-link: https://host/other.ckpt\n    asset-sha")
        text = card_text(asset=double).replace("license: Apache2.0", "license: Apache2.0\nlicense: MIT")
        first, second = line_of(text, "license"), line_of(text, "    asset-link")
        assert [str(problem) for problem in check_card(text)] == [
            f"line {first + 1}: `license` stands twice, in line {first} and in line {first + 1}; keep one",
            f"line {second + 1}: `asset-link` stands twice, in line {second} and in line {second + 1}; keep one",
        ]

    @pytest.mark.parametrize("body", ["# Usage:", "## Usage: ##", "Usage:\n==="])
    def test_headings_must_not_end_with_a_colon(self, body):
        assert [problem.message for problem in check_card(card_text(body))] == ["a heading must not end with a colon"]

    @pytest.mark.parametrize(
        "body", ["text:", "```python\n# so:\n```", "    # code:", "# a: b", "~~~\n```\n# so:\n~~~"]
    )
    def test_other_lines_may(self, body):
        assert check_card(card_text(body)) == []

    def test_files_that_are_no_text_name_the_line(self, tmp_path):
        path = tmp_path / "card.md"
        path.write_bytes(card_text().encode() + b"a\n\xff\n")
        with pytest.raises(CardError, match=r"card.md.*\n.*line 20: .*UTF-8"):
            read_card(path)

    @pytest.mark.parametrize("name", ["missing.md", ".", "\0"])
    def test_files_that_cannot_be_read_are_told(self, tmp_path, name):
        with pytest.raises(CardError, match="cannot be read"):
            read_card(tmp_path / name)

    def test_files_that_are_too_large_are_not_read(self, tmp_path):
        path = tmp_path / "card.md"
        path.write_text(card_text("x" * (1 << 20)))
        with pytest.raises(CardError, match="larger"):
            read_card(path)

    @pytest.mark.parametrize(
        "header",
        ["[" * 60_000, "{" * 60_000, "- " * 30_000, "? " * 30_000, "a: b\n" * 12_000, "'" * 60_000, "a\n" * 30_000],
        ids=lambda header: header[:4],
    )
    def test_hostile_headers_take_no_time(self, header):
        begun = time.process_time()
        with pytest.raises(CardError):
            parse_card(f"---\n{header}\n---\n")
        assert time.process_time() - begun < 5
