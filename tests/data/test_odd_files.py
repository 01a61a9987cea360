"""Unusual files for every reader: the result is examples, or a one-line error with the position."""

from __future__ import annotations

import json

import pytest

from tinybert.data import Table, read_examples
from tinybert.errors import InputError

CLASSIFY, TAG, ANSWER = "sequence-classification", "token-classification", "question-answering"
LONG = 1_000_000
DIGITS = b"9" * 5000


def questions(**changes):
    question = {"id": "1", "question": "q?", "answers": [{"text": "a", "answer_start": 0}], **changes}
    return json.dumps({"data": [{"paragraphs": [{"context": "a b c", "qas": [question]}]}]}).encode()


REFUSED = [
    (CLASSIFY, "a.jsonl", b'{"text": "a", "label": ' + b"[" * LONG + b"]" * LONG + b"}\n", "line 1: .*deeper than 64"),
    (CLASSIFY, "a.jsonl", b'{"text": "a", "label": ' + DIGITS + b"}\n", "line 1: .*an integer of 5000 digits"),
    (CLASSIFY, "a.jsonl", b'{"text": "a", "label": 1e999}\n', "line 1: .*larger than any"),
    (CLASSIFY, "a.jsonl", b'{"text": "\\ud800", "label": "x"}\n', "line 1: the text holds .* surrogate pair"),
    (CLASSIFY, "a.jsonl", b'{"text": "a", "label": "\\udfff"}\n', "line 1: the label .* surrogate pair"),
    (CLASSIFY, "a.jsonl", b'{"text": "a", "label": ["x", "\\udfff"]}\n', "line 1: the label .* surrogate pair"),
    (CLASSIFY, "a.jsonl", b'{"text": "a\\u0000b", "label": "x"}\n', "line 1: the text holds NUL"),
    (
        CLASSIFY,
        "a.jsonl",
        b'{"text": "a", "label": {"\\u001b]0;x\\u0007": 1}}\n',
        "line 1: the label is .*list of them",
    ),
    (CLASSIFY, "a.jsonl", b'{"text": "a", "text": "b", "label": "x"}\n', "line 1: .*'text' occurs twice"),
    (CLASSIFY, "a.jsonl", b'{"text": "a", "label": [["x"]]}\n', "line 1: the label is"),
    (CLASSIFY, "a.jsonl", b'{"text": "' + b"a" * LONG + b'", "label": x}\n', "line 1: not JSON"),
    (CLASSIFY, "a.csv", b'text,label\n"' + b"a" * LONG + b"\n", "line 2: a quote is opened"),
    (CLASSIFY, "a.csv", b"a" * LONG + b"\n1\n", "line 1: no column is known"),
    (CLASSIFY, "a.csv", b",".join(b"c%d" % index for index in range(20_000)) + b"\n1\n", "line 1: no column is known"),
    (CLASSIFY, "a.csv", b"text,label\na\0b,x\n", "line 2: byte 2 of the line is NUL"),
    (CLASSIFY, "a.csv", "text,label\na,x\n".encode("utf-32"), r"line 1: the file is UTF-32. .*encoding='utf-32'"),
    (CLASSIFY, "a.csv", "text,label\na,x\n".encode("utf-16"), r"line 1: the file is UTF-16. .*encoding='utf-16'"),
    (CLASSIFY, "a.csv", b"text,label\ra,x\rb,y\r", "line 1: a carriage return"),
    (CLASSIFY, "a.csv", b"text,label\n   ,x\n", "line 2: the text is empty"),
    (CLASSIFY, "a.csv", b"text,label\n", "has no rows"),
    (CLASSIFY, "a.csv", b"text,text,label\na,b,x\n", "line 1: 2 columns are called 'text'"),
    (CLASSIFY, "a.csv", b"text,label\na\x1b[2J,\x1b]0;x\x07,y\n", "line 2: 3 fields"),
    (TAG, "a.conll", b"a" * LONG + b" B-X O\nb O\n", "line 2: 2 columns"),
    (TAG, "a.conll", b"a\0 B-X\n", "line 1: byte 2"),
    (TAG, "a.conll", b"a B-X\nb X-\nc O\n", "line 2: the label of 'b'"),
    (TAG, "a.conll", b"-DOCSTART- O\n\n", "has no words"),
    (ANSWER, "a.json", b"[" * LONG, "deeper than 64"),
    (ANSWER, "a.json", b'{"data": "' + b"x" * LONG + b'"}', "no list 'data'"),
    (ANSWER, "a.json", questions(answers=[{"text": "a", "answer_start": 10**400}]), "an integer of 401 digits"),
    (ANSWER, "a.json", questions(answers=[{"text": "a", "answer_start": True}]), "answer_start is True"),
    (ANSWER, "a.json", questions(answers={"text": ["a"]}), "question '1': no list 'answers'"),
    (ANSWER, "a.json", questions(id="\ud800"), "'id' holds half"),
    (ANSWER, "a.json", questions(is_impossible="no"), "is_impossible is 'no'"),
]


