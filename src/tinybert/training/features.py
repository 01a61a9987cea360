"""From examples to arrays: token ids with the labels of their task."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..checkpoint.task import Task
from ..data import QuestionExample, TaggedExample, TextExample
from ..errors import InputError
from ..tasks.question_rows import QuestionRows
from ..text import BertTokenizer, Encoding
from .labels import Examples, check_kind, label_ids, label_sets, numbers, word_label_ids
from .pairs import are_matches, as_cosines, scores_of, text_ids

IGNORED = -100
"""The label of tokens that are not trained on: special ones, padding, and all of a word but its first."""


@dataclasses.dataclass(frozen=True, eq=False)
class Features:
    """Tokenized examples with labels, N rows.

    Attributes:
        encoding: The rows.
        labels: (N,) int32 for one label a text; (N, C) float32 for several; (N,) float32 for a score; (N, T) int32 for
            tokens; (N, 2) int32 for the first and last token of an answer.
        per_token: Whether each token has a label of its own.
    """

    encoding: Encoding
    labels: np.ndarray
    per_token: bool = False

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> np.ndarray:
        """(N,) int32, tokens of each row."""
        return self.encoding.lengths

    def batch(self, rows: Sequence[int] | np.ndarray, pad_to_multiple_of: int = 1) -> tuple[np.ndarray, ...]:
        """The network's three inputs and the labels of some rows, padded to the longest of them."""
        part = self.encoding.take(rows, pad_to_multiple_of=pad_to_multiple_of)
        labels = self.labels[np.asarray(rows)]
        if self.per_token:
            labels = labels[:, : part.input_ids.shape[1]]
        return (*part.inputs, labels)


class PairFeatures(Features):
    """Tokenized pairs, whose texts go through the network as rows of their own: of N pairs 2N rows.

    Attributes:
        encoding: All first texts, then all second ones.
        labels: (N,) float32, how alike the texts of a pair are, -1 to 1; of matches (N, 2) int32, which first texts and
            which second texts are the same.
    """

    @property
    def lengths(self) -> np.ndarray:
        """(N,) int32, tokens of the longer text of each pair: what a batch is padded to."""
        return self.encoding.lengths.reshape(2, -1).max(axis=0)

    def batch(self, rows: Sequence[int] | np.ndarray, pad_to_multiple_of: int = 1) -> tuple[np.ndarray, ...]:
        """The network's three inputs, all first texts before all second ones, and the labels of some pairs."""
        first = np.asarray(rows)
        part = self.encoding.take(np.concatenate([first, first + len(self)]), pad_to_multiple_of=pad_to_multiple_of)
        return (*part.inputs, self.labels[first])


def featurize(examples: Examples, task: Task, tokenizer: BertTokenizer, max_length: int) -> Features:
    """Tokenizes labelled examples.

    Args:
        examples: All of the kind that the task needs.
        task: Tells the labels and their order.
        tokenizer: The model's.
        max_length: Tokens to which a row is cut; questions get further rows for what does not fit.

    Raises:
        InputError: An example has no label, or one that the task does not have; names its index.
    """
    check_kind(examples, task.kind)
    makers: dict[str, Any] = {
        "encoder": _pair_features,
        "sequence-classification": _sequence_features,
        "token-classification": _token_features,
        "question-answering": _answer_features,
    }
    return makers[task.kind](examples, task, tokenizer, max_length)


def _pair_features(examples: Sequence[TextExample], task: Task, tokenizer: BertTokenizer, max_length: int) -> Features:
    del task
    texts = [example.text for example in examples] + [example.pair or "" for example in examples]
    labels = text_ids(examples) if are_matches(examples) else as_cosines(scores_of(examples))
    return PairFeatures(tokenizer(texts, max_length=max_length), labels)


def _sequence_features(
    examples: Sequence[TextExample], task: Task, tokenizer: BertTokenizer, max_length: int
) -> Features:
    texts = [example.text for example in examples]
    pairs = [example.pair for example in examples if example.pair is not None]
    if pairs and len(pairs) != len(examples):
        raise InputError(f"of {len(examples)} examples, {len(pairs)} are pairs: either all texts come in pairs or none")
    encoding = tokenizer(texts, pairs or None, max_length=max_length)
    labels = [example.label for example in examples]
    if task.problem == "regression":
        return Features(encoding, numbers(labels).astype(np.float32))
    if task.problem == "multi-label":
        return Features(encoding, label_sets(labels, task.labels))
    return Features(encoding, label_ids(labels, task.labels))


def _token_features(
    examples: Sequence[TaggedExample], task: Task, tokenizer: BertTokenizer, max_length: int
) -> Features:
    encoding = tokenizer([list(example.words) for example in examples], max_length=max_length, is_split_into_words=True)
    word_ids = encoding.word_ids
    assert word_ids is not None
    labels = np.full(word_ids.shape, IGNORED, np.int32)
    # The first piece of each word carries its label, as in Devlin et al. 2018, section 5.3.
    first = (word_ids >= 0) & (word_ids != np.roll(word_ids, 1, axis=1))
    for row, ids in enumerate(word_label_ids(examples, task.labels)):
        labels[row, first[row]] = ids[word_ids[row, first[row]]]
    return Features(encoding, labels, per_token=True)


def _answer_features(
    examples: Sequence[QuestionExample], task: Task, tokenizer: BertTokenizer, max_length: int
) -> Features:
    del task
    encoding = QuestionRows(tokenizer, max_length).encode(
        [example.question for example in examples], [example.context for example in examples]
    )
    assert encoding.overflow_to_sample is not None
    assert encoding.offsets is not None
    labels = np.zeros((len(encoding), 2), np.int32)
    in_context = encoding.sequence_ids == 1
    for row, sample in enumerate(encoding.overflow_to_sample):
        example = examples[sample]
        if example.is_impossible or not example.answers:
            continue
        answer = example.answers[0]
        starts, ends = encoding.offsets[row, :, 0], encoding.offsets[row, :, 1]
        end = answer.start + len(answer.text)
        first = np.flatnonzero(in_context[row] & (starts <= answer.start) & (answer.start < ends))
        last = np.flatnonzero(in_context[row] & (starts < end) & (end <= ends))
        # A window that does not hold the whole answer has none.
        if len(first) and len(last):
            labels[row] = first[0], last[-1]
    return Features(encoding, labels)
