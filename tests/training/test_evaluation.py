"""The metric that a training prints is that of what the task objects say, whoever loads the folder."""

import dataclasses
import json
from unittest import mock

import pytest
from to_find import ANSWERING, CASES, TAGGING, tagged

from tinybert import Classifier, QuestionAnswerer, Tagger, metrics, modeling
from tinybert.checkpoint.restore import add_head
from tinybert.checkpoint.task import Task
from tinybert.data import Answer, QuestionExample, TaggedExample, TextExample
from tinybert.errors import InputError
from tinybert.tasks import TaskModel, load_model
from tinybert.training import TrainingSettings, evaluate, featurize, finetune, key_metric, predictions, score

SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=5e-3, max_length=16)


def by_hand(model, examples):
    """The metrics of what the task objects say to somebody who knows nothing of training."""
    if model.task == TAGGING:
        found = Tagger(model).label_words([list(e.words) for e in examples], is_split_into_words=True)
        said = [[word.label for word in words] for words in found]
        return metrics.entity_scores([list(e.labels) for e in examples], said)
    if model.task == ANSWERING:
        found = QuestionAnswerer(model)([(e.question, e.context) for e in examples], handle_impossible=True)
        said = {e.id: answer.text for e, answer in zip(examples, found, strict=True)}
        return metrics.squad_v2_scores({e.id: [answer.text for answer in e.answers] for e in examples}, said)
    found, true = Classifier(model)([e.text for e in examples]), [e.label for e in examples]
    if model.task.problem == "regression":
        return metrics.correlation_scores(true, [result.score for result in found])
    if model.task.problem == "multi-label":
        sets = [[[int(name in row) for name in model.labels] for row in rows] for rows in (true, labels_of(found))]
        return metrics.multilabel_scores(*sets)
    return metrics.classification_scores(true, [result.label for result in found])


def labels_of(results):
    return [result.labels for result in results]


# Classification: see test_finetune.py.
@pytest.mark.parametrize("name", [pytest.param("tag", marks=pytest.mark.slow), "answer"])
def test_training_folder_and_task_objects_agree(name, tmp_path, make_encoder, tokenizer):
    task, make = CASES[name]
    train, dev = make(96, 0), make(32, 1)
    printed = finetune(make_encoder(), tokenizer, task, train, tmp_path, dev=dev, settings=SETTINGS)
    model = load_model(tmp_path)
    assert evaluate(model, dev) == printed
    assert by_hand(model, dev) == printed
    assert json.loads((tmp_path / "metrics.json").read_text()) == printed
    assert printed["f1"] > (0.5 if name == "tag" else 50)


@pytest.mark.parametrize("name", ["single-label", "multi-label", "regression"])
def test_evaluation_says_what_the_classifier_says(name, make_encoder, tokenizer, fill):
    task, make = CASES[name]
    network = fill(add_head(make_encoder(), task, len(task.labels) or 1)).set_train(False)
    model, examples = TaskModel(network, tokenizer, task), make(32, 1)
    assert evaluate(model, examples) == by_hand(model, examples)


def test_a_sentence_of_several_rows_is_scored_to_its_end(finder):
    example = tagged(["the", "film", "was"] * 12 + ["good"])
    assert evaluate(finder, [example]) == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert predictions(finder, [example]) == [list(example.labels)]


def test_a_word_without_tokens_counts_as_the_tagger_says_it(finder):
    """Of a control character the tokenizer leaves nothing; the label that it has is missed."""
    words = ("good", "\x01", "film")
    assert predictions(finder, [TaggedExample(words)]) == [["B-X", "O", "O"]]
    found = evaluate(finder, [TaggedExample(words, ("B-X", "B-X", "O"))])
    assert (found["precision"], found["recall"]) == (1.0, 0.5)


def test_an_answer_that_is_half_a_word_is_scored_as_it_is_given(answerer):
    whole = QuestionExample("1", "what", "the goods was fine", (Answer("goods", 4),))
    half = dataclasses.replace(whole, answers=(Answer("good", 4),))
    assert QuestionAnswerer(answerer)("what", whole.context).text == "goods"
    assert evaluate(answerer, [whole])["exact_match"] == 100
    assert evaluate(answerer, [half])["exact_match"] == 0


