"""Rows of texts and tables: bad rows are reported with their line, and the others are still read."""

from __future__ import annotations

import io
import itertools
import tracemalloc

import pytest

from tinybert.data import read_texts
from tinybert.data.bad_rows import with_remedy
from tinybert.data.columns import Request
from tinybert.data.table_rows import Form, TableRow, table_rows
from tinybert.errors import InputError


def rows(content, kind, text=None, pair=None, *, extra=False, **request):
    """Return the line and text of each row, both texts of a pair, or the first sentence of its error."""
    asked = Request(text, pair, **{"label": False, **request})
    found = table_rows(io.BytesIO(content), kind, asked, Form(allow_extra_fields=extra))
    return [(row.line, _texts(row) if row.error is None else row.error.message.split(".")[0]) for row in found]


def _texts(row):
    return row.text if row.pair is None else (row.text, row.pair)


def test_every_line_of_a_text_file_is_a_text():
    content = b"\xef\xbb\xbfone\r\n\n two \nbad \xe4\nthree"
    assert rows(content, "text") == [
        (1, "one"),
        (2, ""),
        (3, " two "),
        (4, "not UTF-8 (byte 5 of the line is 0xe4)"),
        (5, "three"),
    ]


def test_tsv():
    content = b'text\tn\ngood\t1\nshort\n\nlong\t1\t2\n"as is\t3\n\n\n'
    assert rows(content, "tsv") == [
        (2, "good"),
        (3, "1 field, but line 1 has 2; this one begins with 'short'"),
        (4, "an empty line"),
        (5, "3 fields, but line 1 has 2; this one begins with 'long'"),
        (6, '"as is'),
    ]


def test_rows_may_have_more_fields_where_that_is_asked_for():
    assert rows(b"text\tn\ngood\t1\t2\nshort\n", "tsv", extra=True) == [
        (2, "good"),
        (3, "1 field, but line 1 has 2; this one begins with 'short'"),
    ]
    more, fewer = table_rows(io.BytesIO(b"text\tn\na\t1\t2\nb\n"), "tsv", Request())
    assert (more.error.argument, more.error.example) == ("allow_extra_fields", True)
    assert fewer.error.argument is None


def test_a_header_is_not_a_text_where_columns_are_given_by_index():
    with pytest.warns(UserWarning, match="the first line is taken for a header; header=False"):
        assert rows(b"Text\tn\ngood\t1\n", "tsv", 0) == [(2, "good")]
    assert rows(b"a text\tn\ngood\t1\n", "tsv", 0) == [(1, "a text"), (2, "good")]


def test_csv_goes_on_after_a_malformed_row():
    content = b'text,pair\n"two\nlines",x\n"a" b,x\n"say ""so""",\xff\nlast,y\n\n'
    found = rows(content, "csv", "text", "pair")
    assert found == [
        (2, ("two\nlines", "x")),
        (4, "not CSV: ',' expected after '\"'"),
        (5, "not UTF-8 (byte 14 of the line is 0xff)"),
        (6, ("last", "y")),
    ]


def test_a_line_that_is_not_utf8_ends_its_row_where_its_quote_says():
    content = b'text,pair\n"one\n\xff","a"\nb,"two\nlines"\n'
    assert rows(content, "csv", "text", "pair") == [
        (3, "not UTF-8 (byte 1 of the line is 0xff)"),
        (4, ("b", "two\nlines")),
    ]


def test_json_lines():
    content = b'{"text": \n["text"]\n{"id": 1, "text": "a"}\n{"text": 5}\n{"id": 2}\n{"text": "b", "more": 1}\n'
    found = rows(content, "jsonl")
    assert found == [
        (1, "not JSON: Expecting value at character 10"),
        (2, "a JSON list"),
        (3, "a"),
        (4, "the key 'text' is 5, not a string"),
        (5, "no key 'text'; there are 'id'"),
        (6, "b"),
    ]


def test_a_row_has_its_id_and_its_label_as_they_are_in_the_file():
    content = b'{"id": 7, "text": "a", "label": [1, "x"]}\n{"id": "8", "label": null}\n{"text": "", "label": ""}\n'
    first, second, third = table_rows(io.BytesIO(content), "jsonl", Request())
    assert first == TableRow(1, "a", None, [1, "x"], 7)
    assert (second.line, second.id, second.text) == (2, "8", None)
    assert third == TableRow(3, "", None, "")
    assert list(table_rows(io.BytesIO(b"text\tlabel\na\t 1\n"), "tsv", Request())) == [TableRow(2, "a", None, " 1")]
    assert list(table_rows(io.BytesIO(b"text\tlabel\na\t 1\n"), "tsv", Request(label=False))) == [TableRow(2, "a")]


def test_a_label_that_appears_late_is_bad_only_where_labels_are_read():
    content = b'{"text": "a"}\n{"text": "b", "label": 1}\n'
    assert rows(content, "jsonl") == [(1, "a"), (2, "b")]
    assert rows(content, "jsonl", label=None) == [(1, "a"), (2, "the key 'label' is not in the first row")]


def test_columns_by_index_mean_no_header():
    assert rows(b"a\tb\nc\td\n", "tsv", 1, 0) == [(1, ("b", "a")), (2, ("d", "c"))]


