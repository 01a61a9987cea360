"""Rows of token ids give the same features as the texts (training/token_id_features.py)."""

import numpy as np
import pytest

from tinybert.data import TextExample
from tinybert.data.examples import TokenizedExample
from tinybert.errors import InputError
from tinybert.task import Task
from tinybert.training.features import IGNORED
from tinybert.training.learning import featurize


def test_classes_and_scores(tokenizer, train):
    task = Task("sequence-classification", ("bad", "good"))
    wanted = featurize(train[:8], task, tokenizer, 16)
    made = [
        TokenizedExample(ids[:length], segments[:length], int(label))
        for ids, segments, length, label in zip(
            wanted.encoding.input_ids, wanted.encoding.segment_ids, wanted.lengths, wanted.labels, strict=True
        )
    ]
    found = featurize(made, task, tokenizer, 16)
    for one, other in zip(found.batch([3, 0]), wanted.batch([3, 0]), strict=True):
        np.testing.assert_array_equal(one, other)
    assert isinstance(train[0], TextExample)
    with pytest.raises(InputError, match="the row: the label is 1; the model has 1"):
        featurize([TokenizedExample(made[0].input_ids, made[0].segment_ids, 1)], Task(task.kind, ("a",)), tokenizer, 16)


def test_tokens_and_answers(tokenizer):
    ids, segments = np.array([2, 5, 6, 3], np.int32), np.zeros(4, np.int32)
    tags = [TokenizedExample(ids, segments, np.array([1, 1, -1, 1], np.int32))]
    features = featurize(tags, Task("token-classification", ("a", "b")), tokenizer, 16)
    assert features.per_token
    assert features.labels.tolist() == [[IGNORED, 1, IGNORED, IGNORED]]
    answers = [TokenizedExample(ids, segments, (1, 2)), TokenizedExample(ids, segments, (0, 0))]
    assert featurize(answers, Task("question-answering"), tokenizer, 16).labels.tolist() == [[1, 2], [0, 0]]
