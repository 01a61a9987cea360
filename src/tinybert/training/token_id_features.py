"""Features from rows of token ids in the model zoo's data layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..evaluation.token_id_examples import encoding_of, labelled
from ..task import Task
from ..text import BertTokenizer
from .features import IGNORED, Features


def tokenized_features(examples: Sequence[Any], task: Task, tokenizer: BertTokenizer, max_length: int) -> Features:
    """Build features from rows of token ids, labelled per row, per text token, or with the ends of the answer."""
    encoding = encoding_of(examples, tokenizer.vocab_size, max_length)
    labelled(examples, task, task.labels)  # raises if a label is not one of the task's
    if not isinstance(examples[0].label, np.ndarray):
        dtype = np.float32 if task.problem == "regression" else np.int32
        return Features(encoding, np.array([example.label for example in examples], dtype))
    labels = np.full(encoding.input_ids.shape, IGNORED, np.int32)
    for row, example in enumerate(examples):
        inside = np.flatnonzero(example.counted)
        labels[row, inside] = example.label[inside]
    return Features(encoding, labels, per_token=True)
