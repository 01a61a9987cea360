"""Tagging: finds names and other labelled spans in texts of any length."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

import numpy as np

from ..arguments import check_choice, check_integer
from ..metrics import are_tags
from ..task import TOKEN_CLASSIFICATION
from ..text import Encoding
from .checks import check_text, check_words
from .classify import softmax
from .model import TaskModel
from .pipeline import BATCH_SIZE, OnError, Options, Pipeline
from .results import Span, Word
from .spans import OUTSIDE, continued, spans_of, words_of
from .stream import run
from .text_task import TextTask
from .windows import continuations, merged, merged_tokens, windows_of
from .words import AGGREGATIONS, WordTable, aggregated, words_of_list, words_of_text

if TYPE_CHECKING:
    from typing_extensions import Unpack

Array = np.ndarray
Aggregation = Literal["first", "average", "max"]


class TagOptions(TypedDict, total=False):
    """The options of `Tagger.__call__`, for type checkers."""

    aggregation: Aggregation
    max_length: int | None
    stride: int | None
    batch_size: int
    progress: bool | None


class Tagger(TextTask):
    """Tagger that labels the words of texts and finds the spans that the labels mark.

    Words are what the tokenizer splits a text into before it cuts words into pieces: at whitespace, and around each
    punctuation mark and Chinese character. `U.S.` is therefore four words, as in the `transformers` pipelines. To
    define words yourself, pass lists of words. Texts longer than the model's rows are processed in overlapping windows;
    nothing is truncated.

    Args:
        model: The model; `from_pretrained` loads one.

    Raises:
        InputError: The model has no head for token classification; the message says what to do.

    Example:
        >>> tagger = Tagger.from_pretrained("names")  # a folder written by fine-tuning
        >>> [(span.type, span.text, span.start) for span in tagger("Ada Lovelace lived in London.")]
        [('PER', 'Ada Lovelace', 0), ('LOC', 'London', 22)]
    """

    kind = TOKEN_CLASSIFICATION.name

    def __init__(self, model: TaskModel) -> None:
        super().__init__(model)
        self._pipeline: type[_TagPipeline] = _Spans
        self._tags = are_tags(model.labels)
        self._continues = continuations(model.tokenizer)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of the model's outputs; "0", "1" and so on if they have no names."""
        return self.model.labels

    # A string is also a collection of strings, but this overload comes first.
    @overload
    def __call__(self, texts: str, **options: Unpack[TagOptions]) -> list[Span]: ...  # type: ignore[overload-overlap]

    @overload
    def __call__(self, texts: Iterator[str], **options: Unpack[TagOptions]) -> Iterator[list[Span]]: ...

    @overload
    def __call__(self, texts: Collection[str], **options: Unpack[TagOptions]) -> list[list[Span]]: ...

    @overload
    def __call__(
        self,
        texts: Iterable[str | Sequence[str]],
        *,
        is_split_into_words: bool = False,
        on_error: OnError = "raise",
        **options: Unpack[TagOptions],
    ) -> Any: ...

    def __call__(
        self,
        texts: Any,
        *,
        aggregation: Aggregation = "first",
        is_split_into_words: bool = False,
        max_length: int | None = None,
        stride: int | None = None,
        batch_size: int = BATCH_SIZE,
        on_error: OnError = "raise",
        progress: bool | None = None,
    ) -> Any:
        """Find the spans in one text, many, or a stream of them.

        Args:
            texts: A string, or a list or iterator of strings. With `is_split_into_words`, a list of words, or a list or
                iterator of such lists.
            aggregation: How a word of several pieces gets its label: "first" uses its first piece, "average" the mean
                probabilities of its pieces, "max" the piece with the highest probability.
            is_split_into_words: Whether each text is a list of words.
            max_length: Maximum tokens per window, including [CLS] and [SEP]; by default the model's `seq_length`,
                capped at its number of positions.
            stride: Number of tokens shared by consecutive windows; by default a quarter of a window.
            batch_size: Maximum number of rows per forward pass.
            on_error: "raise" raises an error that names the bad text; "return" returns the error in place of the
                result.
            progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.

        Returns:
            A list of `Span` for one text; a list of such lists for a list; for an iterator, an iterator in constant
            memory. Labels such as B-PER, in any scheme, mark spans by their prefixes; with other labels, consecutive
            words with the same label form a span. `O` marks words outside any span.

        Raises:
            InputError: A text is not a string or cannot be encoded as UTF-8, or an argument is invalid.
        """
        check_choice(aggregation, "aggregation", AGGREGATIONS)
        length = self.model.row_length(max_length)
        shared = (length - 2) // 4 if stride is None else check_integer(stride, "stride", 0, length - 3)
        pipeline = self._pipeline(
            self.model, aggregation, is_split_into_words, length, shared, self._tags, self._continues
        )
        options = Options(batch_size, on_error, progress)
        return run(pipeline, texts, options, single=_is_single(texts, is_split_into_words))

    @overload
    def label_words(self, texts: str, **options: Unpack[TagOptions]) -> list[Word]: ...  # type: ignore[overload-overlap]

    @overload
    def label_words(self, texts: Iterator[str], **options: Unpack[TagOptions]) -> Iterator[list[Word]]: ...

    @overload
    def label_words(self, texts: Collection[str], **options: Unpack[TagOptions]) -> list[list[Word]]: ...

    @overload
    def label_words(
        self,
        texts: Iterable[str | Sequence[str]],
        *,
        is_split_into_words: bool = False,
        on_error: OnError = "raise",
        **options: Unpack[TagOptions],
    ) -> Any: ...

    def label_words(self, texts: Any, **options: Any) -> Any:
        """Label every word of one text, many, or a stream of them; arguments as for calling the tagger.

        Returns:
            A list of `Word` for one text (for a list of words, one each); for a list or iterator, a list or iterator of
            these. A word of which the tokenizer leaves nothing, such as an empty one, continues a span around it or is
            labelled `O`; its score is 0.
        """
        words = copy.copy(self)
        words._pipeline = _Words
        return words(texts, **options)


