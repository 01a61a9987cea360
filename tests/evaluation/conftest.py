"""Fixtures of the evaluation tests: models that are plain functions, so that MindSpore is not needed."""

import numpy as np
import pytest
from reviews import VOCABULARY
from to_find import HIDDEN_SIZE, make_answerer, make_finder, pretend

from tinybert.runtime.base import EncoderOutputs
from tinybert.task import Task
from tinybert.text import BertTokenizer


@pytest.fixture(scope="session")
def tokenizer():
    return BertTokenizer(VOCABULARY)


@pytest.fixture
def finder(tokenizer):
    return make_finder(tokenizer)


@pytest.fixture
def answerer(tokenizer):
    return make_answerer(tokenizer)


@pytest.fixture
def classifier(tokenizer):
    """A function that makes a model for a text task whose predictions vary."""

    def classifier(task):
        table = np.random.RandomState(5).normal(size=(tokenizer.vocab_size, task.num_outputs)).astype(np.float32)
        return pretend(tokenizer, task, lambda input_ids: table[input_ids].mean(axis=1))

    return classifier


@pytest.fixture
def encoder(tokenizer):
    """A model whose vectors depend only on the tokens, not on their context."""
    table = np.random.RandomState(6).normal(size=(tokenizer.vocab_size, HIDDEN_SIZE)).astype(np.float32)
    return pretend(tokenizer, Task(), lambda input_ids: EncoderOutputs(table[input_ids], None))
