"""Labelled examples for each kind of task; errors about missing information name the argument that provides it."""

from __future__ import annotations

import io
import json
import warnings

import pytest

from tinybert.data import EXAMPLES, AnswerSpan, QuestionExample, Table, TaggedExample, TextExample, read_examples
from tinybert.errors import InputError
from tinybert.task import LEARNED

QUESTION = {"id": "1", "question": "Where?", "answers": [{"text": "Here", "answer_start": 0}]}


def squad(*questions):
    return json.dumps({"data": [{"paragraphs": [{"context": "Here it is.", "qas": list(questions)}]}]}).encode()


FILES = {
    "encoder": (b"text1\ttext2\tscore\na\tb\t4\n", Table(format="tsv"), TextExample("a", "b", 4.0)),
    "sequence-classification": (b"text\tlabel\na\t1\n", Table(format="tsv"), TextExample("a", label="1")),
    "token-classification": (b"a\tO\tX\n", Table(label="1"), TaggedExample(("a",), ("O",))),
    "question-answering": (
        squad(QUESTION),
        Table(),
        QuestionExample("1", "Where?", "Here it is.", (AnswerSpan("Here", 0),)),
    ),
}


def read(kind, content, table, **options):
    return read_examples(kind, io.BytesIO(content), table, **options)


def test_every_kind_of_task_has_its_examples():
    assert list(EXAMPLES) == list(LEARNED)


@pytest.mark.parametrize("kind", LEARNED)
def test_examples_of_each_kind_are_read_without_a_warning(kind):
    content, table, expected = FILES[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read(kind, content, table)
    assert found == [expected]
    assert type(found[0]) is EXAMPLES[kind]


def test_a_table_is_read_as_it_says():
    table = Table(text=2, pair=3, label=1, format="tsv", regression=True, allow_extra_fields=True)
    content = b"news\t2.5\ta\tb\nnews\t5.000\tc\td\tsource\n"
    assert read("sequence-classification", content, table) == [TextExample("a", "b", 2.5), TextExample("c", "d", 5.0)]
    several = Table(text="body", label="topics", format="csv", multi_label_separator="|")
    content = b"text,body,topics\nno,a,x|y\n"
    assert read("sequence-classification", content, several) == [TextExample("a", label=("x", "y"))]


def test_words_are_found_by_index():
    content = b"1 a NN O\n2 b NN B-X\n"
    assert read("token-classification", content, Table(text="1", label="-1"))[0] == TaggedExample(
        ("a", "b"), ("O", "B-X")
    )
    assert read("token-classification", content, Table(text=1, label=2))[0].labels == ("NN", "NN")


def test_pairs_without_scores_are_matches_which_is_said():
    with pytest.warns(UserWarning, match="the file: no column is known as a score, so each pair is taken") as told:
        assert read("encoder", b"text1,text2\na,b\n", Table(format="csv")) == [TextExample("a", "b")]
    assert told[0].filename == __file__


def test_questions_with_a_misplaced_answer():
    wrong = {**QUESTION, "id": "2", "answers": [{"text": "it", "answer_start": 0}]}
    content = squad(QUESTION, wrong)
    assert [question.id for question in read("question-answering", content, Table())] == ["1", "2"]
    with pytest.warns(UserWarning, match="1 of 2 questions is left out"):
        assert [question.id for question in read("question-answering", content, Table(), strict=False)] == ["1"]
    with pytest.raises(InputError, match="'it' is not at character 0") as caught:
        read("question-answering", content, Table(), strict=True)
    assert (caught.value.argument, caught.value.example) == ("strict", False)


CLASSIFY = "sequence-classification"


@pytest.mark.parametrize(
    ("kind", "content", "table", "argument", "message"),
    [
        (CLASSIFY, "text,n\na,1\n", {}, "label", "the file: no column is known as the label. Say which one it is"),
        (CLASSIFY, "text,n\na,\n", {"label": "n"}, "label", "the file: the column 'n' is empty. Say which one it is"),
        (CLASSIFY, "text,label\na,1\nb,\n", {}, "skip_unlabelled", "the file, line 3: no label, but line 2 has"),
        (CLASSIFY, "text,label\na,1\n", {"label": "n"}, "label", "the file, line 1: there is no column 'n' for label"),
        (CLASSIFY, "text,label\na,1\n", {"text": "n"}, "text", "the file, line 1: there is no column 'n' for text"),
        (CLASSIFY, "text,label\na,1\n", {"pair": "n"}, "pair", "the file, line 1: there is no column 'n' for pair"),
        (CLASSIFY, "text,label\na,1\n", {"format": "text"}, "format", "'text' is not a format of tables"),
        (CLASSIFY, "text,label\na,1\n", {"format": None}, "format", "the file: its ending does not determine"),
        (CLASSIFY, "text,label\na,1,\n", {}, "allow_extra_fields", "the file, line 2: 3 fields, but line 1 has 2"),
        (
            CLASSIFY,
            "text,label\na,1\n",
            {"multi_label_separator": ""},
            "multi_label_separator",
            "the separator of labels is empty",
        ),
        (
            CLASSIFY,
            "text,label\na,1\n",
            {"multi_label_separator": "|", "regression": True},
            "multi_label_separator",
            "labels are scores or lists of classes, not both",
        ),
        ("encoder", "a,b\nc,d\n", {}, "text", "an encoder is trained and evaluated on pairs of texts, each with a"),
        (
            "encoder",
            "text1,text2,score\nc,d,x\n",
            {},
            "on_error",
            "an encoder is trained and evaluated on pairs of texts",
        ),
        (
            "token-classification",
            "a O\n",
            {"text": "w"},
            "text",
            "columns of CoNLL files have no names, and so none",
        ),
        ("token-classification", "a O\n", {"label": "w"}, "label", "columns of CoNLL files have no names, and so none"),
        ("token-classification", "a O\n", {"label": "0"}, "label", "the file, line 1: words and labels are the"),
        ("token-classification", "a O\n", {"text": "3"}, "text", "the file, line 1: there is no column 3 among"),
    ],
)
def test_errors_carry_the_argument_that_they_speak_of(kind, content, table, argument, message):
    with pytest.raises(InputError) as caught:
        read(kind, content.encode(), Table(**{"format": "csv", **table}))
    assert caught.value.message.startswith(message)
    assert caught.value.argument == argument
    assert (f"({argument}=" in str(caught.value)) == (argument is not None)
