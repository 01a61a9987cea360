"""From examples of each kind of task to arrays: token ids with labels."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from ..counting import counted
from ..data import QuestionExample, TaggedExample, TextExample
from ..errors import InputError
from ..evaluation.labels import label_ids, label_sets, numbers, word_label_ids
from ..evaluation.pairs import are_matches, as_cosines, check_pairs, scores_of, text_ids
from ..task import Task
from ..tasks.question_rows import QuestionRows
from ..text import BertTokenizer, Encoding

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

    @property
    def are_matches(self) -> bool:
        """Whether pairs have no scores: each is a match then."""
        return self.labels.ndim == 2

    def batch(self, rows: Sequence[int] | np.ndarray, pad_to_multiple_of: int = 1) -> tuple[np.ndarray, ...]:
        """The network's three inputs, all first texts before all second ones, and the labels of some pairs."""
        first = np.asarray(rows)
        part = self.encoding.take(np.concatenate([first, first + len(self)]), pad_to_multiple_of=pad_to_multiple_of)
        return (*part.inputs, self.labels[first])


def pair_features(examples: Sequence[TextExample], task: Task, tokenizer: BertTokenizer, max_length: int) -> Features:
    """Both texts of each pair, with their score, or which of them are the same."""
    del task
    check_pairs(examples)
    texts = [example.text for example in examples] + [example.pair or "" for example in examples]
    labels = text_ids(examples) if are_matches(examples) else as_cosines(scores_of(examples))
    return PairFeatures(tokenizer(texts, max_length=max_length), labels)


def sequence_features(
    examples: Sequence[TextExample], task: Task, tokenizer: BertTokenizer, max_length: int
) -> Features:
    """Texts, or pairs of texts in one row, with a label, several or a number."""
    texts = [example.text for example in examples]
    pairs = [example.pair for example in examples if example.pair is not None]
    if pairs and len(pairs) != len(examples):
        raise InputError(
            f"of {counted(len(examples), 'example')}, {counted(len(pairs), 'is a pair', 'are pairs')}: either all "
            "texts come in pairs or none"
        )
    encoding = tokenizer(texts, pairs or None, max_length=max_length)
    values = [example.label for example in examples]
    return Features(encoding, _LABELS[str(task.problem)](values, task.labels))


_LABELS: dict[str, Callable[..., np.ndarray]] = {
    "single-label": label_ids,
    "multi-label": label_sets,
    "regression": lambda values, names: numbers(values).astype(np.float32),
}
"""How labels become arrays, by the problem."""


def token_features(
    examples: Sequence[TaggedExample], task: Task, tokenizer: BertTokenizer, max_length: int
) -> Features:
    """Sentences of words, cut to one row each, with a label at the first piece of each word."""
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
    """Windows over questions with their contexts, with the first and last token of the answer."""
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
        # A window that does not hold the whole answer has none.
        if len(tokens) and _ends(encoding, row, tokens) == whole[sample]:
            labels[row] = tokens[0], tokens[-1]
    return Features(encoding, labels)


def _ends(encoding: Encoding, row: int, tokens: np.ndarray) -> tuple[int, int]:
    assert encoding.offsets is not None
    return int(encoding.offsets[row, tokens[0], 0]), int(encoding.offsets[row, tokens[-1], 1])


def _overlap(encoding: Encoding, row: int, example: QuestionExample) -> np.ndarray:
    """Which tokens of a row share characters with the answer: blanks and marks that no token has do not count."""
    if example.is_impossible or not example.answers:
        return np.zeros(0, np.intp)
    assert encoding.offsets is not None
    answer = example.answers[0]
    starts, ends = encoding.offsets[row, :, 0], encoding.offsets[row, :, 1]
    shared = np.minimum(ends, answer.start + len(answer.text)) > np.maximum(starts, answer.start)
    return np.flatnonzero((encoding.sequence_ids[row] == 1) & shared)