def _is_single(texts: Any, split: bool) -> bool:
    if not split:
        return isinstance(texts, str)
    return isinstance(texts, list | tuple) and bool(texts) and isinstance(texts[0], str)


@dataclass(frozen=True)
class _TagPipeline(Pipeline):
    """Texts to labelled words; what is made of these is up to the two classes below."""

    aggregation: Aggregation
    split: bool
    max_length: int
    stride: int
    tags: bool
    continues: Array

    def check(self, item: Any, name: str) -> str | list[str]:
        return check_words(item, name) if self.split else check_text(item, name)

    def characters(self, item: str | list[str]) -> int:
        return sum(map(len, item))

    def encode(self, items: list[Any]) -> Encoding:
        return self.model.tokenizer(
            items,
            max_length=self.max_length,
            return_overflowing=True,
            stride=self.stride,
            return_offsets=True,
            is_split_into_words=self.split,
        )

    def reduce(self, outputs: Any, batch: Encoding) -> Iterable[Array]:
        probabilities = softmax(outputs)
        # Drop [CLS] and [SEP].
        return [row[1 : length - 1].copy() for row, length in zip(probabilities, batch.lengths.tolist(), strict=True)]

    def finish(self, items: list[Any], encoding: Encoding, rows: list[Any]) -> list[Any]:
        inside = encoding.sequence_ids == 0
        results = []
        for item, windows in zip(items, windows_of(encoding, len(items)), strict=True):
            table = self._table(item, encoding, windows, inside)
            probabilities = merged([rows[row] for row in windows], self.stride)
            labels, scores = self._labels(table, aggregated(probabilities, table.pieces, self.aggregation))
            results.append(self._result(table, labels, scores))
        return results

    def _result(self, table: WordTable, labels: Sequence[str], scores: Sequence[float]) -> Any:
        raise NotImplementedError

    def _table(self, item: Any, encoding: Encoding, windows: range, inside: Array) -> WordTable:
        if self.split:
            assert encoding.word_ids is not None
            return words_of_list(item, merged_tokens(encoding.word_ids, windows, inside, self.stride))
        assert encoding.offsets is not None
        ids = merged_tokens(encoding.input_ids, windows, inside, self.stride)
        offsets = merged_tokens(encoding.offsets, windows, inside, self.stride)
        return words_of_text(item, self.continues[ids], offsets)

    def _labels(self, table: WordTable, probabilities: Array) -> tuple[list[str], list[float]]:
        """Return the label of each word of a text, and its probability."""
        names = self.model.labels
        labels, scores = [OUTSIDE] * len(table), [0.0] * len(table)
        best = probabilities.argmax(axis=1).tolist()
        for word, label, score in zip(
            table.with_pieces.tolist(), best, probabilities.max(axis=1).tolist(), strict=True
        ):
            labels[word], scores[word] = names[label], score
        known = set(table.with_pieces.tolist())
        for word in range(1, len(table) - 1):
            if word not in known and labels[word - 1] != OUTSIDE:
                following = next((label for later, label in enumerate(labels) if later > word and later in known), None)
                labels[word] = continued(labels[word - 1], following, tags=self.tags) or OUTSIDE
        return labels, scores


class _Spans(_TagPipeline):
    def _result(self, table: WordTable, labels: Sequence[str], scores: Sequence[float]) -> list[Span]:
        return spans_of(table, labels, scores, tags=self.tags)


class _Words(_TagPipeline):
    def _result(self, table: WordTable, labels: Sequence[str], scores: Sequence[float]) -> list[Word]:
        return words_of(table, labels, scores)
