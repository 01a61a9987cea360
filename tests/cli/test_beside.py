"""Results next to their input rows: the input's columns are unchanged, and each row keeps its place."""

from __future__ import annotations

import csv
import io
import json

import pytest
from tiny import command, save_model

from tinybert.cli.beside import beside
from tinybert.cli.input_rows import Row
from tinybert.errors import InputError
from tinybert.tasks import Classifier, QuestionAnswerer, Tagger

TABLE = 'id,review,label\n7,"good, ""very"" good",x\n8,"bad\nfilm",y\n'


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("beside"), "sequence-classification", ("no", "yes"))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def read(text):
    return list(csv.reader(io.StringIO(text)))


def lines(results, form="csv", names=("label",), id_=None, whole=True):
    return "".join(beside(results, form, names, lambda result: [result], whole=whole, id_=id_))


def test_csv_has_the_columns_of_the_input_and_then_the_labels(classifier, table, tmp_path):
    out = tmp_path / "out.csv"
    run = command("classify", classifier, table, "--text", "review", "--output", out)
    assert (run.code, run.out, run.err) == (0, "", "")
    expected = Classifier.from_pretrained(classifier)(['good, "very" good', "bad\nfilm"])
    found = read(out.read_text(encoding="utf-8"))
    assert found[0] == ["id", "review", "label", "predicted_label", "probability"]
    assert [row[:3] for row in found[1:]] == read(TABLE)[1:]
    assert [row[3] for row in found[1:]] == [result.label for result in expected]


@pytest.mark.parametrize("form", ["tsv", "csv", "jsonl"])
def test_one_column_of_the_input_is_written_in_any_format(classifier, table, form):
    run = command("classify", classifier, table, "--text", "review", "--id", "id", "--to", form)
    if form == "jsonl":
        assert [list(json.loads(line)) for line in run.out.splitlines()] == [["id", "label", "probability"]] * 2
    else:
        rows = [line.split("\t" if form == "tsv" else ",") for line in run.out.splitlines()]
        assert rows[0] == ["id", "label", "probability"]
        assert [row[0] for row in rows[1:]] == ["7", "8"]
    assert command("classify", classifier, table, "--text", "review", "--id", "0", "--to", form).out == run.out


def test_a_column_that_is_not_there_is_named(classifier, table):
    run = command("classify", classifier, table, "--text", "review", "--id", "Id")
    assert run.code == 1
    assert run.err == "tinybert: there is no column 'Id' in the input; there are 'id', 'review', 'label' (--id ...)\n"


def test_a_skipped_row_keeps_its_place(classifier):
    table = b"id,text\n1,good\n2,\n3,a,b\n4,bad\n"
    run = command("classify", classifier, "--from", "csv", "--to", "csv", "--on-error", "skip", stdin=table)
    assert run.code == 1
    assert [row[:2] for row in read(run.out)] == [["id", "text"], ["1", "good"], ["2", ""], ["", ""], ["4", "bad"]]
    assert [bool(row[2]) for row in read(run.out)[1:]] == [True, False, False, True]


def test_rows_before_the_first_good_one_keep_their_place():
    bad = Row(2, error=InputError("bad"))
    assert lines([(bad, None), (bad, None), (Row(3, "a", record={"x": "a"}), "yes")]) == "x,label\n,\n,\na,yes\n"
    assert lines([(bad, None)]) == 'label\n""\n'


def test_columns_called_as_a_result_leave_it_another_name():
    record = {"label": "1", "predicted_label": "2"}
    assert lines([(Row(1, record=record), "3")]) == "label,predicted_label,predicted_predicted_label\n1,2,3\n"


def test_values_are_written_as_they_are():
    record = {"n": 3, "half": 0.5, "list": ["a", 1], "none": None, "text": 'é, "ü"'}
    line = lines([(Row(1, record=record), ("a", "b"))]).splitlines()[1]
    assert next(csv.reader([line])) == ["3", "0.5", '["a", 1]', "", 'é, "ü"', "a|b"]
    assert json.loads(lines([(Row(1, record=record), "x")], "jsonl")) == {**record, "label": "x"}


