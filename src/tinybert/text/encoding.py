"""Token ids of a batch as arrays, and how rows of different lengths become one array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from .truncation import Row

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Encoding:
    """A tokenized batch of B rows and T columns; the network's inputs first, in its order. All arrays are int32.

    Attributes:
        input_ids: (B, T) token ids.
        input_mask: (B, T) 1 = real token, 0 = padding.
        segment_ids: (B, T) 1 = second text with its [SEP], 0 = all else.
        sequence_ids: (B, T) 0 = token of the first text, 1 = of the second, -1 = [CLS], [SEP] or padding.
        offsets: (B, T, 2) start and end of each token as character indices into its text as given, so that
            `text[start:end]` is the token's source; (0, 0) where `sequence_ids` is -1. Into its word where the texts
            were lists of words. None unless asked for.
        word_ids: (B, T) index of the token's word in the list of words of its text; -1 where `sequence_ids` is -1.
            None unless the texts were lists of words.
        overflow_to_sample: (B,) index of the text, or pair, that a row is a window of. None unless windows were asked
            for.
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
        """The network's arguments in its order: `input_ids`, `input_mask`, `segment_ids`."""
        return self.input_ids, self.input_mask, self.segment_ids

    @property
    def special_mask(self) -> Array:
        """(B, T) bool, True at [CLS], [SEP] and padding: what is not part of any text."""
        return self.sequence_ids < 0

    @property
    def lengths(self) -> Array:
        """(B,) int32, tokens of each row without its padding."""
        return self.input_mask.sum(axis=1, dtype=np.int32)

    def take(self, rows: Sequence[int] | Array, *, pad_to_multiple_of: int = 1) -> Encoding:
        """Picks rows and cuts the padding that none of them needs: for batches of rows of about the same length.

        Args:
            rows: Indices of the rows, in the order wanted.
            pad_to_multiple_of: The width is rounded up to it as far as the padding reaches.

        Returns:
            The rows, in arrays of their own.

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
        """The tokens of a part."""
        offsets = None if self.offsets is None else self.offsets[part]
        return Pieces(self.ids[part], offsets, None if self.words is None else self.words[part])


@dataclass(frozen=True)
class Layout:
    """How rows are laid out: their width T, the ids of [PAD], [CLS] and [SEP], and which optional arrays are built."""

    width: int
    special_ids: tuple[int, int, int]
    offsets: bool = False
    words: bool = False
    windows: bool = False


def assemble(
    rows: Sequence[Row], firsts: Sequence[Pieces], seconds: Sequence[Pieces] | None, layout: Layout
) -> Encoding:
    """Lays out `[CLS] first [SEP]`, with second texts `[CLS] first [SEP] second [SEP]`, and padding up to the width.

    Args:
        rows: Which tokens go where.
        firsts: The first texts.
        seconds: The second texts; None where there are none.
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

    # Row by row, first text before second: the order in which a boolean mask takes its values.
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
