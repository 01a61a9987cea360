"""Classification of texts and pairs of texts: one label, several labels, or a number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, overload

import numpy as np

from ..arguments import check_integer
from ..errors import InputError
from ..task import SEQUENCE_CLASSIFICATION
from ..text import Encoding
from .batching import joined
from .checks import check_text_or_pair
from .pipeline import BATCH_SIZE, OnError, Options, Pipeline
from .results import Classification, MultiLabel, Regression
from .stream import run
from .text_task import TextTask

if TYPE_CHECKING:
    from typing_extensions import Unpack

Array = np.ndarray
Item = tuple[str, str | None]
TextOrPair = str | tuple[str, str]
ClassifierResult = Classification | MultiLabel | Regression


class ClassifyOptions(TypedDict, total=False):
    """The options of `Classifier.__call__`, for type checkers."""

    threshold: float
    max_length: int | None
    batch_size: int
    progress: bool | None


class Classifier(TextTask):
    """Classifier of texts and pairs of texts.

    The kind of result depends on the model: one label per text, any number of labels, or a number.

    Args:
        model: The model; `from_pretrained` loads one.

    Raises:
        InputError: The model has no head for classification; the message says what to do.

    Example:
        >>> classifier = Classifier.from_pretrained("reviews")  # a folder written by fine-tuning
        >>> classifier("A joy from start to finish.").label
        'positive'
        >>> [result.label for result in classifier([("It snows.", "It is cold."), ("It snows.", "It is hot.")])]
        ['entailment', 'contradiction']
    """

    kind = SEQUENCE_CLASSIFICATION.name

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of the model's outputs; "0", "1" and so on if they have no names."""
        return self.model.labels

    # A string is also a collection of strings, but this overload comes first.
    @overload
    def __call__(self, texts: TextOrPair, **options: Unpack[ClassifyOptions]) -> ClassifierResult: ...  # type: ignore[overload-overlap]

    @overload
    def __call__(
        self, texts: Iterator[TextOrPair], **options: Unpack[ClassifyOptions]
    ) -> Iterator[ClassifierResult]: ...

    @overload
    def __call__(self, texts: Collection[TextOrPair], **options: Unpack[ClassifyOptions]) -> list[ClassifierResult]: ...

    @overload
    def __call__(
        self,
        texts: TextOrPair | Iterable[TextOrPair],
        *,
        top_k: int = 1,
        on_error: OnError = "raise",
        **options: Unpack[ClassifyOptions],
    ) -> Any: ...

    def __call__(
        self,
        texts: Any,
        *,
        top_k: int = 1,
        threshold: float = 0.5,
        max_length: int | None = None,
        batch_size: int = BATCH_SIZE,
        on_error: OnError = "raise",
        progress: bool | None = None,
    ) -> Any:
        """Classify one text or pair, many, or a stream of them.

        Args:
            texts: A string, or a pair as a tuple of two strings; or a list or iterator of these. A list of two strings
                means two texts.
            top_k: Number of labels to return for each text.
            threshold: For multi-label models, the probability above which a label applies.
            max_length: Maximum tokens per row, including [CLS] and [SEP]. Longer texts are truncated; in a pair, the
                longer text first. By default the model's `seq_length`; capped at its number of positions.
            batch_size: Maximum number of rows per forward pass.
            on_error: "raise" raises an error that names the bad text; "return" returns the error in place of the
                result.
            progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.

        Returns:
            For one text a `Classification`, `MultiLabel` or `Regression`; or, with `top_k` above 1, a list of up to
            `top_k` `Classification` objects, most probable first. For a list, a list of these; for an iterator, an
            iterator in constant memory.

        Raises:
            InputError: A text is not a string or cannot be encoded as UTF-8, or an argument is invalid.
        """
        check_threshold(threshold)
        check_integer(top_k, "top_k", 1)
        problem = self.model.task.problem
        if top_k > 1 and problem == "regression":
            raise InputError(f"{self.model.source} predicts a number, which has no labels to choose from.")
        one_pair = isinstance(texts, tuple) and any(isinstance(item, str) for item in texts)
        pipeline = _ClassifyPipeline(self.model, threshold, self.model.row_length(max_length), top_k)
        return run(pipeline, texts, Options(batch_size, on_error, progress), single=isinstance(texts, str) or one_pair)


@dataclass(frozen=True)
class _ClassifyPipeline(Pipeline):
    threshold: float
    max_length: int
    top_k: int

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
        return outputs.copy()

    def finish(self, items: list[Item], encoding: Encoding, rows: list[Any]) -> list[Any]:
        problem, labels = self.model.task.problem or "", self.model.labels
        values = _VALUES[problem](np.array(rows)).tolist()
        if self.top_k > 1:
            return [_best(labels, row, self.top_k) for row in values]
        return results_of(problem, labels, values, self.threshold)


def check_threshold(threshold: Any) -> None:
    """Raise InputError unless a threshold is a number from 0 to 1."""
    if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise InputError(f"threshold is {threshold!r}; it must be a number from 0 to 1.")


def results_of(
    problem: str, labels: tuple[str, ...], values: list[list[float]], threshold: float
) -> list[ClassifierResult]:
    """Return the results of texts from their values.

    Args:
        problem: One of `tinybert.task.PROBLEMS`.
        labels: Names of the C labels.
        values: For each text, the probability of each label; or the number of a regression.
        threshold: For several labels a text, the probability above which a label applies.
    """
    return [_RESULTS[problem](labels, row, threshold) for row in values]


def _best(labels: tuple[str, ...], row: list[float], count: int) -> list[Classification]:
    probabilities = dict(zip(labels, row, strict=True))
    order = sorted(range(len(row)), key=lambda index: -row[index])  # ties keep the model's order
    return [Classification(labels[index], row[index], probabilities) for index in order[:count]]


def _single_label(labels: tuple[str, ...], row: list[float], threshold: float) -> Classification:
    del threshold
    return _best(labels, row, 1)[0]


def _multi_label(labels: tuple[str, ...], row: list[float], threshold: float) -> MultiLabel:
    found = tuple(label for label, value in zip(labels, row, strict=True) if value > threshold)
    return MultiLabel(found, dict(zip(labels, row, strict=True)))


def _regression(labels: tuple[str, ...], row: list[float], threshold: float) -> Regression:
    del labels, threshold
    return Regression(row[0])


def softmax(logits: Array) -> Array:
    """Return the softmax of logits over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def sigmoid(logits: Array) -> Array:
    """Return the elementwise sigmoid of logits."""
    return 0.5 * (1 + np.tanh(0.5 * logits))


_VALUES: dict[str, Callable[[Array], Array]] = {
    "single-label": softmax,
    "multi-label": sigmoid,
    "regression": np.asarray,
}
"""For each problem, the function that turns logits into the values of a result."""
_RESULTS: dict[str, Callable[..., ClassifierResult]] = {
    "single-label": _single_label,
    "multi-label": _multi_label,
    "regression": _regression,
}
"""For each problem, the function that builds a result."""