def test_tsv_says_what_it_cannot_hold():
    with pytest.raises(InputError, match="has a tab or a line end"):
        lines([(Row(1, record={"a": "x\ty"}), "1")], "tsv", id_="a")


def test_a_table_without_a_header_has_its_indices(classifier):
    run = command(
        "classify", classifier, "--from", "csv", "--to", "csv", "--no-header", "--text", "1", stdin=b"7,good\n8,bad\n"
    )
    assert [row[:2] for row in read(run.out)] == [["0", "1"], ["7", "good"], ["8", "bad"]]


def test_texts_alone_are_a_column(classifier):
    run = command("classify", classifier, "--to", "csv", stdin="好 film\nbad\n".encode())
    assert [row[0] for row in read(run.out)] == ["text", "好 film", "bad"]


def test_all_probabilities_have_a_column_each(classifier):
    run = command("classify", classifier, "--all", "--to", "csv", stdin=b"good\n")
    assert read(run.out)[0] == ["text", "label", "probability", "no", "yes"]


def test_spans_are_json_in_a_field(tmp_path_factory):
    folder = save_model(tmp_path_factory.mktemp("tagger"), "token-classification", ("O", "B-X", "I-X"))
    run = command("tag", folder, "--from", "csv", "--to", "csv", stdin=b"id,text\n1,the good film\n")
    header, row = read(run.out)
    assert header == ["id", "text", "spans"]
    spans = Tagger.from_pretrained(folder)("the good film")
    assert [span["text"] for span in json.loads(row[2])] == [span.text for span in spans]
    assert command("tag", folder, "--to", "conll", "--id", "id", stdin=b"a\n").code == 2
    assert command("tag", folder, "--from", "conll", "--to", "csv", stdin=b"a\n").code == 2


@pytest.fixture(scope="module")
def answerer(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("answerer"), "question-answering")


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_questions_of_a_table_are_answered_beside_them(answerer, tmp_path, form):
    separator = {"csv": ",", "tsv": "\t"}[form]
    path = tmp_path / f"questions.{form}"
    rows = [["nr", "question", "context"], ["1", "a film", "the good book was a bad film"]]
    path.write_text("".join(separator.join(row) + "\n" for row in rows), encoding="utf-8")
    answer = QuestionAnswerer.from_pretrained(answerer)("a film", "the good book was a bad film")
    run = command("answer", answerer, path, "--to", "csv")
    header, row = read(run.out)
    assert header == ["nr", "question", "context", "answer", "score", "start", "end"]
    assert row[3:] == [answer.text, f"{answer.score:.6g}", str(answer.start), str(answer.end)]
    only = command("answer", answerer, path, "--id", "nr", "--to", "tsv", "--top-k", "2")
    assert only.out.splitlines()[0] == "nr\tanswers"
    assert len(json.loads(only.out.splitlines()[1].split("\t")[1])) == 2


def test_the_columns_of_questions_can_be_named(answerer):
    table = b"q;c\na film;the good book was a bad film\n"
    words = ("answer", answerer, "--from", "csv", "--question-column", "q", "--context-column", "c", "--delimiter", ";")
    assert command(*words, stdin=table).out.startswith("q,c,answer,")
    assert "no column 'question'" in command("answer", answerer, "--from", "csv", stdin=table).err
    assert command("answer", answerer, "--to", "json", "--id", "q", stdin=b"{}\n").code == 2


def test_whatever_columns_are_called_a_bad_row_has_its_error():
    record = {"row": 1, "error": "mine", "self": 2}
    bad = Row(1, error=InputError("bad"), record=record)
    assert json.loads(lines([(bad, None)], "jsonl")) == {**record, "predicted_error": "bad"}


def test_results_alone_come_one_by_one():
    taken = []
    rows = ((taken.append(number), (Row(number), "x"))[1] for number in range(100))
    found = beside(rows, "tsv", ["label"], lambda result: [result], whole=False, id_=None)
    assert [next(found), next(found)] == ["label\n", "x\n"]
    assert taken == [0]
