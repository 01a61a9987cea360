"""What can be learned from examples, for each kind of task; if nothing, an error comes before any file is written."""

import dataclasses

import pytest

from tinybert.data import QuestionExample, TaggedExample, TextExample, TripletExample
from tinybert.errors import ConfigError, InputError
from tinybert.task import LEARNED, PROBLEMS, Task
from tinybert.training import FineTuning, TrainingSettings, learning
from tinybert.training.learning import LEARNING

SETTINGS = TrainingSettings(batch_size=8, max_length=12)
EMBEDDING = Task("encoder")
PAIR = TextExample("a film", "the film", 1.0)
PAIRS = [PAIR, TextExample("a film", "awful", 0.0)]


def test_each_kind_and_problem_is_learned():
    assert LEARNING.keys() == LEARNED.keys()
    assert learning._PROBLEMS.keys() == set(PROBLEMS)


@pytest.fixture
def refused(tmp_path, make_encoder, tokenizer):
    """A function that checks that a fine-tuning is rejected with a message and leaves nothing behind."""

    def refused(error, message, task, train, dev=None, settings=SETTINGS):
        with pytest.raises(error, match=message):
            FineTuning(make_encoder(), tokenizer, task, train, tmp_path / "model", dev=dev, settings=settings).run()
        assert not (tmp_path / "model").exists()

    return refused


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "there are no examples"),
        ([PAIR, TextExample("a film", None, 2.0)], r"example 1 is one text; .* \(pair='NAME'\)"),
        ([PAIR, TextExample("a film", "a book")], "example 1 has no score, but others have"),
        ([PAIR, TextExample("a film", "a book", "0.5")], r"example 1 has the score '0.5'; it must be a number"),
        ([PAIR, TextExample("a film", "a book", float("nan"))], "example 1 has the score nan"),
        ([PAIR, PAIR], "all 2 pairs have the score 1: nothing can be learned"),
    ],
)
def test_what_cannot_be_learned_is_told_before_anything_is_written(examples, message, refused):
    refused(InputError, message, EMBEDDING, examples)
    if examples:
        refused(InputError, message, EMBEDDING, PAIRS, dev=examples)


TRIPLET = TripletExample("a film", "the film", place="t.csv, line 2", negatives=("awful",))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (TextExample("a film", "a book"), r"example 1 has 0 negatives, but t.csv, line 2 has 1: give all rows as many"),
        (TripletExample("a", "the", negatives=("awful", "poor")), "example 1 has 2 negatives, but t.csv, line 2 has 1"),
        (TripletExample("a", "the", negatives=("the",)), "example 1: a negative is the same text as the positive"),
        (TextExample("a film", "a book", 0.5), "t.csv, line 2 has no score, but others have"),
    ],
)
def test_triplets_all_have_as_many_negatives_none_of_them_the_positive(other, message, refused):
    refused(InputError, message, EMBEDDING, [TRIPLET, other])


def test_a_match_needs_others_in_its_batch(refused):
    matches = [TextExample("a film", "the film"), TextExample("a book", "the book")]
    settings = dataclasses.replace(SETTINGS, batch_size=1)
    message = "batch_size is 1: the loss multiple-negatives compares a row with the others in its batch"
    refused(ConfigError, message, EMBEDDING, matches, settings=settings)


def test_a_pair_with_a_score_needs_none_and_is_not_refused(tmp_path, make_encoder, tokenizer, no_graphs):
    settings = dataclasses.replace(SETTINGS, batch_size=1, epochs=1)
    FineTuning(make_encoder(), tokenizer, EMBEDDING, PAIRS, tmp_path, settings=settings).run()
    assert (tmp_path / "tinybert.ckpt").exists()


@pytest.mark.parametrize(
    ("task", "example"),
    [
        (Task("sequence-classification", ("good",)), TextExample("a film", None, "good")),
        (Task("token-classification", ("O",)), TaggedExample(("a", "film"), ("O", "O"))),
    ],
)
def test_one_label_is_nothing_to_learn(task, example, refused):
    message = f"all labels are '{task.labels[0]}': there is nothing to tell apart"
    refused(ConfigError, message, task, [example] * 4)


def test_a_label_that_was_not_given_is_named_before_there_is_only_one(refused):
    examples = [TextExample("a film", None, "good"), TextExample("a book", None, "bad", "train.csv, line 3")]
    message = "train.csv, line 3 has the label 'bad'; the model's labels are good"
    refused(InputError, message, Task("sequence-classification", ("good",)), examples)


def test_one_label_that_applies_or_not_is_not_refused(tmp_path, make_encoder, tokenizer, no_graphs):
    task = Task("sequence-classification", ("good",), "multi-label")
    examples = [TextExample("a good film", None, ("good",)), TextExample("a film", None, ())]
    settings = dataclasses.replace(SETTINGS, epochs=1)
    FineTuning(make_encoder(), tokenizer, task, examples, tmp_path, settings=settings).run()
    assert (tmp_path / "tinybert.ckpt").exists()


def test_examples_of_another_kind_are_refused(refused):
    asked = QuestionExample("1", "what", "the film")
    for kind in LEARNED:
        if kind != "question-answering":
            message = f"example 0 is a QuestionExample; {kind} needs a T.+Example"
            refused(InputError, message, Task(kind), [asked])
    refused(InputError, "example 0 is a TextExample", Task("question-answering"), [PAIR])
