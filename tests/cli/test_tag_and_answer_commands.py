"""`tinybert tag` and `tinybert answer` give the results of the Python objects; `evaluate` scores predictions."""

from __future__ import annotations

import json

import pytest
from tiny import command, save_model

from tinybert import metrics
from tinybert.data import TaggedExample, read_conll, write_conll
from tinybert.tasks import QuestionAnswerer, Tagger

LABELS = ("O", "B-X", "I-X", "B-Y", "I-Y")
SENTENCES = [
    TaggedExample(("the", "film", "was", "good"), ("O", "B-X", "O", "O")),
    TaggedExample(("unheard", "film", "a"), ("B-Y", "I-Y", "O")),
]
CONTEXT = "the good book was a bad film a very very poor film not great"
SQUAD = {
    "data": [
        {
            "paragraphs": [
                {
                    "context": CONTEXT,
                    "qas": [
                        {"id": "q1", "question": "a film", "answers": [{"text": "good", "answer_start": 4}]},
                        {"id": "q2", "question": "the", "answers": [{"text": "poor film", "answer_start": 41}]},
                    ],
                }
            ]
        }
    ]
}


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("tagger"), "token-classification", LABELS)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("answerer"), "question-answering")


@pytest.fixture
def conll(tmp_path):
    write_conll(tmp_path / "dev.conll", SENTENCES)
    return tmp_path / "dev.conll"


@pytest.fixture
def squad(tmp_path):
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(SQUAD))
    return path


def test_spans_as_json_lines(tagger):
    run = command("tag", tagger, "--on-error", "skip", stdin=f"{CONTEXT}\n".encode() + b"\xff\n")
    found, bad = (json.loads(line) for line in run.out.splitlines())
    expected = Tagger.from_pretrained(tagger)(CONTEXT)
    assert expected
    assert [(span["type"], span["start"], span["end"]) for span in found["spans"]] == [
        (span.type, span.start, span.end) for span in expected
    ]
    assert all(CONTEXT[span["start"] : span["end"]] == span["text"] for span in found["spans"])
    assert (list(bad), run.code) == (["error"], 1)


def test_words_as_conll(tagger, conll, tmp_path):
    output = tmp_path / "tagged.conll"
    assert command("tag", tagger, conll, "-o", output) == (0, "", "")
    tagged = read_conll(output)
    assert [sentence.words for sentence in tagged] == [sentence.words for sentence in SENTENCES]
    words = Tagger.from_pretrained(tagger).label_words(list(SENTENCES[1].words), is_split_into_words=True)
    assert tagged[1].labels == tuple(word.label for word in words)
    stdin = "".join(" ".join(sentence.words) + "\n" for sentence in SENTENCES).encode()
    assert command("tag", tagger, "--words", "--to", "conll", stdin=stdin).out == output.read_text()


def test_bad_sentences_keep_their_place(tagger, tmp_path):
    path = tmp_path / "names.conll"
    path.write_bytes(b"good O\nfilm O\n\nbook\n\nthe O\n")
    run = command("tag", tagger, path)
    assert (run.code, run.err) == (
        1,
        f"tinybert: {path}, line 4: 1 column, but the first row has 2: 'book'. "
        "Bad rows can be left out (--on-error skip).\n",
    )
    run = command("tag", tagger, path, "--on-error", "skip")
    first, bad, last = (json.loads(line) for line in run.out.splitlines())
    assert (first["text"], list(bad), last["text"]) == ("good film", ["error"], "the")
    assert (run.code, run.err.endswith("tinybert: 1 bad line was skipped\n")) == (1, True)
    tagged = command("tag", tagger, path, "--on-error", "skip", "--to", "conll").out
    assert [line.split("\t")[0] for line in tagged.split("\n")] == ["good", "film", "", "", "the", "", ""]


def test_evaluate_scores_the_tags_that_it_writes(tagger, conll, tmp_path):
    predictions = tmp_path / "predicted.conll"
    run = command("evaluate", tagger, conll, "--predictions", predictions)
    true, predicted = (read_conll(predictions, label_column=column) for column in (1, 2))
    assert true == SENTENCES
    expected = metrics.entity_scores([s.labels for s in true], [s.labels for s in predicted])
    assert json.loads(run.out) == pytest.approx(expected)


def test_one_question(answerer):
    run = command("answer", answerer, "--question", "a film", "--context", CONTEXT)
    expected = QuestionAnswerer.from_pretrained(answerer)("a film", CONTEXT)
    assert json.loads(run.out) == pytest.approx(
        {"text": expected.text, "start": expected.start, "end": expected.end, "score": expected.score}
    )
    best = json.loads(command("answer", answerer, "--question", "a film", "--context", CONTEXT, "--top-k", "2").out)
    assert best["answers"][0]["text"] == expected.text
    assert len(best["answers"]) == 2


