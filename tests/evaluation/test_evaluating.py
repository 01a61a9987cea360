"""A model's metrics are those of the task objects' predictions; model and examples may be files."""

import dataclasses
import json

import pytest
from reviews import write_csv
from to_find import CASES, by_hand

import tinybert.metrics
from tinybert import Embedder, Tagger
from tinybert.data import QuestionExample, Table, TaggedExample, TextExample
from tinybert.errors import InputError
from tinybert.evaluation import evaluate, evaluating
from tinybert.task import Task


@pytest.mark.parametrize("name", ["single-label", "multi-label", "regression"])
def test_evaluation_says_what_the_classifier_says(name, classifier):
    task, make = CASES[name]
    model, examples = classifier(task), make(32, 1)
    found = evaluate(model, examples)
    assert found == by_hand(model, examples)
    assert len(set(found.values())) > 1


@pytest.mark.parametrize("name", ["tag", "answer"])
def test_evaluation_says_what_tagger_and_answerer_say(name, finder, answerer):
    model, examples = {"tag": finder, "answer": answerer}[name], CASES[name][1](32, 1)
    found = evaluate(model, examples)
    assert found == by_hand(model, examples)
    assert 0 < found["f1"] < (1 if name == "tag" else 100)


def test_metrics_do_not_depend_on_the_scale_of_the_scores(encoder):
    words = ("good", "great film", "fine book", "bad", "awful film", "poor book")
    pairs = [TextExample(one, other, float(i * j % 5)) for i, one in enumerate(words) for j, other in enumerate(words)]
    scaled = [dataclasses.replace(pair, label=pair.label * 20) for pair in pairs]
    assert evaluate(encoder, scaled) == pytest.approx(evaluate(encoder, pairs), abs=1e-9)


def test_the_model_may_be_a_task_object_or_a_path(finder, monkeypatch):
    examples = CASES["tag"][1](8, 1)
    expected = evaluate(finder, examples)
    assert evaluate(Tagger(finder), examples) == expected
    monkeypatch.setattr(evaluating, "load_model", lambda source: {"my-tagger": finder}[source])
    assert evaluate("my-tagger", examples) == tinybert.evaluate("my-tagger", examples) == expected


def write_words(path, examples):
    path.write_text("\n".join("".join(f"{w} {t}\n" for w, t in zip(e.words, e.labels, strict=True)) for e in examples))
    return path


def write_questions(path, examples):
    paragraphs = [
        {
            "context": e.context,
            "qas": [
                {
                    "id": e.id,
                    "question": e.question,
                    "answers": [{"text": answer.text, "answer_start": answer.start} for answer in e.answers],
                    "is_impossible": e.is_impossible,
                }
            ],
        }
        for e in examples
    ]
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    return path


def write_lines(path, examples):
    path.write_text("".join(json.dumps({"text": e.text, "label": e.label}) + "\n" for e in examples))
    return path


@pytest.mark.parametrize(
    ("name", "write", "file"),
    [
        ("single-label", write_csv, "dev.csv"),
        ("multi-label", write_lines, "dev.jsonl"),
        ("regression", write_csv, "dev.csv"),
        ("tag", write_words, "dev.conll"),
        ("answer", write_questions, "dev.json"),
    ],
)
def test_examples_may_be_a_file(name, write, file, classifier, finder, answerer, tmp_path):
    task, make = CASES[name]
    examples = make(24, 1)
    model = {"tag": finder, "answer": answerer}.get(name) or classifier(task)
    path = write(tmp_path / file, examples)
    expected = evaluate(model, examples)
    assert evaluate(model, path) == evaluate(model, str(path)) == expected


def test_columns_of_a_file_may_have_any_names(classifier, tmp_path):
    task, make = CASES["single-label"]
    examples, model = make(24, 1), classifier(task)
    path = tmp_path / "dev.csv"
    path.write_text("verdict,review\n" + "".join(f"{e.label},{e.text}\n" for e in examples))
    assert evaluate(model, path, table=Table(text="review", label="verdict")) == evaluate(model, examples)


