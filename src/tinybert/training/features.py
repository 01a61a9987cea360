"""Conversion of examples of each kind of task to arrays: token ids with labels."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence

import numpy as np

from ..data import QuestionExample, TaggedExample, TextExample
from ..data.examples import negatives_of, place_of
from ..errors import InputError
from ..evaluation.labels import label_ids, label_sets, numbers, word_label_ids
from ..evaluation.pairs import are_matches, as_cosines, check_pairs_to_learn, form_of, scores_of, text_ids
from ..task import Task
from ..tasks.question_rows import QuestionRows
from ..text import BertTokenizer, Encoding
from .class_weights import BALANCED
from .digests import digest_of

IGNORED = -100
"""The label of tokens that are ignored in training: special tokens, padding, and all but the first piece of a word."""


@dataclasses.dataclass(frozen=True, eq=False)
class Features:
    """Tokenized examples with labels, N rows.

    Attributes:
        encoding: The rows.
        labels: (N,) int32 for one label per text; (N, C) float32 for several; (N,) float32 for a score; (N, T) int32
            for tokens; (N, 2) int32 for the first and last token of an answer.
        per_token: Whether each token has its own label.
        class_weights: (C,) float32, the weight of each class in the loss; None for 1 each.
    """

    encoding: Encoding
    labels: np.ndarray
    per_token: bool = False
    class_weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> np.ndarray:
        """(N,) int32, the number of tokens in each row."""
        return self.encoding.lengths

    @property
    def digest(self) -> str:
        """Equal for equal rows and labels only."""
        return digest_of((*self.encoding.inputs, self.labels))

    def batch(self, rows: Sequence[int] | np.ndarray, pad_to_multiple_of: int = 1) -> tuple[np.ndarray, ...]:
        """Return the network's three inputs and the labels for some rows, padded to the longest of them."""
        part = self.encoding.take(rows, pad_to_multiple_of=pad_to_multiple_of)
        labels = self.labels[np.asarray(rows)]
        if self.per_token:
            labels = labels[:, : part.input_ids.shape[1]]
        return (*part.inputs, labels)

    @property
    def counts_rows(self) -> bool:
        """Whether each row has weight 1, so that the weight of a batch is its size."""
        return self.class_weights is None and not self.per_token

    def amount(self, labels: np.ndarray) -> float:
        """Return the weight of a batch: its number of labelled rows or tokens, or the sum of their class weights."""
        if self.counts_rows:
            return float(len(labels))
        counted = labels[labels >= 0]
        return float(len(counted) if self.class_weights is None else self.class_weights[counted].sum(dtype=np.float64))


@dataclasses.dataclass(frozen=True, eq=False)
class PairFeatures(Features):
    """Tokenized pairs, or pairs with negatives, whose texts are encoded separately: N of K texts give K N rows.

    Attributes:
        encoding: The rows of all first texts, then of all second texts, then of all first negatives, ...
        labels: (N,) float32, the similarity of each pair, -1 to 1; without scores, (N, K) int32, the numbers of the
            texts, as `tinybert.evaluation.pairs.text_ids` returns them.
        form: The form of the pairs, as `tinybert.evaluation.pairs.form_of` returns it.
    """

    form: str = "scores"

    @property
    def texts(self) -> int:
        """Number of texts in each row of data (K)."""
        return len(self.encoding) // len(self)

    @property
    def lengths(self) -> np.ndarray:
        """(N,) int32, the number of tokens of the longest text in each row of data, which determines the padding."""
        return self.encoding.lengths.reshape(self.texts, -1).max(axis=0)

    def batch(self, rows: Sequence[int] | np.ndarray, pad_to_multiple_of: int = 1) -> tuple[np.ndarray, ...]:
        """Return the network's three inputs, in the order of the encoding, and the labels for some rows of data."""
        first = np.asarray(rows)
        texts = np.concatenate([first + len(self) * text for text in range(self.texts)])
        part = self.encoding.take(texts, pad_to_multiple_of=pad_to_multiple_of)
        return (*part.inputs, self.labels[first])


def weighted(features: Features, task: Task, weights: str | None) -> Features:
    """Return the rows with class weights for the loss; classes that are not named have weight 1.

    `balanced` gives a class with n of N labels the weight N / (C n), as in King and Zeng 2001 and scikit-learn.

    Args:
        features: The rows.
        task: The task, which defines the labels.
        weights: Class weights as returned by `as_text`; None returns the rows unchanged.
    """
    if weights is None:
        return features
    values = np.ones(len(task.labels), np.float32)
    if weights == BALANCED:
        counts = np.bincount(features.labels[features.labels >= 0].ravel(), minlength=len(values))
        values[counts > 0] = counts.sum() / (np.count_nonzero(counts) * counts[counts > 0])
    else:
        for label, weight in json.loads(weights).items():
            values[task.labels.index(label)] = weight
    return dataclasses.replace(features, class_weights=values)


