"""Real-world files: other delimiters and encodings, with or without header, unlabelled rows."""

from __future__ import annotations

import io

import pytest

from tinybert.data import TextExample, read_conll, read_squad, read_texts
from tinybert.data.columns import Request
from tinybert.data.header import looks_like_header
from tinybert.data.labelled import Table, read_examples
from tinybert.errors import InputError
from tinybert.evaluation.labels import labels_of

CLASSIFY = "sequence-classification"


@pytest.fixture
def write(tmp_path):
    """A function that writes a file and returns its path."""

    def write(name, content, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.parametrize("label", ["-", "n/a", "N/A", "null", "NaN", " - ", "#N/A", "<NA>"])
def test_what_stands_for_no_label_is_not_a_class(write, label):
    path = write("a.csv", f"text,label\na,x\nb,{label}\nc,y\nd,\n")
    with pytest.raises(
        InputError, match=r"a.csv, line 3: the label is .*, which stands for none.*skip_unlabelled=True"
    ):
        read_texts(path)
    with pytest.warns(UserWarning, match="a.csv: 2 rows without a label are left out"):
        examples = read_texts(path, skip_unlabelled=True)
    assert [(example.text, example.label) for example in examples] == [("a", "x"), ("c", "y")]


@pytest.mark.parametrize("label", ["NaN", "null", '"-"', '""'])
def test_in_json_lines_too(write, label):
    path = write("a.jsonl", f'{{"text": "a", "label": "x"}}\n{{"text": "b", "label": {label}}}\n')
    with pytest.raises(InputError, match=r"a.jsonl, line 2: .*skip_unlabelled=True"):
        read_examples(CLASSIFY, path)
    with pytest.warns(UserWarning, match="1 row without a label is left out"):
        assert len(read_examples(CLASSIFY, path, Table(skip_unlabelled=True))) == 1


@pytest.mark.parametrize("label", ["none", "NA", "no", "0", "neutral"])
def test_what_may_be_a_class_is_one(write, label):
    assert read_texts(write("a.csv", f"text,label\na,{label}\n"))[0].label == label


@pytest.mark.parametrize("name", ["score", "similarity", "Relatedness_Score"])
def test_scores_are_not_classes_unless_somebody_says_so(write, name):
    path = write("a.tsv", f"text\t{name}\na\t4.8\nb\t0.4\n")
    with pytest.raises(
        InputError, match=rf"line 1: the column '{name}' is known as one of scores.*\(regression=True\)"
    ):
        read_texts(path)
    assert read_texts(path, regression=True)[0].label == 4.8
    assert read_texts(path, label=name)[0].label == "4.8"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [("text,label\n雨,x\n", "gb18030"), ("text,label\n雨,x\n", "utf-16"), ("text,label\nGrüße,x\n", "windows-1252")],
)
def test_encodings_are_named_by_the_error_and_read_when_given(write, content, encoding):
    path = write("a.csv", content, encoding)
    with pytest.raises(InputError, match="encoding="):
        read_texts(path)
    assert read_texts(path, encoding=encoding)[0].text == content.split("\n")[1].split(",")[0]
    assert read_examples(CLASSIFY, path, Table(encoding=encoding))[0].label == "x"


def test_a_wrong_encoding_is_an_error_with_its_line(write):
    path = write("a.csv", "text,label\nfine,x\nGrüße,x\n", "windows-1252")
    with pytest.raises(InputError, match=r"a.csv, line 3: this is not utf-8 \(encoding="):
        read_texts(path, encoding="utf-8")
    with pytest.raises(InputError, match="'klingon' is not a known encoding"):
        read_texts(path, encoding="klingon")


def test_semicolons_are_seen(write):
    path = write("a.csv", 'text;label\n"a; b";x\nc,d;y\n')
    with pytest.warns(UserWarning, match="a.csv: its fields are separated by semicolons"):
        assert [example.text for example in read_texts(path)] == ["a; b", "c,d"]


@pytest.mark.filterwarnings("ignore:.*its fields are separated by")
def test_a_semicolon_in_a_text_makes_a_field_of_its_own(write):
    with pytest.raises(InputError, match="line 2: 3 fields"):
        read_texts(write("a.csv", "text;label\r\na; b;x\r\n"))


