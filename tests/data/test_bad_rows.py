"""Bad rows raise an error with file and line, or are skipped and counted; examples know their origin."""

import io
import json

import pytest

from tinybert.data import TaggedExample, TextExample, read_conll, read_squad, read_texts
from tinybert.data.examples import place_of
from tinybert.data.labelled import Table, read_examples
from tinybert.errors import InputError

CSV = b'text,label\ngood,1\n"",1\nbad,0,9\n"two\nlines",0\n'
CONLL = b"Ada B-PER\nsang O\n\nTwo O O\n\nBob X\n\nEve B-PER\n"


@pytest.fixture
def table(tmp_path):
    """A function that writes a file and gives its path."""

    def table(content, name="reviews.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return table


def test_the_first_bad_row_is_an_error_with_its_line_and_remedy(table):
    path = table(CSV)
    with pytest.raises(InputError) as error:
        read_texts(path)
    assert str(error.value) == f"{path}, line 3: the text is empty. Bad rows can be left out (on_error='skip')."


def test_bad_rows_are_left_out_and_counted(table):
    path = table(CSV)
    with pytest.warns(UserWarning, match=r"^2 bad rows are left out; the first: .*reviews.csv, line 3: the text is"):
        assert read_texts(path, on_error="skip") == [
            TextExample("good", None, "1"),
            TextExample("two\nlines", None, "0"),
        ]
    with pytest.warns(UserWarning, match=r"^1 bad row is left out"):
        read_texts(table(b"text,label\na,1\n,0\nb,0\n"), on_error="skip")


def test_where_every_row_is_bad_nothing_is_left_to_read(table):
    with pytest.raises(
        InputError, match=r"reviews.csv: no row is good; the first error: .*, line 2: the text is empty"
    ):
        read_texts(table(b"text,label\n,1\n,0\n"), on_error="skip")


def test_sentences_with_a_bad_line_are_left_out_whole(table):
    path = table(CONLL, "names.conll")
    with pytest.raises(InputError, match=r"names.conll, line 4: 3 columns"):
        read_conll(path)
    with pytest.warns(UserWarning, match=r"^2 bad rows are left out; the first: .*names.conll, line 4: 3 columns"):
        found = read_conll(path, on_error="skip")
    assert found == [TaggedExample(("Ada", "sang"), ("B-PER", "O")), TaggedExample(("Eve",), ("B-PER",))]
    assert [example.place for example in found] == [f"{path}, line 1", f"{path}, line 8"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"text": "a", "label": 1}\n{"text": \n', "a.jsonl, line 2: not JSON"),
        ("a.jsonl", b'{"text": "a", "label": 1}\n[1]\n', "a.jsonl, line 2: a JSON list"),
        ("a.csv", b"text,label\na,1\nb\n", "a.csv, line 3: 1 field, but line 1 has 2"),
        ("a.csv", b"text,label\na,1\n\nb,2\n", "a.csv, line 3: an empty line"),
    ],
)
def test_any_bad_row_says_that_it_can_be_left_out(table, name, content, message):
    with pytest.raises(InputError) as caught:
        read_texts(table(content, name))
    assert message in str(caught.value)
    assert str(caught.value).endswith("Bad rows can be left out (on_error='skip').")


def test_an_error_with_a_remedy_of_its_own_keeps_it(table):
    with pytest.raises(InputError, match=r"Rows with more fields can be allowed \(allow_extra_fields=True\)\.$"):
        read_texts(table(b"text,label\na,1,2\n"))


@pytest.mark.parametrize(
    "bad",
    [
        {"data": 3},
        {"paragraphs": [{"qas": []}]},
        {"paragraphs": [{"context": "c", "qas": 1}]},
        {"paragraphs": [{"context": "c", "qas": [{"id": 5, "question": "q"}]}]},
        {"paragraphs": [{"context": "c", "qas": [{"id": "good", "question": "again"}]}]},
        {"paragraphs": [{"context": "c", "qas": [{"id": "2", "question": "q", "answers": [{"text": "c"}]}]}]},
    ],
)
def test_malformed_questions_are_left_out_wherever_they_are(table, bad):
    good = {"paragraphs": [{"context": "c", "qas": [{"id": "good", "question": "q"}]}]}
    path = table(json.dumps({"data": [good, bad]}).encode(), "a.json")
    with pytest.raises(InputError, match=r"a.json, .*Bad rows can be left out \(on_error='skip'\)"):
        read_squad(path)
    with pytest.warns(UserWarning, match=r"^1 bad row is left out; the first: .*a.json, "):
        assert [question.question for question in read_squad(path, on_error="skip")] == ["q"]
    with pytest.warns(UserWarning, match="left out"):
        assert len(read_examples("question-answering", path, Table(on_error="skip"), strict=None)) == 1


def test_a_line_that_is_not_text_spoils_its_sentence_only(table):
    path = table(b"a O\n\n\xff O\nb O\n\nc O\n", "a.conll")
    with pytest.raises(InputError, match=r"a.conll, line 3: not UTF-8"):
        read_conll(path)
    with pytest.warns(UserWarning, match="1 bad row is left out"):
        assert [sentence.words for sentence in read_conll(path, on_error="skip")] == [("a",), ("c",)]


def test_another_word_than_skip_is_an_error(table):
    with pytest.raises(InputError, match="on_error"):
        read_texts(table(CSV), on_error="ignore")


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("sequence-classification", "a.csv", CSV),
        ("encoder", "a.tsv", b"sentence1\tsentence2\tscore\na\tb\t1\nc\t\t2\nd\te\t3\n"),
        ("token-classification", "a.conll", CONLL),
        (
            "question-answering",
            "a.json",
            b'{"data": [{"paragraphs": [{"context": "Ada sang.", "qas": ['
            b'{"id": "1", "question": "Who?", "answers": [{"text": "Ada", "answer_start": 0}]},'
            b'{"id": "2", "question": "What?", "answers": [{"text": "sang", "answer_start": 1}]}]}]}]}',
        ),
    ],
)
def test_every_kind_of_file_can_be_read_without_its_bad_rows(table, kind, name, content):
    path = table(content, name)
    with pytest.raises(InputError, match=name):
        read_examples(kind, path, Table(), strict=True)
    with pytest.warns(UserWarning, match="left out"):
        found = read_examples(kind, path, Table(on_error="skip"), strict=True)
    assert found
    assert all(str(path) in example.place for example in found)


def test_an_example_knows_its_file_and_line_and_is_equal_without_them():
    file = io.BytesIO(CSV.replace(b'"",1\nbad,0,9\n', b""))
    file.name = "reviews.csv"
    first, second = read_texts(file, format="csv")
    assert (first.place, second.place) == ("reviews.csv, line 2", "reviews.csv, line 3")
    assert first == TextExample("good", None, "1")
    assert "place" not in repr(first)
    question = b'{"data": [{"paragraphs": [{"context": "c", "qas": [{"id": "7", "question": "q"}]}]}]}'
    assert read_squad(io.BytesIO(question))[0].place == "the file, question '7'"


def test_an_example_of_no_file_is_known_by_its_index():
    assert place_of([TextExample("a"), TextExample("b")], 1) == "example 1"
    assert place_of((), 3) == "example 3"
