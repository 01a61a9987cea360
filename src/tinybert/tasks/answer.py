"""Extractive question answering over contexts of any length."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict, overload

import numpy as np

from ..arguments import check_integer
from ..counting import counted, there_are
from ..errors import InputError
from ..task import QUESTION_ANSWERING
from ..text import Encoding
from .candidates import best_stretches, log_total, span_table, word_bounds
from .checks import check_question
from .model import TaskModel
from .pipeline import BATCH_SIZE, OnError, Options, Pipeline
from .question_rows import STRIDE, WINDOW, QuestionRows
from .results import Answer
from .stream import run
from .text_task import TextTask
from .unspaced import between_unspaced
from .windows import continuations, merged_tokens, windows_of
from .words import with_marks

if TYPE_CHECKING:
    from typing_extensions import Unpack

Array = np.ndarray
Item = tuple[str, str]
Question = tuple[str, str] | Mapping[str, str]
"""A question and its context, as a tuple or a mapping."""


class AnswerOptions(TypedDict, total=False):
    """The options of `QuestionAnswerer.__call__`, for type checkers."""

    handle_impossible: bool
    threshold: float
    max_answer_length: int
    max_length: int | None
    stride: int
    align_to_words: bool | None
    batch_size: int
    progress: bool | None


class QuestionAnswerer(TextTask):
    """Question answerer: finds the answer to a question in a text.

    Args:
        model: The model; `from_pretrained` loads one.

    Raises:
        InputError: The model has no head for question answering; the message says what to do.

    Example:
        >>> answerer = QuestionAnswerer.from_pretrained("questions")  # a folder written by fine-tuning
        >>> answerer("Where does she live?", "Ada was born in Ulm and lives in Bonn.").text
        'Bonn'
    """

    kind = QUESTION_ANSWERING.name

    def __init__(self, model: TaskModel) -> None:
        super().__init__(model)
        self._continues = continuations(model.tokenizer)

    @overload
    def __call__(self, question: str, context: str, **options: Unpack[AnswerOptions]) -> Answer: ...

    @overload
    def __call__(self, question: list[str], context: list[str], **options: Unpack[AnswerOptions]) -> list[Answer]: ...

    @overload
    def __call__(self, question: Question, **options: Unpack[AnswerOptions]) -> Answer: ...

    @overload
    def __call__(self, question: Iterator[Question], **options: Unpack[AnswerOptions]) -> Iterator[Answer]: ...

    @overload
    def __call__(self, question: Collection[Question], **options: Unpack[AnswerOptions]) -> list[Answer]: ...

    @overload
    def __call__(
        self,
        question: Question | Iterable[Question],
        *,
        top_k: int = 1,
        on_error: OnError = "raise",
        **options: Unpack[AnswerOptions],
    ) -> Any: ...

    @overload
    def __call__(
        self,
        question: str | list[str],
        context: str | list[str],
        *,
        top_k: int = 1,
        on_error: OnError = "raise",
        **options: Unpack[AnswerOptions],
    ) -> Any: ...

    def __call__(  # noqa: PLR0913 -- independent options, given by name
        self,
        question: Any,
        context: Any = None,
        *,
        top_k: int = 1,
        handle_impossible: bool = False,
        threshold: float = 0.0,
        max_answer_length: int = 30,
        max_length: int | None = None,
        stride: int = STRIDE,
        align_to_words: bool | None = None,
        batch_size: int = BATCH_SIZE,
        on_error: OnError = "raise",
        progress: bool | None = None,
    ) -> Any:
        """Answer one question, many, or a stream of them.

        A long context is processed in overlapping windows. The best answer is the span with the highest sum of start
        logit and end logit over all windows, as in Devlin et al. 2018, extended to whole words; further answers do not
        overlap better ones. Questions are truncated to 64 tokens.

        Args:
            question: A question, with its context as the second argument; or a list of questions, with a list of
                contexts. Alternatively a pair of both, as a tuple or as a mapping with the keys `question` and
                `context`; or a list or iterator of such pairs.
            context: The text to search for the answer, if `question` does not include it.
            top_k: Maximum number of answers per question.
            handle_impossible: Whether "no answer" is a possible result, for models trained that way (SQuAD v2.0).
            threshold: With `handle_impossible`, the margin by which the score of "no answer" must exceed that of the
                best answer (sums of logits).
            max_answer_length: Maximum number of tokens in an answer, before it is extended to whole words.
            max_length: Maximum tokens per window, including the question; by default 384, or the model's `seq_length`
                if that is less.
            stride: Number of context tokens shared by consecutive windows; capped at half the space that the longest
                question leaves in a window.
            align_to_words: Whether to extend answers to whole words as the tokenizer finds them, bounded by whitespace
                and punctuation. None extends them except next to a character of a script without spaces between words,
                such as Japanese or Thai.
            batch_size: Maximum number of rows per forward pass.
            on_error: "raise" raises an error that names the bad pair; "return" returns the error in place of the
                answer.
            progress: Whether to show a progress bar on stderr; None shows one on a terminal if the work takes long.

        Returns:
            For one question an `Answer`, or with `top_k` above 1 a list of up to `top_k` answers, best first. For a
            list, a list of these; for an iterator, an iterator in constant memory. "No answer" has the text ""; it is
            the only answer for a context without words.

        Raises:
            InputError: A question or context is not a string or cannot be encoded as UTF-8, or an argument is invalid.
        """
        check_integer(top_k, "top_k", 1)
        check_integer(max_answer_length, "max_answer_length", 1)
        check_integer(stride, "stride", 0)
        if not isinstance(threshold, int | float) or math.isnan(threshold):
            raise InputError(f"threshold is {threshold!r}; it must be a number.")
        length = self.model.row_length(min(WINDOW, self.model.config.seq_length) if max_length is None else max_length)
        pipeline = _AnswerPipeline(
            self.model,
            QuestionRows(self.model.tokenizer, length, stride),
            top_k,
            float(threshold) if handle_impossible else math.inf,
            max_answer_length,
            self._continues,
            align_to_words,
        )
        pairs, single = _as_pairs(question, context)
        return run(pipeline, pairs, Options(batch_size, on_error, progress), single=single)


def _as_pairs(question: Any, context: Any) -> tuple[Any, bool]:
    """Return the pair or pairs given by the arguments, and whether it is a single pair."""
    if context is None:
        one = isinstance(question, tuple) and any(isinstance(item, str) for item in question)
        return question, one or isinstance(question, dict)
    if isinstance(question, list | tuple) and isinstance(context, list | tuple):
        if len(question) != len(context):
            raise InputError(
                f"{there_are(len(question), 'question')} and {counted(len(context), 'context')}. Each needs its own."
            )
        return list(zip(question, context, strict=True)), False
    return (question, context), True


@dataclass(frozen=True)
class _AnswerPipeline(Pipeline):
    """Pipeline of question answering; a `threshold` of infinity excludes "no answer"."""

    layout: QuestionRows
    top_k: int
    threshold: float
    longest: int
    continues: Array
    align_to_words: bool | None

    one: ClassVar[str] = "pair"
    many: ClassVar[str] = "pairs"

    def check(self, item: Any, name: str) -> Item:
        return check_question(item, name)

    def characters(self, item: Item) -> int:
        return len(item[0]) + len(item[1])

    def encode(self, items: list[Item]) -> Encoding:
        return self.layout.encode([question for question, _ in items], [context for _, context in items])

    def reduce(self, outputs: Any, batch: Encoding) -> Iterable[Array]:
        logits = np.stack(outputs, axis=1)  # (B, 2, T)
        kept = batch.sequence_ids == 1
        kept[:, 0] = True
        return [row[:, columns] for row, columns in zip(logits, kept, strict=True)]

    def finish(self, items: list[Item], encoding: Encoding, rows: list[Any]) -> list[Answer | list[Answer]]:
        assert encoding.offsets is not None
        inside = encoding.sequence_ids == 1
        results: list[Answer | list[Answer]] = []
        for (_, context), windows in zip(items, windows_of(encoding, len(items)), strict=True):
            offsets = merged_tokens(encoding.offsets, windows, inside, self.layout.stride)
            ids = merged_tokens(encoding.input_ids, windows, inside, self.layout.stride)
            joined = self._joined(context, offsets, self.continues[ids])
            answers = self._answers(context, [rows[row] for row in windows], offsets, joined)
            results.append(answers if self.top_k > 1 else answers[0])
        return results

    def _joined(self, context: str, offsets: Array, continues: Array) -> Array:
        """Return (N,) bool, whether an answer must not start or end between each token and the one before it."""
        if self.align_to_words is None:
            return continues & ~between_unspaced(context, offsets[:, 0])
        return continues if self.align_to_words else np.zeros_like(continues)

    def _answers(self, context: str, logits: list[Array], offsets: Array, joined: Array) -> list[Answer]:
        """Return the best answers, given each window's logits, (2, 1 + n): [CLS], then the window's context tokens."""
        if not len(offsets):
            return [Answer("", 0, 0, 1.0)]
        possible = self.threshold == math.inf
        windows = [(start[1:], end[1:]) for start, end in logits]
        total = log_total(windows if possible else [(start, end) for start, end in logits])
        candidates: list[tuple[float, Answer]] = []
        table = span_table(windows, self.layout.stride, self.longest)
        for first, last, score in best_stretches(table, self.top_k, *word_bounds(joined)):
            begin, end = int(offsets[first, 0]), with_marks(context, int(offsets[last, 1]))
            candidates.append((score, Answer(context[begin:end], begin, end, _share(score, total))))
        if not possible:
            # Take the window that is least certain of "no answer", since the answer may be there.
            null = min(float(start[0] + end[0]) for start, end in logits)
            candidates.append((null - self.threshold, Answer("", 0, 0, _share(null, total))))
            candidates.sort(key=lambda candidate: -candidate[0])
        return [answer for _, answer in candidates[: self.top_k]]


def _share(score: float, total: float) -> float:
    """Return the probability of a score, given the log of the total; clipped, since rounding may exceed 1."""
    return min(1.0, math.exp(score - total))