def test_no_answer_is_one_where_a_question_has_none(answerer):
    there = QuestionExample("1", "what", "the film " * 20 + "good", (Answer("good", 180),))
    nowhere = QuestionExample("2", "what", "the film " * 20, (), is_impossible=True)
    assert predictions(answerer, [there, nowhere]) == ["good", ""]
    found = evaluate(answerer, [there, nowhere])
    assert (found["f1"], found["NoAns_exact"]) == (100, 100)
    assert predictions(answerer, [there, dataclasses.replace(nowhere, is_impossible=False)])[1] != ""


def test_training_sees_the_rows_that_the_answerer_sees(answerer, tokenizer):
    """The same windows with the same overlap, and as much of a long question."""
    examples = [
        QuestionExample(str(count), "what is " * count, "the film was very good " * 3 * count) for count in (1, 2, 5)
    ]
    features = featurize(examples, ANSWERING, tokenizer, 16)
    predictions(answerer, examples)
    seen = [row[row > 0] for call in answerer.network.call_args_list for row in call.args[0]]
    rows = [row[:length] for row, length in zip(features.encoding.input_ids, features.lengths, strict=True)]
    assert len(rows) > 10
    assert sorted(map(tuple, seen)) == sorted(map(tuple, rows))


def test_what_cannot_be_scored_is_told_before_anything_is_computed(finder, answerer, tokenizer):
    asked = QuestionExample("1", "what", "the film")
    cases = [
        (finder, [TaggedExample(("film",), ("B-Y",))], "example 0 has the label 'B-Y'; the model's labels are O, B-X"),
        (finder, [TaggedExample(("film",))], "example 0 has no labels"),
        (finder, [TextExample("film")], "example 0 is a TextExample; token-classification needs a TaggedExample"),
        (finder, [], "there are no examples"),
        (answerer, [asked], "Question '1' has no right answer"),
        (answerer, [dataclasses.replace(asked, is_impossible=True)] * 2, "question '1' occurs twice"),
    ]
    for model, examples, message in cases:
        with pytest.raises(InputError, match=message):
            evaluate(model, examples)
        assert not model.network.called
    encoder = TaskModel(mock.Mock(spec=modeling.TinyBertModel, config=finder.config), tokenizer, Task())
    with pytest.raises(InputError, match="example 0 is a QuestionExample; encoder needs a TextExample"):
        evaluate(encoder, [asked])
    with pytest.raises(InputError, match="example 0 is one text; an encoder, which has no head, is trained and"):
        evaluate(encoder, [TextExample("film", None, "good")])


def test_a_dev_set_that_cannot_be_scored_stops_a_training_before_it_begins(tmp_path, make_encoder, tokenizer):
    task = Task("token-classification", ("O", "B-X"))
    examples = [TaggedExample(("film", "is"), ("O", "B-Y"))] * 8
    with pytest.raises(InputError, match="has the label 'B-Y'"):
        finetune(make_encoder(), tokenizer, task, examples, tmp_path, dev=examples, settings=SETTINGS)
    assert not list(tmp_path.iterdir())


def test_words_whose_labels_mark_no_spans_are_scored_one_by_one(make_encoder, tokenizer):
    task = Task("token-classification", ("DET", "NOUN"))
    model = TaskModel(add_head(make_encoder(), task, 2), tokenizer, task)
    examples = [TaggedExample(("the", "film"), ("DET", "NOUN")), TaggedExample(("a",), ("DET",))]
    assert key_metric(task) == "accuracy"
    assert score(model, examples, [["DET", "DET"], ["DET"]])["accuracy"] == pytest.approx(2 / 3)
    assert set(evaluate(model, examples)) == set(score(model, examples, [["DET", "DET"], ["DET"]]))


def test_chinese_answers_are_compared_as_cmrc_does(make_encoder, tokenizer):
    model = TaskModel(add_head(make_encoder(), ANSWERING, 2), tokenizer, ANSWERING)
    example = QuestionExample("1", "哪条河", "他住在多瑙河边", (Answer("多瑙河", 3),))
    assert score(model, [example], ["多瑙河。"]) == {"exact_match": 100, "f1": 100, "total": 1}
    assert score(model, [example], ["多瑙"])["f1"] == pytest.approx(80)
