"""Classifies: a text, or a pair of texts, to its label, its labels or a number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ConfigError, InputError
from ..text import Encoding
from .batching import joined
from .inputs import check_text_or_pair
from .job import BATCH_SIZE, Job, OnError, Options
from .model import TaskModel
from .results import Classification, MultiLabel, Regression
from .stream import run
from .text_task import TextTask

Array = np.ndarray
Item = tuple[str, str | None]
Result = Classification | MultiLabel | Regression


class Classifier(TextTask):
    """Says what a text, or a pair of texts, is.

    What comes out follows from what the model was trained for: one label a text, any number of labels, or a number.

    Args:
        model: The model; `from_pretrained` loads one.

    Raises:
        InputError: The model has no head for classification; says what to do.

    Example:
        >>> classifier = Classifier.from_pretrained("reviews")  # a folder that a fine-tuning wrote
        >>> classifier("A joy from start to finish.").label
        'positive'
        >>> [result.label for result in classifier([("It snows.", "It is cold."), ("It snows.", "It is hot.")])]
        ['entailment', 'contradiction']
    """

    kind = "sequence-classification"

    def __init__(self, model: TaskModel) -> None:
        super().__init__(model)
        if model.task.problem == "regression" and model.num_labels != 1:
            raise ConfigError(f"{model.source} has {model.num_labels} outputs; a regression has 1")

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of the model's outputs; "0", "1" and so on where they have no names."""
        return self.model.labels

    def __call__(
        self,
        texts: Any,
        *,
        threshold: float = 0.5,
        max_length: int | None = None,
        batch_size: int = BATCH_SIZE,
        on_error: OnError = "raise",
        progress: bool | None = None,
    ) -> Any:
        """Classifies one text or pair, many, or a stream of them.

        Args:
            texts: A string, or a pair as a tuple of two strings; a list of them; or an iterator over them. A list of
                two strings is two texts.
            threshold: Where a text may have any number of labels: the probability above which it has one.
            max_length: Tokens after which a text is cut, [CLS] and [SEP] included, of a pair the longer text first: by
                default `seq_length` of the model's configuration, at most its positions.
            batch_size: The most rows that go through the network at once.
            on_error: `raise` an error that names a bad text, or `return` it in the place of its result.
            progress: Whether a progress bar is shown on stderr: None shows it for long work on a terminal.

        Returns:
            A `Classification`, `MultiLabel` or `Regression` for one text; a list of them for a list; an iterator for an
            iterator, with flat memory.

        Raises:
            InputError: A text is no string or cannot be encoded, or an argument is not allowed.
        """
        if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
            raise InputError(f"threshold is {threshold!r}; it must be a number from 0 to 1.")
        one_pair = isinstance(texts, tuple) and any(isinstance(item, str) for item in texts)
        job = _ClassifyJob(self.model, threshold, self.model.row_length(max_length))
        return run(job, texts, Options(batch_size, on_error, progress), single=isinstance(texts, str) or one_pair)


@dataclass(frozen=True)
class _ClassifyJob(Job):
    threshold: float
    max_length: int

    def check(self, item: Any, name: str) -> Item:
        return check_text_or_pair(item, name)

    def characters(self, item: Item) -> int:
        return len(item[0]) + len(item[1] or "")

    def encode(self, items: list[Item]) -> Encoding:
        paired = np.array([pair is not None for _, pair in items])
        if paired.all() or not paired.any():
            return self._encode_alike(items)
        alone, in_pairs = np.flatnonzero(~paired), np.flatnonzero(paired)
        first, second = (self._encode_alike([items[index] for index in kind]) for kind in (alone, in_pairs))
        return joined(first, second, np.argsort(np.concatenate([alone, in_pairs])))

    def _encode_alike(self, items: list[Item]) -> Encoding:
        texts = [text for text, _ in items]
        pairs = [pair for _, pair in items if pair is not None]
        return self.model.tokenizer(texts, pairs or None, max_length=self.max_length)

    def reduce(self, outputs: Any, batch: Encoding) -> Iterable[Array]:
        return outputs.asnumpy().copy()

    def finish(self, items: list[Item], encoding: Encoding, rows: list[Any]) -> list[Result]:
        logits = np.array(rows)
        problem, labels = self.model.task.problem, self.model.labels
        if problem == "regression":
            return [Regression(score) for score in logits[:, 0].tolist()]
        if problem == "multi-label":
            probabilities = sigmoid(logits)
            return [self._several(labels, row) for row in probabilities.tolist()]
        probabilities = softmax(logits)
        best = probabilities.argmax(axis=1).tolist()
        return [
            Classification(labels[index], row[index], dict(zip(labels, row, strict=True)))
            for index, row in zip(best, probabilities.tolist(), strict=True)
        ]

    def _several(self, labels: tuple[str, ...], row: list[float]) -> MultiLabel:
        found = tuple(label for label, value in zip(labels, row, strict=True) if value > self.threshold)
        return MultiLabel(found, dict(zip(labels, row, strict=True)))


def softmax(logits: Array) -> Array:
    """Probabilities over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def sigmoid(logits: Array) -> Array:
    """Probabilities, each for itself."""
    return 0.5 * (1 + np.tanh(0.5 * logits))
