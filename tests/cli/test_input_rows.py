"""Rows of a command's input: items for the task, or an error in place of a bad row."""

from __future__ import annotations

import io
import itertools

import pytest

from tinybert.cli.input_rows import STDIN, Row, input_format, open_input, read_rows
from tinybert.data.columns import Request
from tinybert.data.table_rows import Form
from tinybert.errors import InputError


def rows(content, kind, text=None, pair=None, *, pairs=True, extra=False):
    found = read_rows(io.BytesIO(content), kind, Request(text, pair), Form(allow_extra_fields=extra), pairs=pairs)
    return [(row.line, row.item if row.error is None else row.error.message.split(".")[0]) for row in found]


def test_an_item_is_a_text_or_a_pair_and_nothing_where_the_row_is_bad():
    content = b'{"id": 1, "text": "a"}\n{"id": 2}\n'
    good, bad = read_rows(io.BytesIO(content), "jsonl", Request())
    assert good == Row(1, "a", id=1)
    assert (bad.line, bad.item, bad.id, bad.error.message) == (2, None, 2, "no key 'text'; there are 'id'.")
    assert rows(b"premise,hypothesis,label\np,h,0\n", "csv") == [(2, ("p", "h"))]


def test_an_empty_text_is_a_text():
    assert rows(b"a\n\nb\n", "text") == [(1, "a"), (2, ""), (3, "b")]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'text,n\n"",1\nb,2\n', "csv"),
        (b"text\tn\n \t1\nb\t2\n", "tsv"),
        (b"premise,hypothesis\na,\na,b\n", "csv"),
        (b'{"text": ""}\n{"text": "b"}\n', "jsonl"),
    ],
)
def test_an_empty_cell_is_a_bad_row_as_in_training_data(content, kind):
    first, second = read_rows(io.BytesIO(content), kind, Request(), pairs=b"premise" in content)
    assert (first.item, first.error.message) == (None, "the text is empty.")
    assert second.error is None


def test_the_label_is_not_looked_at():
    assert rows(b"text\tlabel\tlabel\na\t1\t\nb\t\t2\n", "tsv") == [(2, "a"), (3, "b")]
    assert rows(b'{"text": "a"}\n{"text": "b", "label": 1}\n', "jsonl") == [(1, "a"), (2, "b")]


def test_pairs_where_a_task_takes_single_texts():
    with pytest.raises(InputError, match=r"the file, line 1: pairs of texts\. Say which of them is meant"):
        rows(b"premise,hypothesis\np,h\n", "csv", pairs=False)


def test_more_fields_name_the_argument_that_allows_them():
    content = b"text\tn\na\t1\t2\n"
    (row,) = read_rows(io.BytesIO(content), "tsv", Request())
    assert row.error.argument == "allow_extra_fields"
    assert rows(content, "tsv", extra=True) == [(2, "a")]


@pytest.mark.parametrize("more", [b"", b', "text": "a"'])
def test_an_id_that_cannot_be_written(more):
    content = b'{"id": "0", "text": "a"}\n{"id": "\\ud800"' + more + b'}\n{"id": "1", "text": "b"}\n'
    _, bad, good = read_rows(io.BytesIO(content), "jsonl", Request())
    assert (bad.id, bad.error.message) == (None, "the key 'id' holds half of a surrogate pair, not a character.")
    assert (good.id, good.item) == ("1", "b")


def test_rows_come_as_they_are_read():
    asked = itertools.count()
    found = read_rows((b"%d\n" % number for number in asked), "text", Request())
    assert [row.item for row in itertools.islice(found, 3)] == ["0", "1", "2"]
    assert next(asked) <= 4


@pytest.mark.parametrize(
    ("path", "given", "kind"),
    [
        ("a.TSV", None, "tsv"),
        ("a.ndjson", None, "jsonl"),
        ("a.json", None, "jsonl"),
        ("a.log", None, "text"),
        ("-", None, "text"),
        ("a.tsv", "text", "text"),
    ],
)
def test_the_ending_determines_the_format(path, given, kind):
    assert input_format(path, given) == kind


def test_an_input_is_a_file_or_stdin(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(b"a\n")
    with open_input(str(tmp_path / "a.txt")) as file:
        assert file.read() == b"a\n"
    stdin = io.TextIOWrapper(io.BytesIO(b"b\n"))
    monkeypatch.setattr("sys.stdin", stdin)
    with open_input(STDIN) as file:
        assert file.read() == b"b\n"
    assert not stdin.buffer.closed
    with pytest.raises(InputError, match=r"none.txt cannot be read: No such file"):
        open_input(str(tmp_path / "none.txt"))
