"""Tables of texts: columns found by name or given, and errors that name the line."""

from __future__ import annotations

import io
import itertools
import tracemalloc

import pytest

from tinybert.data import TextExample, iter_texts, read_texts
from tinybert.errors import InputError


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("sentence\tlabel", "good \t1", TextExample("good ", label="1")),  # SST-2
        ("index\tsentence1\tsentence2\tlabel", "0\ta\tb\tentailment", TextExample("a", "b", "entailment")),  # RTE
        ("id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate", "1\t2\t3\ta\tb\t0", TextExample("a", "b", "0")),  # QQP
        (
            "index\tquestion\tsentence\tlabel",
            "0\ta\tb\tnot_entailment",
            TextExample("a", "b", "not_entailment"),
        ),  # QNLI
        ("Quality\t#1 ID\t#2 ID\t#1 String\t#2 String", "1\t7\t8\ta\tb", TextExample("a", "b", "1")),  # MRPC
        ("sentence1\tsentence2\tlabel1\tgold_label", "a\tb\tx\tneutral", TextExample("a", "b", "neutral")),  # MNLI
        ("premise\thypothesis\tlabel", "a\tb\tx", TextExample("a", "b", "x")),
        ("index\tsentence", "0\ta", TextExample("a")),  # a test set
        ("label\treview", "1\t很好", TextExample("很好", label="1")),
        (" Text \tSentiment", "a\tpos", TextExample("a", label="pos")),
        ("content\tlabel_desc\tlabel", "a\tnews\t3", TextExample("a", label="3")),
        ("text\tlabel_desc", "a\tnews", TextExample("a", label="news")),
    ],
)
def test_columns_are_known(write, header, row, expected):
    assert read_texts(write("data.tsv", f"{header}\n{row}\n")) == [expected]


def test_json_lines_of_clue(write):
    path = write(
        "train.json",
        '{"label": "108", "label_desc": "news_edu", "sentence": "上课时学生手机响个不停", "keywords": ""}\n'
        '{"label": 104, "label_desc": "news_finance", "sentence": "商赢环球", "keywords": ""}\n',
    )
    assert read_texts(path) == [
        TextExample("上课时学生手机响个不停", label="108"),
        TextExample("商赢环球", label="104"),
    ]


@pytest.mark.parametrize(
    ("value", "label"), [("true", "true"), ("1.5", "1.5"), ('" a "', "a"), ('["x", 2]', ("x", "2"))]
)
def test_labels_in_json(write, value, label):
    assert read_texts(write("a.jsonl", f'{{"text": "t", "label": {value}}}'))[0].label == label


def test_columns_are_told(write):
    path = write("reviews.csv", 'Id,Title,Body,Stars\n7,"So, so",Fine,4\n')
    assert read_texts(path, text="Body", label="Stars") == [TextExample("Fine", label="4")]
    assert read_texts(path, text="Title", pair="Body", label=False) == [TextExample("So, so", "Fine")]
    assert read_texts(path, text=1, label=3, header=True, regression=True) == [TextExample("So, so", label=4.0)]


def test_files_without_a_header(write):
    cola = write("cola.tsv", "gj04\t1\t\tOur friends won't buy this.\ngj04\t0\t*\tThey drank the pub.\n")
    assert read_texts(cola, text=3, label=1)[1] == TextExample("They drank the pub.", label="0")
    with pytest.raises(InputError, match=r"cola.tsv, line 1: no column is known as a text; there are 'gj04', '1', ''"):
        read_texts(cola)
    with pytest.raises(InputError, match="given by index"):
        read_texts(cola, text="text", header=False)
    with pytest.raises(InputError, match="line 1: there is no column 4 for text; there are 0 to 3"):
        read_texts(cola, text=4)
    with pytest.warns(UserWarning, match="the first line is taken for a header"):
        assert len(read_texts(write("sst2.tsv", "sentence\tlabel\na\t1\n"), text=0, label=1)) == 1


def test_a_file_with_notes_behind_some_rows(write):
    path = write("sts.csv", 'news\t2.5\ta "b\tc\nnews\t5.000\td\te\tsource\n')
    choice = {"text": 2, "pair": 3, "label": 1, "regression": True, "format": "tsv"}
    with pytest.raises(
        InputError,
        match=r"line 2: 5 fields, but line 1 has 4; this one begins with 'news'.*\(allow_extra_fields=True\)",
    ):
        read_texts(path, **choice)
    found = read_texts(path, **choice, allow_extra_fields=True)
    assert found == [TextExample('a "b', "c", 2.5), TextExample("d", "e", 5.0)]


