"""Lines of text as rows of token ids: each line a row, or as many as fit into one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..text import BertTokenizer
from ..text.vocabulary import CLS, SEP, UNK
from .texts import Block

_LINES = 2048
"""Lines that are tokenized at a time; the arrays of a whole block would take a gigabyte."""


@dataclass(frozen=True, eq=False)
class TokenRows:
    """Rows of token ids one after the other, without padding.

    Attributes:
        tokens: (n,) the ids, [CLS] and [SEP] included; uint16 if the vocabulary allows it, else int32.
        offsets: (R + 1,) uint32, where each of the R rows begins; the last is n.
        tokens_of_files: For each file of the block, how many tokens it has there, and how many of them are [UNK].
    """

    tokens: np.ndarray
    offsets: np.ndarray
    tokens_of_files: dict[int, tuple[int, int]]


@dataclass(frozen=True)
class Packing:
    """How lines become rows.

    Attributes:
        tokenizer: The tokenizer; its library uses all cores, so that no processes are started.
        max_length: Tokens that a row has at most, with [CLS] and [SEP].
        pack: Whether lines that follow each other go into one row as long as they fit, as in the full sentences of Liu
            et al. 2019 (arXiv:1907.11692), section 4.2. No row goes beyond an empty line or the end of a file, and a
            longer line goes on in the next row. Otherwise each line is a row, and is cut.
    """

    tokenizer: BertTokenizer
    max_length: int
    pack: bool = False

    def rows(self, block: Block) -> TokenRows:
        """Tokenize a block of lines."""
        ids, sizes, lines = [], [], []
        for begin in range(0, len(block.lines), _LINES):
            some = block.lines[begin : begin + _LINES]
            encoding = self.tokenizer(some, max_length=self.max_length, return_overflowing=self.pack)
            inside = encoding.sequence_ids >= 0
            ids.append(encoding.input_ids[inside])
            sizes.append(inside.sum(axis=1))
            samples = encoding.overflow_to_sample
            lines.append(begin + (np.arange(len(some)) if samples is None else samples))
        text, size, line = (np.concatenate(parts) for parts in (ids, sizes, lines))
        files = np.asarray(block.files)[line]
        rows = size
        if self.pack:
            is_first = np.diff(line, prepend=-1) > 0  # of several parts of a long line
            begins = np.asarray(block.begins)[line] & is_first
            rows = _packed(size.tolist(), begins.tolist(), self.max_length - 2)
        is_unknown = text == self.tokenizer.token_to_id(UNK)
        return TokenRows(*self._framed(text, rows), _by_file(np.repeat(files, size), is_unknown, files))

    def _framed(self, text: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Put [CLS] and [SEP] around each row; returns tokens and offsets."""
        offsets = np.concatenate([[0], np.cumsum(rows + 2)])
        tokens = np.empty(offsets[-1], np.uint16 if self.tokenizer.vocab_size <= 1 << 16 else np.int32)
        is_text = np.ones(len(tokens), bool)
        for places, token in ((offsets[:-1], CLS), (offsets[1:] - 1, SEP)):
            tokens[places] = self.tokenizer.token_to_id(token)
            is_text[places] = False
        tokens[is_text] = text
        return tokens, offsets.astype(np.uint32)


def _packed(sizes: Iterable[int], begins: Iterable[bool], room: int) -> np.ndarray:
    """The number of tokens in each row, from those of the lines and whether they must begin a row."""
    rows: list[int] = []
    fresh = True
    for size, is_first in zip(sizes, begins, strict=True):
        fresh = fresh or is_first
        if not size:
            continue
        if fresh or rows[-1] + size > room:
            rows.append(0)
        rows[-1] += size
        fresh = False
    return np.asarray(rows, np.int64)


def _by_file(file_of_token: np.ndarray, is_unknown: np.ndarray, files: np.ndarray) -> dict[int, tuple[int, int]]:
    first, count = int(files[0]), int(files[-1] - files[0]) + 1
    tokens, unknown = (
        np.bincount(part - first, minlength=count) for part in (file_of_token, file_of_token[is_unknown])
    )
    return {first + place: (int(tokens[place]), int(unknown[place])) for place in range(count)}
