"""SQuAD files: answers at wrong positions are detected and reported."""

from __future__ import annotations

import json
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.data import AnswerSpan, QuestionExample, read_squad, write_predictions, write_squad
from tinybert.errors import InputError

CONTEXT = "Warsaw lies on the Vistula."


def question(identifier="q1", answers=(("Warsaw", 0),), **more):
    answers = [{"text": text, "answer_start": start} for text, start in answers]
    return {"id": identifier, "question": "Where?", "answers": answers, **more}


def squad(*questions, context=CONTEXT):
    return {"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": context, "qas": list(questions)}]}]}


def test_versions_1_and_2(write):
    path = write(
        "a.json",
        json.dumps(
            squad(
                question("q1", [("Warsaw", 0), ("Vistula", 19)]),
                question("q2", [], is_impossible=True, plausible_answers=[{"text": "?", "answer_start": 9}]),
                {"id": "test set", "question": "Where?"},
            )
        ),
    )
    assert read_squad(path) == [
        QuestionExample("q1", "Where?", CONTEXT, (AnswerSpan("Warsaw", 0), AnswerSpan("Vistula", 19))),
        QuestionExample("q2", "Where?", CONTEXT, (), True),
        QuestionExample("test set", "Where?", CONTEXT),
    ]


def test_cmrc(write):
    content = squad(question("TRIAL_800_QUERY_0", [("韩国", 2)]), context="由于韩国")
    content["data"][0]["paragraphs"][0]["id"] = content["data"][0]["id"] = "TRIAL_800"
    path = write("trial.json", "\ufeff" + json.dumps(content, ensure_ascii=False, indent=2))
    assert read_squad(path)[0].answers == (AnswerSpan("韩国", 2),)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (
            [("Vistula", 18)],
            "the answer 'Vistula' is not at character 18, where there is ' Vistul'; it is at 19",
        ),
        (
            [("Warsaw", 0), ("Berlin", 0)],
            "'Berlin' is not at character 0, where there is 'Warsaw'; it is nowh",
        ),
        ([(".", -1)], "is not at character -1, where there is nothing; it is at 26"),
        ([("Vistula", 999)], "is not at character 999, where there is nothing"),
        ([(" ", 6)], "an answer is empty"),
    ],
)
def test_an_answer_at_a_wrong_place(write, answers, message):
    path = write("a.json", json.dumps(squad(question("good"), question("bad", answers), question("worse", [("x", 0)]))))
    with pytest.raises(InputError, match=f"a.json, question 'bad': .*{message}.* Questions like that: 2;") as caught:
        read_squad(path)
    assert str(caught.value).endswith("they can be left out (strict=False).")
    with pytest.warns(UserWarning, match="2 of 3 questions are left out; the first is 'bad'"):
        assert [found.id for found in read_squad(path, strict=False)] == ["good"]
    assert [found.id for found in read_squad(path, strict=None)] == ["good", "bad", "worse"]


def test_no_warning_where_all_is_right(write):
    path = write("a.json", json.dumps(squad(question())))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_squad(path, strict=False)) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "a.json, line 1: not JSON"),
        ('{\n"data": [,]}', "a.json, line 2: not JSON: Expecting value at character 10"),
        (b'{"data": "\xff"}', "a.json, line 1: not UTF-8"),
        ("[" * 100_000, "a.json: not JSON that can be read"),
        ("[]", r"a.json, the file: no list 'data'; there is \[\]"),
        ({"questions": []}, "a.json, the file: no list 'data'; there are 'questions'"),
        ({"data": [{"title": "t"}]}, r"a.json, data\[0\]: no list 'paragraphs'; there are 'title'"),
        ({"data": [{"paragraphs": [{"qas": []}]}]}, r"data\[0\].paragraphs\[0\]: no 'context'; there are 'qas'"),
        (squad({"question": "?"}), r"data\[0\].paragraphs\[0\].qas\[0\]: no 'id'; there are 'question'"),
        (squad({"id": 7}), r"qas\[0\]: 'id' is 7, not a string"),
        (squad({"id": "q1"}), "question 'q1': no 'question'; there are 'id'"),
        (squad(question() | {"answers": "Warsaw"}), "question 'q1': no list 'answers'"),
        (squad(question() | {"answers": [{"text": "Warsaw"}]}), r"question 'q1', answers\[0\]: answer_start is None"),
        (squad(question(is_impossible="no")), "question 'q1': is_impossible is 'no'; it must be true or false"),
        (squad(question(is_impossible=True)), "question 'q1': is_impossible, but it has an answer"),
        (squad(question(), question()), "question 'q1' occurs twice"),
        (squad(), "a.json, there are no questions"),
    ],
)
def test_errors_name_file_and_question(write, content, message):
    with pytest.raises(InputError, match=message):
        read_squad(write("a.json", content if isinstance(content, str | bytes) else json.dumps(content)))


@st.composite
def questions(draw):
    characters = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
    context = draw(st.text(characters, min_size=1).filter(lambda text: not text.isspace()))
    start = draw(st.integers(0, len(context) - 1))
    end = draw(st.integers(start + 1, len(context)))
    answers = (AnswerSpan(context[start:end], start),) if context[start:end].strip() else ()
    return QuestionExample("", draw(st.text(characters)), context, answers, draw(st.booleans()) and not answers)


@settings(max_examples=40)
@given(st.lists(questions(), min_size=1, max_size=4))
def test_any_question_survives(tmp_path_factory, drawn):
    path = tmp_path_factory.getbasetemp() / "any.json"
    examples = [
        QuestionExample(f"q{i}", e.question, e.context, e.answers, e.is_impossible) for i, e in enumerate(drawn)
    ]
    assert write_squad(path, examples) == len(examples)
    assert read_squad(path) == examples


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "There are no examples"),
        ([QuestionExample("a", "?", "b"), QuestionExample("a", "?", "b")], "question 'a' occurs twice"),
        ([QuestionExample("a", "?", "b", (AnswerSpan("c", 0),))], "question 'a': the answer 'c' is not at character 0"),
        ([QuestionExample("a", "\ud800", "b")], "half of a surrogate pair"),
    ],
)
def test_what_cannot_be_written(tmp_path, examples, message):
    with pytest.raises(InputError, match=message):
        write_squad(tmp_path / "a.json", examples)
    assert not list(tmp_path.iterdir())


def test_predictions(tmp_path):
    path = tmp_path / "predictions.json"
    assert write_predictions(path, {"q1": "Weichsel, 韩国", "q2": ""}) == 2
    assert json.loads(path.read_text(encoding="utf-8")) == {"q1": "Weichsel, 韩国", "q2": ""}
    with pytest.raises(InputError, match=r"predictions\['q1'\] is None; ids and answers are strings"):
        write_predictions(path, {"q1": None})