def pair_features(examples: Sequence[TextExample], task: Task, tokenizer: BertTokenizer, max_length: int) -> Features:
    """Encode the texts of each pair and its negatives, labelled with their score or text numbers."""
    del task
    check_pairs_to_learn(examples)
    columns = zip(*((example.text, example.pair or "", *negatives_of(example)) for example in examples), strict=True)
    texts = [text for column in columns for text in column]
    labels = text_ids(examples) if are_matches(examples) else as_cosines(scores_of(examples))
    return PairFeatures(tokenizer(texts, max_length=max_length), labels, form=form_of(examples))


def sequence_features(
    examples: Sequence[TextExample], task: Task, tokenizer: BertTokenizer, max_length: int
) -> Features:
    """Encode texts, or pairs of texts in one row, labelled with one label, several labels or a number."""
    texts = [example.text for example in examples]
    pairs = [example.pair for example in examples if example.pair is not None]
    if pairs and len(pairs) != len(examples):
        first = next(row for row, example in enumerate(examples) if example.pair is None)
        raise InputError(
            f"{place_of(examples, first)} is one text, but others are pairs: give all texts as pairs, or none"
        )
    encoding = tokenizer(texts, pairs or None, max_length=max_length)
    values = [example.label for example in examples]
    return Features(encoding, _LABELS[str(task.problem)](values, task.labels, examples))


_LABELS: dict[str, Callable[..., np.ndarray]] = {
    "single-label": label_ids,
    "multi-label": label_sets,
    "regression": lambda *given: numbers(*given).astype(np.float32),
}
"""Conversion of labels to arrays for each problem."""


def token_features(
    examples: Sequence[TaggedExample], task: Task, tokenizer: BertTokenizer, max_length: int
) -> Features:
    """Encode sentences of words, truncated to one row each, with a label at the first piece of each word."""
    encoding = tokenizer([list(example.words) for example in examples], max_length=max_length, is_split_into_words=True)
    word_ids = encoding.word_ids
    assert word_ids is not None
    labels = np.full(word_ids.shape, IGNORED, np.int32)
    # The first piece of each word carries its label, as in Devlin et al. 2018, section 5.3.
    first = (word_ids >= 0) & (word_ids != np.roll(word_ids, 1, axis=1))
    for row, ids in enumerate(word_label_ids(examples, task.labels)):
        labels[row, first[row]] = ids[word_ids[row, first[row]]]
    return Features(encoding, labels, per_token=True)


def answer_features(
    examples: Sequence[QuestionExample], task: Task, tokenizer: BertTokenizer, max_length: int
) -> Features:
    """Encode questions and contexts as windows, labelled with the first and last token of the answer."""
    del task
    encoding = QuestionRows(tokenizer, max_length).encode(
        [example.question for example in examples], [example.context for example in examples]
    )
    assert encoding.overflow_to_sample is not None
    assert encoding.offsets is not None
    inside = [_overlap(encoding, row, examples[sample]) for row, sample in enumerate(encoding.overflow_to_sample)]
    whole: dict[int, tuple[int, int]] = {}
    for row, (sample, tokens) in enumerate(zip(encoding.overflow_to_sample, inside, strict=True)):
        if len(tokens):
            start, end = _ends(encoding, row, tokens)
            known = whole.get(sample, (start, end))
            whole[sample] = min(start, known[0]), max(end, known[1])
    labels = np.zeros((len(encoding), 2), np.int32)
    for row, (sample, tokens) in enumerate(zip(encoding.overflow_to_sample, inside, strict=True)):
        # A window that does not contain the whole answer is labelled as having none.
        if len(tokens) and _ends(encoding, row, tokens) == whole[sample]:
            labels[row] = tokens[0], tokens[-1]
    return Features(encoding, labels)


def _ends(encoding: Encoding, row: int, tokens: np.ndarray) -> tuple[int, int]:
    assert encoding.offsets is not None
    return int(encoding.offsets[row, tokens[0], 0]), int(encoding.offsets[row, tokens[-1], 1])


def _overlap(encoding: Encoding, row: int, example: QuestionExample) -> np.ndarray:
    """Return the indices of the context tokens that overlap the answer; characters without a token do not matter."""
    if example.is_impossible or not example.answers:
        return np.zeros(0, np.intp)
    assert encoding.offsets is not None
    answer = example.answers[0]
    starts, ends = encoding.offsets[row, :, 0], encoding.offsets[row, :, 1]
    shared = np.minimum(ends, answer.start + len(answer.text)) > np.maximum(starts, answer.start)
    return np.flatnonzero((encoding.sequence_ids[row] == 1) & shared)
