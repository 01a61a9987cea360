"""Examples become the rows that the task objects make of them, with labels."""

import numpy as np
from to_find import ANSWERING, make_answerer

from tinybert.data import QuestionExample, TextExample
from tinybert.evaluation import predictions
from tinybert.task import Task
from tinybert.training import featurize


def test_training_sees_the_rows_that_the_answerer_sees(tokenizer):
    """The same windows with the same overlap, and as much of a long question."""
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
