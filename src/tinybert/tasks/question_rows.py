"""Rows of questions and contexts, split the same way in training and inference into overlapping windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import InputError
from ..text import BertTokenizer, Encoding

WINDOW = 384
"""Maximum tokens of question and context in a row, unless the model's rows are shorter.

This and the following numbers are those of the code of Devlin et al. 2018.
"""
QUESTION = 64
"""Maximum number of tokens in a question; the rest is truncated."""
STRIDE = 128
"""Context tokens shared by consecutive windows. In that code, it is the distance between windows instead."""


@dataclass(frozen=True)
class QuestionRows:
    """Encoder of questions with their contexts as rows.

    Attributes:
        tokenizer: The model's tokenizer.
        max_length: Maximum tokens per row: question, context, [CLS] and two [SEP].
        wanted_stride: Desired number of context tokens shared by consecutive windows, if there is room.

    Raises:
        InputError: `max_length` leaves no room for a question and a context.
    """

    tokenizer: BertTokenizer
    max_length: int
    wanted_stride: int = STRIDE

    def __post_init__(self) -> None:
        if self.max_length < 5:
            raise InputError(f"max_length is {self.max_length}; question and context need 5 tokens or more.")

    @property
    def question_length(self) -> int:
        """Maximum number of tokens in a question, at most half of a row."""
        return min(QUESTION, (self.max_length - 3) // 2)

    @property
    def stride(self) -> int:
        """Context tokens shared by consecutive windows, at most half the space that the longest question leaves."""
        return min(self.wanted_stride, (self.max_length - 3 - self.question_length) // 2)

    def encode(self, questions: Sequence[str], contexts: Sequence[str]) -> Encoding:
        """Tokenize questions and contexts into windows, with offsets and `overflow_to_sample`."""
        return self.tokenizer(
            self._cut(questions),
            list(contexts),
            max_length=self.max_length,
            truncation="only_second",
            return_overflowing=True,
            stride=self.stride,
            return_offsets=True,
        )

    def _cut(self, questions: Sequence[str]) -> list[str]:
        """Truncate questions to their maximum number of tokens."""
        cut = list(questions)
        # A token has at least one character, so short questions need no check.
        long = [index for index, question in enumerate(cut) if len(question) > self.question_length]
        if not long:
            return cut
        encoding = self.tokenizer(
            [cut[index] for index in long], max_length=self.question_length + 2, return_offsets=True
        )
        assert encoding.offsets is not None
        for index, end in zip(long, encoding.offsets[:, :, 1].max(axis=1).tolist(), strict=True):
            cut[index] = cut[index][:end]
        return cut
