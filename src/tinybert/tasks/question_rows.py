"""Rows of questions and contexts, cut the same way in training as in use: long contexts become windows that overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import InputError
from ..text import BertTokenizer, Encoding

WINDOW = 384
"""Tokens of question and context in a row, unless the model's rows are shorter. This and what follows are the numbers
of Devlin et al. 2018's code."""
QUESTION = 64
"""Tokens of a question that count."""
STRIDE = 128
"""Tokens of context that two windows share. In that code it is the distance from one window to the next."""


@dataclass(frozen=True)
class QuestionRows:
    """How questions with their contexts become rows.

    Attributes:
        tokenizer: The model's.
        max_length: Tokens of a row, with question, context, [CLS] and two [SEP].
        wanted_stride: Tokens of context that two windows share, where there is room for it.

    Raises:
        InputError: The row has no room for a question and a context.
    """

    tokenizer: BertTokenizer
    max_length: int
    wanted_stride: int = STRIDE

    def __post_init__(self) -> None:
        if self.max_length < 5:
            raise InputError(f"max_length is {self.max_length}; question and context need 5 tokens or more.")

    @property
    def question_length(self) -> int:
        """Tokens of a question that count: at most half of a row."""
        return min(QUESTION, (self.max_length - 3) // 2)

    @property
    def stride(self) -> int:
        """Tokens of context that two windows share: at most half of what the longest question leaves."""
        return min(self.wanted_stride, (self.max_length - 3 - self.question_length) // 2)

    def encode(self, questions: Sequence[str], contexts: Sequence[str]) -> Encoding:
        """The windows of some questions, each with its context, as rows with offsets and `overflow_to_sample`."""
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
        """Questions up to the last token that counts."""
        cut = list(questions)
        # A token has a character at least, so short questions need no look.
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
