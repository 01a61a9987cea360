"""Rows of texts and tables: a bad one is told with its line, and the others are there."""

from __future__ import annotations

import io

import pytest

from tinybert.cli.rows import read_rows
from tinybert.data.columns import Request


def rows(content, kind, text=None, pair=None, *, pairs=True):
    found = read_rows(io.BytesIO(content), "input", kind, Request(text, pair), pairs=pairs)
    return [(row.line, row.item if row.error is None else row.error.split(".")[0]) for row in found]


def test_every_line_of_a_text_file_is_a_text():
    content = b"\xef\xbb\xbfone\r\n\n two \nbad \xe4\nthree"
    assert rows(content, "text") == [(1, "one"), (2, ""), (3, " two "), (4, "not UTF-8"), (5, "three")]


def test_tsv():
    content = b'text\tn\ngood\t1\nshort\n\nlong\t1\t2\n"as is\t3\n\n\n'
    assert rows(content, "tsv") == [
        (2, "good"),
        (3, "1 fields, but the first line has 2"),
        (4, "an empty line"),
        (5, "3 fields, but the first line has 2"),
        (6, '"as is'),
    ]


def test_csv_goes_on_after_a_malformed_row():
    content = b'text,pair\n"two\nlines",x\n"a" b,x\n"say ""so""",\xff\nlast,y\n\n'
    found = rows(content, "csv", "text", "pair")
    assert found[0] == (2, ("two\nlines", "x"))
    assert found[1][0] == 4
    assert found[1][1].startswith("not CSV")
    assert found[2:] == [(5, "not UTF-8"), (6, ("last", "y"))]


def test_json_lines():
    content = b'{"text": \n["text"]\n{"id": 1, "text": "a"}\n{"text": 5}\n{"id": 2}\n{"text": "b", "more": 1}\n'
    found = rows(content, "jsonl")
    assert found[0][1].startswith("not JSON")
    assert found[1:] == [
        (2, "not an object"),
        (3, "a"),
        (4, "the key 'text' is 5, not a string"),
        (5, "the key 'text' is not there"),
        (6, "b"),
    ]


def test_columns_by_index_mean_no_header():
    assert rows(b"a\tb\nc\td\n", "tsv", 1, 0) == [(1, ("b", "a")), (2, ("d", "c"))]


def test_known_pairs_are_found():
    assert rows(b"premise,hypothesis,label\np,h,0\n", "csv") == [(2, ("p", "h"))]


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl"])
def test_an_empty_table_has_no_rows(kind):
    assert rows(b"", kind) == []
