"""The words that may replace each word of a text: those of a masked language model, or the nearest ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from ...runtime import Runtime
from ...tasks.batching import forward
from ...tasks.masked_tokens import top_tokens
from ...text import BertTokenizer, Encoding
from ...text.vocabulary import MASK, UNK
from .word_vectors import NearestWords, others
from .words import Word, is_word

Array = np.ndarray


def whole_words(tokenizer: BertTokenizer) -> Array:
    """Return the ids of the tokens that are whole words of letters, (M,) integers in ascending order."""
    return np.flatnonzero([is_word(token) for token in tokenizer.vocab])


class WordCandidates:
    """Finds the words that may replace each word.

    Args:
        tokenizer: The model's tokenizer.
        nearest: Finds the nearest words, for words of several pieces and where there is no masked language model.
        count: Number of candidates for each word (K).
        runtime: The masked language model; None if there is none.
        batch_size: Maximum rows per batch.
    """

    def __init__(
        self, tokenizer: BertTokenizer, nearest: NearestWords, count: int, runtime: Runtime | None, batch_size: int
    ) -> None:
        self._nearest, self._count, self._runtime, self._batch_size = nearest, count, runtime, batch_size
        self._tokens, self._allowed = list(tokenizer.vocab), whole_words(tokenizer)
        self._mask_id, self._unknown_id = tokenizer.token_to_id(MASK), tokenizer.vocab[UNK]

    def __call__(self, encoding: Encoding, words: Sequence[Sequence[Word]]) -> list[list[tuple[str, ...]]]:
        """Find the candidates of each word of each text.

        Args:
            encoding: The rows of the texts.
            words: The words of each text.

        Returns:
            For each word of each text up to `count` others, the best first.
        """
        is_masked = [[self._runtime is not None and self._is_one_piece(word) for word in row] for row in words]
        pairs = [list(zip(row, flags, strict=True)) for row, flags in zip(words, is_masked, strict=True)]
        near = self._nearest(word for row in pairs for word, masked in row if not masked)
        predicted = iter(self._predicted(encoding, [[word for word, masked in row if masked] for row in pairs]))
        return [[next(predicted) if masked else near[word.text] for word, masked in row] for row in pairs]

    def _is_one_piece(self, word: Word) -> bool:
        return len(word.pieces) == 1 and word.pieces[0] != self._unknown_id

    def _predicted(self, encoding: Encoding, words: Sequence[Sequence[Word]]) -> Iterable[tuple[str, ...]]:
        """Return the candidates of single-piece words: the most probable words where each is masked on its own."""
        rows = np.repeat(np.arange(len(words)), [len(row) for row in words])
        flat = [word for row in words for word in row]
        if not flat or self._runtime is None or self._mask_id is None:
            return []
        runtime, mask_id = self._runtime, self._mask_id
        count = min(self._count + 1, len(self._allowed))  # the word itself may be among them
        masked = encoding.take(rows)
        ids = np.where(masked.input_ids == mask_id, self._unknown_id, masked.input_ids)  # of a text that holds [MASK]
        ids[np.arange(len(flat)), [word.position for word in flat]] = mask_id
        found = forward(
            runtime,
            lambda inputs: top_tokens(runtime, inputs, mask_id, count, self._allowed),
            dataclasses.replace(masked, input_ids=ids.astype(np.int32)),
            lambda outputs, batch: outputs[0],
            batch_size=self._batch_size,
        )
        names = ((self._tokens[index] for index in row.tolist()) for row in found)
        return [others(self._tokens[word.pieces[0]], row, self._count) for word, row in zip(flat, names, strict=True)]
