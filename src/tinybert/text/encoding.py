"""The token ids of a batch as arrays, built from rows of different lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from .truncation import Row

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Encoding:
    """A tokenized batch of B rows and T columns, with the network's inputs first. All arrays are int32.

    Attributes:
        input_ids: (B, T) token ids.
        input_mask: (B, T) 1 = real token, 0 = padding.
        segment_ids: (B, T) 1 = second text with its [SEP], 0 = everything else.
        sequence_ids: (B, T) 0 = token of the first text, 1 = of the second, -1 = [CLS], [SEP] or padding.
        offsets: (B, T, 2) start and end of each token as character indices into the original text, so that
            `text[start:end]` is the token's source; (0, 0) where `sequence_ids` is -1. For lists of words, indices into
            the word. None unless requested.
        word_ids: (B, T) index of the token's word in its list of words; -1 where `sequence_ids` is -1. None unless the
            texts were lists of words.
        overflow_to_sample: (B,) index of the text, or pair, that a row is a window of. None unless windows were
            requested.
    """

    input_ids: Array
    input_mask: Array
    segment_ids: Array
    sequence_ids: Array
    offsets: Array | None = None
    word_ids: Array | None = None
    overflow_to_sample: Array | None = None

    def __len__(self) -> int:
        return len(self.input_ids)

    @property
    def inputs(self) -> tuple[Array, Array, Array]:
        """The network's arguments in order: `input_ids`, `input_mask`, `segment_ids`, each (B, T) int32."""
        return self.input_ids, self.input_mask, self.segment_ids

    @property
    def special_mask(self) -> Array:
        """(B, T) bool, True at [CLS], [SEP] and padding."""
        return self.sequence_ids < 0

    @property
    def lengths(self) -> Array:
        """(B,) int32, number of tokens in each row without padding."""
        return self.input_mask.sum(axis=1, dtype=np.int32)

    def take(self, rows: Sequence[int] | Array, *, pad_to_multiple_of: int = 1) -> Encoding:
        """Select rows and remove the padding that none of them needs, for batches of rows of similar length.

        Args:
            rows: Indices of the rows, in the desired order.
            pad_to_multiple_of: Round the width up to a multiple of this, as far as the existing padding allows.

        Returns:
            The rows, copied to new arrays.

        Examples:
            >>> import numpy as np
            >>> mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], np.int32)
            >>> Encoding(mask, mask, mask, mask).take([1]).input_ids.shape
            (1, 2)
        """
        index = np.asarray(rows, dtype=np.intp)
        longest = int(self.lengths[index].max(initial=0))
        width = -(-longest // pad_to_multiple_of) * pad_to_multiple_of

        def pick(array: Array | None) -> Array | None:
            if array is None:
                return None
            return array[index] if array.ndim == 1 else array[index, :width]

        return Encoding(*(pick(getattr(self, field.name)) for field in fields(self)))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Pieces:
    """The n tokens of one text, without [CLS] and [SEP]: ids (n,), offsets (n, 2) and word indices (n,), int32."""

    ids: Array
    offsets: Array | None = None
    words: Array | None = None

    def cut(self, part: slice) -> Pieces:
        """Return the tokens in a slice."""
        offsets = None if self.offsets is None else self.offsets[part]
        return Pieces(self.ids[part], offsets, None if self.words is None else self.words[part])


@dataclass(frozen=True)
class Layout:
    """The layout of rows: width T, ids of [PAD], [CLS] and [SEP], and which optional arrays to build."""

    width: int
    special_ids: tuple[int, int, int]
    offsets: bool = False
    words: bool = False
    windows: bool = False


def assemble(
    rows: Sequence[Row], firsts: Sequence[Pieces], seconds: Sequence[Pieces] | None, layout: Layout
) -> Encoding:
    """Build rows `[CLS] first [SEP]`, or `[CLS] first [SEP] second [SEP]` for pairs, padded to the width.

    Args:
        rows: The tokens of each row.
        firsts: The first texts.
        seconds: The second texts; None for single texts.
        layout: Width, special ids and optional arrays.

    Returns:
        The batch.
    """
    pad_id, cls_id, sep_id = layout.special_ids
    shape = (len(rows), layout.width)
    first_end = np.array([row.first.stop - row.first.start for row in rows], np.int64)[:, None] + 1
    second_end = np.array([row.second.stop - row.second.start for row in rows], np.int64)[:, None] + first_end + 1
    length = first_end + 1 if seconds is None else second_end + 1
    column = np.arange(layout.width)[None, :]
    in_row, in_first = column < length, (column >= 1) & (column < first_end)
    in_second = (column > first_end) & (column < length - 1)

    # Row by row, first text before second, which is the order of assignment through a boolean mask.
    parts: list[Pieces] = []
    for row in rows:
        parts.append(firsts[row.sample].cut(row.first))
        if seconds is not None:
            parts.append(seconds[row.sample].cut(row.second))

    def place(background: Array, values: list[Array | None]) -> Array:
        nothing = np.empty((0, *background.shape[2:]), np.int32)
        background[in_first | in_second] = np.concatenate([nothing, *(value for value in values if value is not None)])
        return background

    input_ids = np.where(in_row, sep_id, pad_id).astype(np.int32)
    input_ids[:, :1] = cls_id
    words, offsets = np.full(shape, -1, np.int32), np.zeros((*shape, 2), np.int32)
    return Encoding(
        input_ids=place(input_ids, [part.ids for part in parts]),
        input_mask=in_row.astype(np.int32),
        segment_ids=(in_row & (column > first_end)).astype(np.int32),
        sequence_ids=np.where(in_second, 1, np.where(in_first, 0, -1)).astype(np.int32),
        offsets=place(offsets, [part.offsets for part in parts]) if layout.offsets else None,
        word_ids=place(words, [part.words for part in parts]) if layout.words else None,
        overflow_to_sample=np.array([row.sample for row in rows], np.int32) if layout.windows else None,
    )
