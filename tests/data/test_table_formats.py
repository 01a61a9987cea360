"""Parsing of table formats: a bad row keeps its place, and readers that stop at it raise the same error."""

from __future__ import annotations

import io

import pytest

from tinybert.data import read_texts
from tinybert.data.bad_rows import with_remedy
from tinybert.data.table_formats import rows_or_errors, table_format
from tinybert.errors import InputError

BAD = {
    "tsv": b"a\tb\nc\xff\td\n\ne\tf\n",
    "csv": b'a,b\n"c\xff\n",d\n\ne,f\n',
    "jsonl": b'{"a": "1"}\n{"a": }\n\n{"a": "2"}\n',
}


@pytest.mark.parametrize("kind", BAD)
def test_an_error_has_the_place_of_its_row(kind):
    found = list(rows_or_errors(io.BytesIO(BAD[kind]), kind))
    assert [isinstance(row, InputError) for _, row in found] == [False, True, True, False]
    assert str(found[2][1]) == "an empty line. Remove it."
    with pytest.raises(InputError) as caught:
        read_texts(io.BytesIO(BAD[kind]), format=kind, text="a")
    line, problem = found[1]
    assert line == 2
    assert str(caught.value) == f"the file, line 2: {with_remedy(problem)}"


@pytest.mark.parametrize("content", [b"a\nb\n", b"a\nb\n \n\r\n  \n"])
def test_what_holds_blanks_alone_at_the_end_is_not_a_row(content):
    assert list(rows_or_errors(io.BytesIO(content), "tsv")) == [(1, ["a"]), (2, ["b"])]


def test_a_line_of_tabs_is_a_row_of_empty_fields():
    assert list(rows_or_errors(io.BytesIO(b"a\tb\n\t\n"), "tsv")) == [(1, ["a", "b"]), (2, ["", ""])]


def test_a_quote_that_nothing_closes_is_reported_where_it_opens():
    found = list(rows_or_errors(io.BytesIO(b'a\n"b\nc\nd\n'), "csv"))
    assert found[0] == (1, ["a"])
    assert [(line, str(row)[:22]) for line, row in found[1:]] == [(2, "a quote is opened that")]


def test_the_format_is_given_or_determined_by_the_ending():
    assert table_format("a.TSV", None) == "tsv"
    assert table_format("a.ndjson", None) == "jsonl"
    assert table_format("a.json", "csv") == "csv"
    for given in ("text", "xml"):
        with pytest.raises(InputError, match=f"'{given}' is not a format of tables") as caught:
            table_format("a.tsv", given)
        assert caught.value.argument == "format"


def test_what_may_be_tsv_is_said_with_the_argument():
    (_, problem) = list(rows_or_errors(io.BytesIO(b'a\n"b" c\n'), "csv"))[1]
    assert (problem.argument, problem.example) == ("format", "tsv")
    assert str(problem).endswith("If the fields are separated by tabs, it is TSV (format='tsv').")