def test_pairs_may_be_a_file(encoder, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("sentence1\tsentence2\tscore\nthe film\tfilm\t1\na book\tawful\t0\ngood\tgreat film\t0.5\n")
    pairs = [
        TextExample("the film", "film", 1.0),
        TextExample("a book", "awful", 0.0),
        TextExample("good", "great film", 0.5),
    ]
    assert evaluate(Embedder(encoder), path) == evaluate(encoder, pairs)


def test_what_cannot_be_scored_is_told_before_anything_is_computed(finder, answerer, encoder, classifier):
    asked = QuestionExample("1", "what", "the film")
    cases = [
        (finder, [TaggedExample(("film",))], "example 0 has no labels"),
        (finder, [TextExample("film")], "example 0 is a TextExample; token-classification needs a TaggedExample"),
        (finder, [], "there are no examples"),
        (answerer, [asked], r"question '1' has no right answer\. Where questions may have none, mark those"),
        (answerer, [asked, dataclasses.replace(asked, id="2")], "'1' has no right answer, nor have 1 others"),
        (answerer, [dataclasses.replace(asked, is_impossible=True)] * 2, "question '1' occurs twice"),
        (encoder, [asked], "example 0 is a QuestionExample; encoder needs a TextExample"),
        (
            encoder,
            [TextExample("film", None, "good")],
            "example 0 is one text; an encoder, which has no head, is trained and",
        ),
        (classifier(CASES["regression"][0]), [TextExample("film", None, 1.0)], "there is one example; a correlation"),
        (classifier(CASES["single-label"][0]), [TextExample("film")], "example 0 has 0 labels; this task needs one"),
    ]
    for model, examples, message in cases:
        with pytest.raises(InputError, match=message):
            evaluate(model, examples)
        assert not model.runtime.seen


def test_a_file_that_is_not_there(finder):
    with pytest.raises(InputError, match=r"dev\.conll"):
        evaluate(finder, "dev.conll")


def test_the_task_of_a_model_decides_how_a_file_is_read(classifier, tmp_path):
    """Numbers in a file are scores for a regression, and names of labels for anything else."""
    path = tmp_path / "dev.csv"
    path.write_text("text,label\ngood film,1\nbad film,0\nfine book,1\n")
    assert "spearman" in evaluate(classifier(Task("sequence-classification", (), "regression")), path)
    assert "accuracy" in evaluate(classifier(Task("sequence-classification", ("0", "1"))), path)


def test_a_label_that_the_model_does_not_know_is_a_miss(finder, classifier):
    """Unknown labels count as in seqeval and scikit-learn, with a warning."""
    sentences = [TaggedExample(("film", "the"), ("B-X", "O")), TaggedExample(("good",), ("B-Y",))]
    with pytest.warns(UserWarning, match=r"does not know 'B-Y', first in example 1: each counts as a miss"):
        found = evaluate(finder, sentences)
    assert found["recall"] <= 0.5
    task, make = CASES["single-label"]
    examples = make(8, 1)
    known = evaluate(classifier(task), examples)["accuracy"]
    with pytest.warns(UserWarning, match="does not know 'never heard of'"):
        more = evaluate(classifier(task), [*examples, TextExample("the film", label="never heard of")])
    assert more["accuracy"] == pytest.approx(known * 8 / 9)


def test_an_encoder_is_evaluated_by_vectors_that_are_cut_off(encoder, finder):
    pairs = [TextExample(one, other, float(len(one))) for one in ("good", "a film", "bad") for other in ("a", "fine")]
    embed = Embedder(encoder)
    first, second = (embed([getattr(pair, name) for pair in pairs], truncate_dim=4) for name in ("text", "pair"))
    cosines = [tinybert.similarity(*both)[0, 0] for both in zip(first, second, strict=True)]
    expected = tinybert.metrics.correlation_scores([pair.label for pair in pairs], cosines)
    assert evaluate(encoder, pairs, truncate_dim=4) == pytest.approx(expected, abs=1e-5)
    assert evaluate(encoder, pairs) != pytest.approx(expected, abs=1e-3)
    with pytest.raises(InputError, match="it has no vectors to cut off"):
        evaluate(finder, [TaggedExample(("a",), ("O",))], truncate_dim=4)
