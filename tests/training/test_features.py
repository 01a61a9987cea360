"""Examples are converted to the same rows as in the task objects, with labels."""

import numpy as np
import pytest
from to_find import ANSWERING, make_answerer

from tinybert.data import AnswerSpan, QuestionExample, TextExample
from tinybert.evaluation import predictions
from tinybert.task import Task
from tinybert.training import featurize


def test_training_sees_the_rows_that_the_answerer_sees(tokenizer):
    """Windows, their overlap and the truncation of long questions are the same as in the task object."""
    answerer = make_answerer(tokenizer)
    examples = [
        QuestionExample(str(count), "what is " * count, "the film was very good " * 3 * count) for count in (1, 2, 5)
    ]
    features = featurize(examples, ANSWERING, tokenizer, 16)
    predictions(answerer, examples)
    seen = [row[row > 0] for input_ids in answerer.runtime.seen for row in input_ids]
    rows = [row[:length] for row, length in zip(features.encoding.input_ids, features.lengths, strict=True)]
    assert len(rows) > 10
    assert sorted(map(tuple, seen)) == sorted(map(tuple, rows))


def test_a_batch_has_both_texts_of_each_pair(tokenizer):
    examples = [
        TextExample("good", "the film is very very good", 1.0),
        TextExample("bad", "poor", 0.0),
        TextExample("a very bad film", "awful", 0.5),
    ]
    features = featurize(examples, Task("encoder"), tokenizer, 12)
    assert features.lengths.tolist() == [8, 3, 6]
    input_ids, input_mask, segment_ids, labels = features.batch([2, 1], pad_to_multiple_of=4)
    assert input_ids.shape == (4, 8)
    texts = ["a very bad film", "bad", "awful", "poor"]
    for row, mask, text in zip(input_ids, input_mask, texts, strict=True):
        np.testing.assert_array_equal(row[mask == 1], tokenizer([text]).input_ids[0])
    assert not segment_ids.any()
    assert labels.tolist() == [0.5, 0.0]


CONTEXT = "the film was  very good caf\u00e9 and a\u200bgood end"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("very good", "very good"),
        (" very good", "very good"),
        ("  very good ", "very good"),
        ("ery goo", "very good"),  # part of a word gives the whole word
        ("very", "very"),
        ("good caf", "good"),
        ("a\u200b", ""),  # of a word that the vocabulary lacks
        ("\u200bgood end", ""),
    ],
)
def test_an_answer_is_the_tokens_that_share_its_characters(tokenizer, text, tokens):
    """An answer is found despite outer blanks, accents and hyphens that are in no token."""
    example = QuestionExample("1", "what", CONTEXT, (AnswerSpan(text, CONTEXT.index(text)),))
    features = featurize([example], ANSWERING, tokenizer, 32)
    (start, end), row = features.labels[0], features.encoding.input_ids[0]
    found = [tokenizer.decode([index]) for index in row[start : end + 1]]
    assert start > 0
    assert " ".join(found).split()[: len(tokens.split())] == tokens.split()


@pytest.mark.parametrize("accent", ["e\u0301", "\u00e9"])
def test_a_combining_accent_belongs_to_its_letter(tokenizer, accent):
    context = f"th{accent} film"
    example = QuestionExample("1", "what", context, (AnswerSpan(context[: 2 + len(accent)], 0),))
    features = featurize([example], ANSWERING, tokenizer, 16)
    assert features.labels[0].tolist()[0] > 0


def test_a_window_that_does_not_hold_the_whole_answer_has_none(tokenizer):
    context = " ".join(["the"] * 30 + ["good"] * 6 + ["the"] * 30)
    start = context.index("good")
    example = QuestionExample("1", "what", context, (AnswerSpan(context[start : context.rindex("good") + 4], start),))
    features = featurize([example], ANSWERING, tokenizer, 16)
    good = tokenizer.token_to_id("good")
    for row, (first, last) in enumerate(features.labels):
        places = np.flatnonzero(features.encoding.input_ids[row] == good)
        assert (first, last) == ((places[0], places[-1]) if len(places) == 6 else (0, 0))
    assert features.labels.any()