def test_predictions_as_the_scorers_take_them(answerer, squad, tmp_path):
    run = command("answer", answerer, squad)
    expected = QuestionAnswerer.from_pretrained(answerer)([("a film", CONTEXT), ("the", CONTEXT)])
    assert json.loads(run.out) == {"q1": expected[0].text, "q2": expected[1].text}
    output = tmp_path / "none.json"
    assert command("answer", answerer, squad, "-o", output, "--no-answer-threshold", "-1000").code == 0
    assert json.loads(output.read_text()) == {"q1": "", "q2": ""}


def test_questions_as_json_lines_with_a_bad_one(answerer):
    lines = [{"id": 7, "question": "a film", "context": CONTEXT}, {"question": "the"}]
    stdin = "".join(json.dumps(line) + "\n" for line in lines).encode()
    run = command("answer", answerer, "--on-error", "skip", stdin=stdin)
    good, bad = (json.loads(line) for line in run.out.splitlines())
    assert good["id"] == 7
    assert good["text"] in CONTEXT
    assert bad == {"error": "no key 'context'; there are 'question'."}
    assert (run.code, run.err.splitlines()[0]) == (
        1,
        "tinybert: stdin, line 2: no key 'context'; there are 'question'.",
    )


def test_malformed_questions_are_left_out(answerer, tmp_path):
    path = tmp_path / "bad.json"
    questions = [*SQUAD["data"][0]["paragraphs"][0]["qas"], {"id": "q9"}]
    path.write_text(json.dumps({"data": [{"paragraphs": [{"context": CONTEXT, "qas": questions}]}]}))
    run = command("answer", answerer, path)
    assert (run.code, "bad.json, question 3: question 'q9': no 'question'" in run.err) == (1, True)
    run = command("answer", answerer, path, "--on-error", "skip")
    assert (run.code, list(json.loads(run.out))) == (1, [question["id"] for question in questions[:-1]])


def test_evaluate_scores_the_answers_that_it_writes(answerer, squad, tmp_path):
    predictions = tmp_path / "predicted.json"
    run = command("evaluate", answerer, squad, "--predictions", predictions)
    references = {"q1": ["good"], "q2": ["poor film"]}
    assert json.loads(run.out) == pytest.approx(metrics.squad_scores(references, json.loads(predictions.read_text())))


def test_places_of_answers_matter_to_who_trains_on_them_only(answerer, squad, tmp_path):
    misplaced = tmp_path / "misplaced.json"
    misplaced.write_text(json.dumps(SQUAD).replace('"answer_start": 41', '"answer_start": 40'))
    for name in ("answer", "evaluate"):
        assert command(name, answerer, misplaced) == command(name, answerer, squad)
    words = ("finetune", "answer", "--model", answerer, "--train", misplaced, "--output", tmp_path / "model")
    run = command(*words)
    assert run.code == 1
    assert "Questions like that: 1; they can be left out (--skip-misplaced)" in run.err


@pytest.mark.slow
def test_training_goes_without_misplaced_answers_where_that_is_asked_for(answerer, tmp_path):
    misplaced = tmp_path / "misplaced.json"
    misplaced.write_text(json.dumps(SQUAD).replace('"answer_start": 41', '"answer_start": 40'))
    words = ("finetune", "answer", "--model", answerer, "--train", misplaced, "--output", tmp_path / "model")
    run = command(*words, "--skip-misplaced", "--epochs", "1")
    assert run.code == 0
    assert run.err.startswith(f"tinybert: {misplaced}: 1 of 2 questions is left out; the first is 'q2': the answer")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("answer", "in.json", "--question", "Who?", "--context", "Ada"), "or an input"),
        (("tag", "in.conll", "--text", "1"), "words of CoNLL files are in their first column"),
    ],
)
def test_what_would_be_passed_over_is_refused(arguments, message):
    name, *rest = arguments
    run = command(name, "no-model", *rest)
    assert (run.code, run.out) == (2, "")
    assert message in " ".join(run.err.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("answer", "in.json", "--output", "a.txt"),
            "a.txt: the name must end in .json, .jsonl, .csv, .tsv; or say it with --to",
        ),
        (
            ("tag", "in.txt", "--output", "a.tsv"),
            "a.tsv: the name must end in .jsonl, .conll, .csv; or say it with --to",
        ),
    ],
)
def test_an_ending_that_says_no_format(arguments, message):
    name, *rest = arguments
    run = command(name, "no-model", *rest)
    assert (run.code, run.out, run.err) == (1, "", f"tinybert: {message}\n")


def test_a_question_needs_its_context(answerer):
    run = command("answer", answerer, "--question", "a film")
    assert run.code == 2
    assert "give --question and --context, or neither" in run.err
