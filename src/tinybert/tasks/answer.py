"""Answers questions with stretches of a context of any length."""

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
"""A question with its context."""


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
    """Finds the answer to a question in a text.

    Args:
        model: The model; `from_pretrained` loads one.

    Raises:
        InputError: The model has no head for questions; says what to do.

    Example:
        >>> answerer = QuestionAnswerer.from_pretrained("questions")  # a folder that a fine-tuning wrote
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

    def __call__(  # noqa: PLR0913 -- each is a choice of its own, given by name
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
        """Answers one question, many, or a stream of them.

        A long context goes through the network in overlapping windows. The best answer is the one with the highest
        start logit plus end logit over all windows, as in Devlin et al. 2018, grown to whole words; further answers do
        not overlap with better ones. A question counts up to its 64th token.

        Args:
            question: A question, with its context as the second argument. Or many pairs of both, as tuples or as
                mappings with the keys `question` and `context`: in a list, or from an iterator. Or a list of questions,
                with a list of contexts.
            context: The text in which the answer is looked for.
            top_k: How many answers are wanted.
            handle_impossible: Whether "no answer" is an answer, for models that were trained with it (SQuAD v2).
            threshold: By how much the logits of "no answer" must exceed those of the best answer.
            max_answer_length: Tokens of the longest answer.
            max_length: Tokens of a window, question included: by default 384, or `seq_length` of the model's
                configuration if that is less.
            stride: Tokens of context that two windows share. At most half of what a window has room for beside the
                longest question counts.
            align_to_words: Whether answers grow to whole words, as the tokenizer finds them: what stands between blanks
                and punctuation. None grows them except where one of the two characters that a word would be cut between
                belongs to a script that is written without blanks, such as Japanese or Thai.
            batch_size: The most rows that go through the network at once.
            on_error: `raise` an error that names a bad pair, or `return` it in the place of its answer.
            progress: Whether a progress bar is shown on stderr: None shows it for long work on a terminal.

        Returns:
            An `Answer` for one question, with `top_k` above 1 a list of up to as many, the best first; a list of these
            for many; an iterator for an iterator, with flat memory. "No answer" has the text "". A context without
            words has no other.

        Raises:
            InputError: A question or context is not a string or cannot be encoded, or an argument is not allowed.
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
    """The pair or pairs that were meant, and whether it is one."""
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
    """`threshold` is above all numbers where "no answer" is none."""

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
        """(N,) bool, whether each token is not parted from the one before it."""
        if self.align_to_words is None:
            return continues & ~between_unspaced(context, offsets[:, 0])
        return continues if self.align_to_words else np.zeros_like(continues)

    def _answers(self, context: str, logits: list[Array], offsets: Array, joined: Array) -> list[Answer]:
        """The best answers out of each window's logits, (2, 1 + n): of [CLS], then of its part of the context."""
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
            # That of the window that is least sure that there is none: the answer may be there.
            null = min(float(start[0] + end[0]) for start, end in logits)
            candidates.append((null - self.threshold, Answer("", 0, 0, _share(null, total))))
            candidates.sort(key=lambda candidate: -candidate[0])
        return [answer for _, answer in candidates[: self.top_k]]


def _share(score: float, total: float) -> float:
    """The probability of a score among all, from logarithms that rounding may have put a little above their sum."""
    return min(1.0, math.exp(score - total))