def test_a_delimiter_is_one_character_of_a_csv(write):
    assert read_texts(write("a.csv", "text|label\na,b|x\n"), delimiter="|")[0].text == "a,b"
    for name, delimiter in (("a.csv", "||"), ("a.tsv", ";"), ("a.jsonl", ";")):
        with pytest.raises(InputError, match="the delimiter is one character of a CSV"):
            read_texts(write(name, '{"text": "a"}\n'), delimiter=delimiter)
    for delimiter in ('"', "\n", "", 5):
        with pytest.raises(InputError, match="and neither a quote nor a line end"):
            read_texts(write("a.csv", "text,label\na,b\n"), delimiter=delimiter)


def test_a_semicolon_within_a_header_of_two_lines_separates_nothing(write):
    (example,) = read_texts(write("a.csv", '"review; the\ntext",label\nfine,1\n'), text=0, label=1, header=True)
    assert (example.text, example.label) == ("fine", "1")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"label": "text"}, r"line 1: the column 'text' would be the label and a text.*\(label=...\)"),
        ({"text": "label", "label": 1}, "line 1: the column 'label' would be the label and a text"),
        ({"text": "text", "pair": 0}, r"line 1: the column 'text' would be both texts of a pair.*\(pair=...\)"),
        ({"text": 1.0}, "line 1: text is 1.0; a column is given by its name or its index"),
    ],
)
def test_a_column_has_one_role(write, columns, message):
    with pytest.raises(InputError, match=message):
        read_texts(write("a.csv", "text,label\nfine,1\n"), **columns)


def test_a_text_that_is_asked_for_is_no_label(write):
    assert read_texts(write("a.csv", "text,label\nfine,1\n"), text="label") == [TextExample("1")]


@pytest.mark.parametrize(
    ("rows", "label", "header"),
    [
        ([["opinion", "mark"], ["a", "pos"], ["b", "neg"], ["c", "pos"], ["d", "neg"]], 1, True),
        ([["opinion", "mark"], ["a", "1"], ["b", "2"]], 1, True),
        ([["text", "x"], ["a", "b"]], None, True),
        ([["good", "pos"], ["bad", "neg"], ["fine", "pos"]], 1, False),
        ([["good", "pos"], ["bad", "neg"]], 1, False),
        ([["good", "1"], ["bad", "2"]], 1, False),
        ([["mark", "mark"], ["a", "1"], ["b", "1"]], 1, False),
        ([["opinion", ""], ["a", "1"], ["b", "1"]], 1, False),
        ([["opinion", "mark"]], 1, False),
        ([], 1, False),
    ],
)
def test_headers_are_recognised_where_columns_are_given_by_index(rows, label, header):
    assert looks_like_header(rows, Request(0, None, label)) is header


def test_what_was_decided_is_said_and_can_be_said(write):
    content = "opinion,mark\na,pos\nb,neg\nc,pos\nd,neg\n"
    path = write("a.csv", content)
    with pytest.warns(UserWarning, match="a.csv: the first line is taken for a header; header=False"):
        assert len(read_texts(path, text=0, label=1)) == 4
    assert len(read_texts(path, text=0, label=1, header=False)) == 5
    assert len(read_texts(path, text=0, label=1, header=True)) == 4


def test_ids_of_words_that_are_not_words_are_passed_over():
    content = (
        b"# text = do not go\n1-2\tdonot\t_\t_\n1\tdo\tdo\tVERB\n2\tnot\tnot\tPART\n2.1\tgone\t_\t_\n3\tgo\tgo\tVERB\n"
    )
    (example,) = read_conll(io.BytesIO(content), word_column=1, label_column=3)
    assert example.words == ("do", "not", "go")
    (example,) = read_conll(io.BytesIO(b"1-2\tO\n3.5\tO\n"))  # scores (1-2) and prices (3.5) are words
    assert example.words == ("1-2", "3.5")


@pytest.mark.parametrize(
    ("answers", "impossible"), [("[]", True), (None, False), ('[{"text": "b", "answer_start": 2}]', False)]
)
def test_an_empty_list_of_answers_says_that_there_is_none(answers, impossible):
    question = '"id": "1", "question": "Which?"' + (f', "answers": {answers}' if answers else "")
    content = f'{{"data": [{{"paragraphs": [{{"context": "a b", "qas": [{{{question}}}]}}]}}]}}'
    assert read_squad(io.BytesIO(content.encode()))[0].is_impossible is impossible


@pytest.mark.parametrize("labels", [("①", "②"), ("²", "³"), ("9" * 5000, "1"), ("-", "x"), ("--1", "2")])
def test_labels_that_look_like_numbers_are_sorted_as_text(labels):
    from tinybert.data import TextExample

    assert labels_of([TextExample("a", label=label) for label in labels]) == tuple(sorted(labels))
