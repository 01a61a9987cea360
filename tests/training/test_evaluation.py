"""The metric that a training prints is that of what the task objects say, whoever loads the folder."""

import dataclasses
import json
import threading
from unittest import mock

import numpy as np
import pytest

from tinybert import Classifier, QuestionAnswerer, Tagger, TinyBertConfig, metrics, modeling
from tinybert.checkpoint.restore import add_head
from tinybert.checkpoint.task import Task
from tinybert.data import Answer, QuestionExample, TaggedExample, TextExample
from tinybert.errors import InputError
from tinybert.tasks import TaskModel, load_model
from tinybert.training import TrainingSettings, evaluate, featurize, finetune, key_metric, predictions, score
from tinybert.training.distributed import World

FOUND = {"good", "great", "fine"}
FILLERS = ("film", "book", "the", "a", "is", "was", "very", "not", "bad", "films", "books")
SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=5e-3, max_length=16)
TAGGING = Task("token-classification", ("O", "B-X"))
ANSWERING = Task("question-answering")


def sentences(count, seed, longest=12):
    """Words among which some are to be found."""
    random = np.random.default_rng(seed)
    vocabulary = [*FILLERS, *sorted(FOUND)]
    return [list(random.choice(vocabulary, random.integers(3, longest))) for _ in range(count)]


def texts(count, seed, labels):
    return [TextExample(" ".join(words), None, labels(words)) for words in sentences(count, seed)]


def tagged(words, until=None):
    """Nothing counts as found from some word on, which no model can know."""
    words = tuple(map(str, words))
    return TaggedExample(
        words,
        tuple("B-X" if word in FOUND and index < (until or len(words)) else "O" for index, word in enumerate(words)),
    )


def question(index, words, ending=""):
    """What is asked for is the one word to be found; with an ending, the answer is half of a word."""
    others = [word for word in words if word not in FOUND]
    answer = "good" if index % 4 else None
    if answer:
        others.insert(index % (len(others) + 1), answer + ending)
    context = " ".join(others)
    answers = (Answer(answer, context.index(answer)),) if answer else ()
    return QuestionExample(str(index), "what is", context, answers, is_impossible=answer is None)


CASES = {
    "single-label": (
        Task("sequence-classification", ("bad", "good")),
        lambda count, seed: texts(count, seed, lambda words: "good" if FOUND & set(words) else "bad"),
    ),
    "multi-label": (
        Task("sequence-classification", ("film", "book", "bad"), "multi-label"),
        lambda count, seed: texts(
            count, seed, lambda words: tuple(name for name in ("film", "book", "bad") if name in words)
        ),
    ),
    "regression": (
        Task("sequence-classification", (), "regression"),
        lambda count, seed: texts(count, seed, lambda words: float(sum(word in FOUND for word in words))),
    ),
    # Of the last sentences, most words are beyond the length of a row, and a model that learns says wrong ones there.
    "tag": (
        TAGGING,
        lambda count, seed: [
            tagged(words, until=14) for words in [*sentences(count - 4, seed), *sentences(4, seed, 60)]
        ],
    ),
    "answer": (
        ANSWERING,
        lambda count, seed: [
            question(index, words, "s" if index % 8 == 1 else "")
            for index, words in enumerate([*sentences(count - 4, seed), *sentences(4, seed, 60)])
        ],
    ),
}


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


@pytest.mark.parametrize("name", ["tag", "answer"])  # classification: see test_finetune.py
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


def pretend(tokenizer, task, function, seq_length=16):
    """A model whose network is a function of `input_ids`, to arrays."""
    classes = {
        "sequence-classification": modeling.TinyBertForSequenceClassification,
        "token-classification": modeling.TinyBertForTokenClassification,
        "question-answering": modeling.TinyBertForQuestionAnswering,
    }

    def call(*inputs):
        outputs = function(inputs[0])
        if isinstance(outputs, tuple):
            return tuple(mock.Mock(asnumpy=lambda value=value: value) for value in outputs)
        return mock.Mock(asnumpy=lambda: outputs)

    network = mock.Mock(spec=classes[task.kind], side_effect=call)
    network.config = TinyBertConfig(vocab_size=tokenizer.vocab_size, seq_length=seq_length)
    network.labels, network.training = (), False
    network.num_labels = 2 if task.kind == "question-answering" else len(task.labels) or 1
    return TaskModel(network, tokenizer, task)


@pytest.fixture
def finder(tokenizer):
    """A tagger that finds all that is to be found."""
    ids = tokenizer([sorted(FOUND)], is_split_into_words=True).input_ids[0, 1:-1]

    def logits(input_ids):
        found = np.isin(input_ids, ids).astype(np.float32)
        return np.stack([0.5 - found, found - 0.5], axis=-1)

    return pretend(tokenizer, TAGGING, logits)


@pytest.fixture
def answerer(tokenizer):
    """Answers with the piece `good`; where there is none, with nothing."""
    good = tokenizer.vocabulary.tokens.index("good")

    def logits(input_ids):
        found = np.where(input_ids == good, 5.0, -5.0).astype(np.float32)
        found[:, 0] = 0.0
        return found, found

    return pretend(tokenizer, ANSWERING, logits)


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


@dataclasses.dataclass(frozen=True)
class Threads(World):
    """Processes that are threads of this one."""

    size: int = 2
    values: dict = dataclasses.field(default_factory=dict)
    barrier: threading.Barrier = None

    def gather(self, value):
        self.values[self.rank] = json.dumps(value)
        self.barrier.wait(30)
        return [json.loads(self.values[rank]) for rank in range(self.size)]


def in_processes(size, function):
    values, barrier, results = {}, threading.Barrier(size), [None] * size

    def run(rank):
        results[rank] = function(Threads(rank, size, values, barrier))

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results, values


@pytest.mark.parametrize("size", [2, 3])
def test_processes_share_the_examples_and_each_has_all_metrics(size, finder, answerer):
    sets = [(finder, CASES["tag"][1](19, 3)), (answerer, CASES["answer"][1](19, 3))]
    for model, examples in sets:
        alone = predictions(model, examples)
        results, values = in_processes(size, lambda world, m=model, e=examples: predictions(m, e, world=world))
        assert results == [alone] * size
        assert sorted(len(json.loads(value)) for value in values.values())[-1] <= len(examples) // size + 1
        assert sum(len(json.loads(value)) for value in values.values()) == len(examples)
        results, _ = in_processes(size, lambda world, m=model, e=examples: evaluate(m, e, world=world))
        assert results == [score(model, examples, alone)] * size


def test_each_process_does_all_where_there_are_too_few(finder):
    results, values = in_processes(3, lambda world: predictions(finder, [tagged(["good", "film"])] * 2, world=world))
    assert results == [[["B-X", "O"]] * 2] * 3
    assert not values


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