def test_known_pairs_are_found():
    assert rows(b"premise,hypothesis,label\np,h,0\n", "csv") == [(2, ("p", "h"))]


def test_pairs_where_single_texts_are_wanted():
    with pytest.raises(InputError, match=r"line 1: pairs of texts\. Say which of them is meant") as caught:
        rows(b"premise,hypothesis,label\np,h,0\n", "csv", pairs=False)
    assert (caught.value.argument, caught.value.example) == ("text", "premise")
    assert rows(b"premise,hypothesis,label\np,h,0\n", "csv", "hypothesis", pairs=False) == [(2, "h")]


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl"])
def test_an_empty_table_has_no_rows(kind):
    assert rows(b"", kind) == []


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl"])
def test_each_empty_line_has_its_place_but_at_the_end(kind):
    header, row = (b'{"text": "a"}', b'{"text": "b"}') if kind == "jsonl" else (b"text", b"b")
    found = rows(header + b"\n\n\r\n" + row + b"\n\n\n", kind)
    assert found[-3:] == [(2, "an empty line"), (3, "an empty line"), (4, "b")]


def test_nul_is_an_error_of_its_line_in_a_table_but_not_in_plain_text():
    assert rows(b"text\na\0\nb\n", "tsv") == [(2, "byte 2 of the line is NUL, which text never contains"), (3, "b")]
    assert rows(b'text\n"a\0"\nb\n', "csv") == [(2, "byte 3 of the line is NUL, which text never contains"), (3, "b")]
    assert rows(b"a\0\nb\n", "text") == [(1, "a\0"), (2, "b")]


@pytest.mark.parametrize("kind", ["text", "tsv", "csv", "jsonl"])
def test_of_a_utf16_file_no_line_is_read(kind):
    with pytest.raises(InputError, match=r"^the file, line 1: the file is UTF-16. Say so \(encoding='utf-16'\)"):
        rows('{"text": "a"}\n'.encode("utf-16"), kind)


@pytest.mark.parametrize("kind", ["tsv", "csv"])
def test_a_table_whose_header_is_bad_has_no_columns(kind):
    with pytest.raises(InputError, match=r"^the file, line 1: not UTF-8 .byte 5 of the line is 0xfc"):
        rows(b"text\xfc\ntext\na\n", kind)
    assert rows(b"\xfc\na\n", kind, 0) == [(1, "not UTF-8 (byte 1 of the line is 0xfc)"), (2, "a")]


@pytest.mark.parametrize(
    ("kind", "column", "argument", "message"),
    [
        ("text", "text", "format", "the file is read as one text a line, which has no columns"),
        ("text", 0, "format", "the file is read as one text a line, which has no columns"),
        ("jsonl", 0, None, "JSON lines have neither a header nor column indices"),
        ("tsv", "body", "text", "the file, line 1: there is no column 'body' for text; there are 'text', 'text'"),
        ("tsv", "text", "text", "the file, line 1: 2 columns are called 'text'. Say which one is meant by its index"),
        ("tsv", None, "text", "the file, line 1: 2 columns are called 'text'. Say which one is meant by its index"),
        ("csv", None, "text", "the file, line 1: 2 columns are called 'text'"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*its fields are separated by")
def test_a_request_that_does_not_fit_names_the_argument(kind, column, argument, message):
    with pytest.raises(InputError) as caught:
        rows(b"text\ttext\na\tb\n", kind, column)
    assert caught.value.message.startswith(message)
    assert caught.value.argument == argument


BAD = {
    "tsv": b"text\tlabel\na\t1\nshort\n\nb\t2\n",
    "csv": b'text,label\na,1\n"b" c,2\nd,3\n',
    "jsonl": b'{"text": "a", "label": 1}\n{"text": 5}\n{"text": "b"}\n',
}


@pytest.mark.parametrize("kind", BAD)
def test_examples_end_at_the_first_bad_row_with_the_same_words(kind):
    bad = next(row for row in table_rows(io.BytesIO(BAD[kind]), kind, Request()) if row.error)
    with pytest.raises(InputError) as caught:
        read_texts(io.BytesIO(BAD[kind]), format=kind)
    assert str(caught.value) == f"the file, line {bad.line}: {with_remedy(bad.error)}"


class Endless:
    """A stream with bad lines that counts the lines requested."""

    def __init__(self, *lines):
        self.lines, self.count = itertools.cycle(lines), 0

    def __iter__(self):
        yield b"text\n"
        for line in self.lines:
            self.count += 1
            yield line


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("text", [b"a\n", b"\xff\n"]),
        ("tsv", [b"a\n", b"\xff\n", b"\n"]),
        ("csv", [b"a\n", b'"a" b\n', b'"\xff\n', b'"\n', b"\n"]),
        ("jsonl", [b'{"text": "a"}\n', b"{\n", b"\n"]),
    ],
)
def test_rows_come_as_they_are_read_and_memory_is_flat(kind, lines):
    stream = Endless(*lines)
    found = table_rows(stream, kind, Request())
    for _ in itertools.islice(found, 100):
        pass
    assert stream.count <= 150
    tracemalloc.start()
    try:
        assert sum(1 for _ in itertools.islice(found, 6_000)) == 6_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 50_000