@pytest.mark.parametrize(("kind", "name", "content", "problem"), REFUSED, ids=range(len(REFUSED)))
def test_refused_on_one_short_line(tmp_path, kind, name, content, problem):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"{name}.*{problem}") as caught:
        read_examples(kind, path)
    message = str(caught.value)
    assert len(message) < 600 + len(str(path))
    assert message.isprintable()


@pytest.mark.filterwarnings("ignore:.*its fields are separated by")
@pytest.mark.parametrize(
    ("kind", "name", "content", "count"),
    [
        (CLASSIFY, "a.jsonl", b'{"text": "a", "\\ud800": 1, "label": true}\n', 1),
        (CLASSIFY, "a.csv", b"text,label\r\na,x\nb,y\r\n", 2),
        (CLASSIFY, "a.csv", b"\xef\xbb\xbftext;label\na,b;x\nc;1,5\n", 2),
        (CLASSIFY, "a.csv", b"sep=;\r\ntext;label\r\na,b;x\r\n", 1),
        (CLASSIFY, "a.csv", b"text\tlabel\na\tx\n", 1),
        (CLASSIFY, "a.csv", b"text|label\na|x\n", 1),
        (CLASSIFY, "a.tsv", "text\tlabel\n\u202ea\t²\nb\t①\n".encode(), 2),
        (CLASSIFY, "a.tsv", b"text\tlabel\na\t" + DIGITS + b"\nb\t1\n", 2),
        (TAG, "a.conll", DIGITS + b"-" + DIGITS + b"\ta\tO\n1\ta\tO\n", 1),
        (TAG, "a.conll", "a\u2028b O\nc\x0bd O\n".encode(), 1),
        (ANSWER, "a.json", questions(answers=None), 1),
        (ANSWER, "a.json", questions(answers=[]), 1),
    ],
    ids=range(12),
)
def test_taken(tmp_path, kind, name, content, count):
    path = tmp_path / name
    path.write_bytes(content)
    assert len(read_examples(kind, path)) == count


@pytest.mark.parametrize("label", ["null", "NaN", '"n/a"'])
def test_rows_of_which_none_has_a_label(tmp_path, label):
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "a", "label": {label}}}\n' * 2)
    with pytest.raises(InputError, match=r"a.jsonl: none of the 2 rows has a label"):
        read_examples(CLASSIFY, path, Table(skip_unlabelled=True))


def test_a_line_behind_the_delimiter_keeps_its_number(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"sep=;\ntext;label\na;x\n;y\n")
    with pytest.raises(InputError, match=r"a.csv, line 4: the text is empty"):
        read_examples(CLASSIFY, path)


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "base64", "a\0b", ""])
def test_encodings_that_are_none(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(b"text,label\na,x\n")
    with pytest.raises(InputError, match="is not a known encoding"):
        read_examples(CLASSIFY, path, Table(encoding=encoding))