def test_tsv_knows_no_quotes_and_csv_does(write):
    tsv = write("a.tsv", 'text\tlabel\n"a\t1\nb" "c\t0\n')
    assert [example.text for example in read_texts(tsv)] == ['"a', 'b" "c']
    csv = write("a.csv", 'text,label\r\n"a, ""b""\nc",1\r\nd,0\r\n')
    assert [example.text for example in read_texts(csv)] == ['a, "b"\nc', "d"]


def test_line_ends_and_byte_order_marks(write):
    content = "text\tlabel\r\na\u2028b\x0bc\t1\r\nd\t0\r\n\r\n"
    expected = [TextExample("a\u2028b\x0bc", label="1"), TextExample("d", label="0")]
    assert read_texts(write("windows.tsv", b"\xef\xbb\xbf" + content.encode())) == expected
    assert read_texts(write("windows.csv", b"\xef\xbb\xbf" + content.replace("\t", ",").encode())) == expected
    assert read_texts(write("no_end.tsv", "text\na")) == [TextExample("a")]


@pytest.mark.parametrize("values", [('"x"', '["x"]'), ('["x", "y"]', '"x"')])
def test_lists_of_labels_among_single_ones(write, values):
    path = write("a.jsonl", "".join(f'{{"text": "a", "label": {value}}}\n' for value in values))
    with pytest.raises(InputError, match=r"line 2: .*, but line 1 has .*Give all rows a list"):
        read_texts(path)


def test_several_labels(write):
    path = write("a.csv", "text,labels\na,x|y\nb,\nc,z\n")
    assert [example.label for example in read_texts(path, multi_label_separator="|")] == [("x", "y"), (), ("z",)]


def test_an_open_file(write):
    file = io.BytesIO(b"text,label\na,1\n")
    assert read_texts(file, format="csv") == [TextExample("a", label="1")]
    with pytest.raises(InputError, match="the file: its ending does not determine the format"):
        read_texts(file)
    with pytest.raises(InputError, match=r"the file is open as text. Open it as bytes, with mode='rb'"):
        read_texts(io.StringIO("text\na\n"), format="csv")


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.tsv", "sentence\tlabel\na\n", {}, "line 2: 1 field, but line 1 has 2; this one begins with 'a'"),
        ("a.tsv", "sentence\tlabel\na\t1\tx\n", {}, "line 2: 3 fields, but line 1 has 2"),
        ("a.tsv", "sentence\tlabel\n \t1\n", {}, "line 2: the text is empty"),
        ("a.tsv", "sentence1\tsentence2\na\t\n", {}, "line 2: the text is empty"),
        ("a.tsv", "sentence\na\n\nb\n", {}, "line 3: an empty line"),
        ("a.csv", "sentence\na\n\nb\n", {}, "line 3: an empty line"),
        ("a.jsonl", '{"text": "a"}\n\n{"text": "b"}\n', {}, "line 2: an empty line"),
        ("a.tsv", "a\tlabel\nx\t1\n", {"text": "b"}, "line 1: there is no column 'b' for text; there are 'a', 'label'"),
        ("a.tsv", "text\tlabel\nx\t1\n", {"label": "y"}, "line 1: there is no column 'y' for label"),
        (
            "a.tsv",
            "text\ttext\nx\ty\n",
            {},
            r"line 1: 2 columns are called 'text'. Say which one is meant by its index, \[0, 1\] \(text=0\)",
        ),
        ("a.tsv", "text\tscore\na\t1\nb\tmuch\n", {"regression": True}, "line 3: the label 'much' is not a number"),
        ("a.tsv", "text\tscore\na\t1_0\n", {"regression": True}, "line 2: the label '1_0' is not a number"),
        ("a.jsonl", '{"text": "a", "score": true}', {"regression": True}, "line 1: the label True is not a number"),
        (
            "a.jsonl",
            f'{{"text": "a", "score": {10**400}}}',
            {"regression": True},
            "line 1: .* an integer of 401 digits",
        ),
        ("a.tsv", "text\tscore\na\tnan\n", {"regression": True}, "line 2: the label is 'nan', which stands for none"),
        ("a.tsv", "text\tscore\na\tx\n", {"regression": True}, "line 2: the label 'x' is not a number"),
        ("a.tsv", "text\tlabel\na\t1\nb\t\n", {}, "line 3: no label, but line 2 has one"),
        ("a.tsv", "text\tlabel\na\t\nb\t1\n", {}, "line 3: a label, but line 2 has none"),
        ("a.csv", "text,labels\na,x|\n", {"multi_label_separator": "|"}, "line 2: one of the labels is empty"),
        ("a.tsv", b"text\na\n\xff\n", {}, "line 3: not UTF-8 .byte 1 of the line is 0xff"),
        ("a.tsv", "text\n".encode("utf-16"), {}, "line 1: the file is UTF-16"),
        ("a.csv", "text\na\x00b\n", {}, "line 2: byte 2 of the line is NUL"),
        ("a.csv", 'text,label\n"a ""b,1\nc,2\n', {}, "line 2: a quote is opened that nothing closes"),
        ("a.csv", 'text,label\nx,1\n"a" b,1\n', {}, "line 3: not CSV"),
        ("a.csv", "text,label\na,1\rb,2\n", {}, "line 2: a carriage return inside a field without quotes"),
        ("a.csv", 'text,label\n"a\n\nb",1\nc\n', {}, "line 5: 1 field, but"),
        ("a.jsonl", '{"text": "a"}\n{"text": }\n', {}, "line 2: not JSON: Expecting value at character 10"),
        ("a.json", '[\n{"text": "a"}]', {}, "line 1: not JSON.*one object a line"),
        ("a.json", '["a"]', {}, "line 1: a JSON list. Write one object a line"),
        ("a.jsonl", "null", {}, "line 1: a JSON null"),
        ("a.jsonl", "[" * 100_000, {}, "line 1: not JSON"),
        ("a.jsonl", '{"text": "a"}\n{"sentence": "b"}\n', {}, "line 2: no key 'text'; there are 'sentence'"),
        ("a.jsonl", '{"text": 7}', {}, "line 1: the key 'text' is 7, not a string"),
        ("a.jsonl", '{"text": "a\\ud800"}', {}, "line 1: the text holds .* half of a surrogate pair"),
        ("a.jsonl", '{"text": "中\\u0000"}', {}, "line 1: the text holds NUL"),
        ("a.jsonl", '{"text": "a"}\n{"text": "b", "label": 1}', {}, "line 2: the key 'label' is not in the first row"),
        ("a.jsonl", '{"text": "a", "label": 1}\n{"text": "b"}', {}, "line 2: no label, but line 1 has one"),
        ("a.jsonl", '{"text": "a", "label": {}}', {}, "line 1: the label is {}; it must be a string"),
        ("a.tsv", "text\tlabel\n", {}, "a.tsv has no rows"),
        ("a.jsonl", "", {}, "a.jsonl has no rows"),
        (
            "a.txt",
            "text\na\n",
            {},
            r"a.txt: its ending does not determine the format. Give one of tsv, csv, jsonl \(format=...\)",
        ),
        ("a.tsv", "", {"format": "xml"}, "'xml' is not a format of tables. Give one of tsv, csv, jsonl"),
        ("a.jsonl", "{}", {"text": 0}, "neither a header nor column indices"),
        ("a.tsv", "", {"regression": True, "multi_label_separator": ","}, "not both"),
    ],
)
def test_errors_name_file_and_line(write, name, content, options, message):
    with pytest.raises(InputError, match=message) as caught:
        read_texts(write(name, content), **options)
    if "line" in message and "which" not in message:
        assert str(caught.value).count(name) == 1


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"none.tsv cannot be read: No such file"):
        read_texts(tmp_path / "none.tsv")


def test_a_text_of_any_length(write):
    text = "long " * 100_000
    assert read_texts(write("a.csv", f'text\n"{text}"\n'))[0].text == text


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl"])
def test_memory_is_flat(write, name):
    rows = {"a.tsv": "text\tlabel\n{}", "a.csv": "text,label\n{}", "a.jsonl": "{}"}[name]
    row = {"a.tsv": "some words\t1\n", "a.csv": '"some words",1\n', "a.jsonl": '{"text": "some words", "label": 1}\n'}
    path = write(name, rows.format(row[name] * 6_000))
    examples = iter_texts(path)
    next(examples)
    tracemalloc.start()
    try:
        assert sum(1 for _ in examples) == 5_999
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000


def test_rows_come_as_they_are_read(write):
    path = write("a.tsv", "text\na\nb\n\t\n")
    assert [example.text for example in itertools.islice(iter_texts(path), 2)] == ["a", "b"]
    with pytest.raises(InputError, match="line 4"):
        read_texts(path)
