"""BERT's tokenizer: strings to token ids, masks, segments and character offsets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from types import MappingProxyType
from typing import Any

import numpy as np

from ..arguments import check_integer
from ..errors import InputError
from .encoding import Encoding, Layout, assemble
from .texts import Texts, as_batch, as_pairs
from .truncation import RowPlanner, Truncation
from .unknown_script import ScriptCheck
from .vocabulary import CLS, PAD, SEP, Vocabulary
from .vocabulary_files import read_vocabulary, write_vocabulary
from .wordpiece import WordPiece


class BertTokenizer:
    """Converts text to the network's inputs, with the same ids as Hugging Face's BERT tokenizer.

    Control characters are removed; for an uncased vocabulary, text is lower-cased and stripped of accents. Text is
    split at white space, at punctuation and around each Chinese character, and each word is split greedily into the
    longest pieces in the vocabulary (Devlin et al. 2019, arXiv:1810.04805; published code: google-research/bert
    `tokenization.py`). [CLS], [SEP] and [MASK] in a text are read as special tokens.

    Like Hugging Face's, it differs from Google's code in three points: Google's lower-cases a sigma at the end of a
    word to the final form, splits words of 101 to 200 characters into pieces (here: [UNK]), and keeps private-use
    characters (here: removed).

    Instances are immutable, so any number of threads may share one.

    Args:
        vocabulary: Tokens and rules; `from_file` reads them.

    Examples:
        >>> from tinybert.text import BertTokenizer, Vocabulary
        >>> words = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "it", "snow", "##ed")
        >>> tokenizer = BertTokenizer(Vocabulary(words))
        >>> batch = tokenizer(["It snowed", "snow"], return_offsets=True)
        >>> batch.input_ids.tolist()
        [[2, 4, 5, 6, 3], [2, 5, 3, 0, 0]]
        >>> batch.offsets[0].tolist()
        [[0, 0], [0, 2], [3, 7], [7, 9], [0, 0]]
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._ids = {token: index for index, token in enumerate(vocabulary.tokens)}
        self._ids |= {token.content: token.id for token in vocabulary.added}
        self._tokens = list(self._ids)
        self._wordpiece = WordPiece(vocabulary)
        self._script = ScriptCheck(vocabulary)

    @classmethod
    def from_file(
        cls, path: str | PathLike[str], *, do_lower_case: bool | None = None, model_max_length: int | None = None
    ) -> BertTokenizer:
        """Read a tokenizer from a `vocab.txt`, a `tokenizer.json`, or a folder with one of them.

        In a folder, `tokenizer_config.json` and `config.json` determine whether text is lower-cased and its maximum
        length. Given a file, only that file is read.

        Args:
            path: The file or folder. A folder is searched for `tokenizer.json`, `vocab.txt` and a single `*.vocab.txt`,
                in this order. Or the name of such a folder on Hugging Face: `hf:OWNER/NAME`, `hf:OWNER/NAME@REVISION`.
            do_lower_case: Overrides the files. The default, if the files do not say, is True: pass False for a cased
                `vocab.txt`.
            model_max_length: Number of positions of the model; overrides the files. The default, if they do not say, is
                512.

        Returns:
            The tokenizer.

        Raises:
            InputError: There is no vocabulary, it is malformed (the message names file and line), it lacks [PAD],
                [UNK], [CLS] or [SEP], or a `tokenizer.json` is not a BERT tokenizer.
        """
        return cls(read_vocabulary(path, do_lower_case=do_lower_case, model_max_length=model_max_length))

    def save(self, folder: str | PathLike[str]) -> None:
        """Write `tokenizer.json`, `vocab.txt` and `tokenizer_config.json`, for `from_file` and `transformers`.

        Args:
            folder: The folder, created if missing.

        Raises:
            WriteError: The folder cannot be written.
        """
        write_vocabulary(self.vocabulary, self.to_json(), folder)

    def to_json(self) -> str:
        """Return the content of a `tokenizer.json`, which fully determines the token ids."""
        return self._wordpiece.to_json()

    def __call__(  # noqa: PLR0913 - independent options, given by name
        self,
        texts: Texts,
        pairs: Texts | None = None,
        *,
        max_length: int | None = 128,
        truncation: Truncation = "longest_first",
        pad_to_multiple_of: int | None = None,
        pad_to: int | None = None,
        return_overflowing: bool = False,
        stride: int = 0,
        return_offsets: bool = False,
        is_split_into_words: bool = False,
    ) -> Encoding:
        """Tokenize one or many texts, or pairs of texts, and pad the rows to the longest.

        Args:
            texts: A string, or an iterable of strings. With `is_split_into_words`, a list of words or many such lists.
            pairs: Second texts of the same kind and number: hypotheses, or the contexts of questions.
            max_length: Maximum number of tokens per row, including [CLS] and [SEP]. None, or more than
                `model_max_length`, means `model_max_length`.
            truncation: Which text of a pair to truncate if both together are too long: "longest_first", "only_first" or
                "only_second". A single text is truncated with either of the first two. With False, a text that is too
                long is an error.
            pad_to_multiple_of: Round the number of columns up to a multiple of this, but not beyond `model_max_length`.
            pad_to: Exact number of columns, as in the published TFRecords (128); also limits `max_length`.
            return_overflowing: Return tokens that do not fit as further rows (windows); `overflow_to_sample` maps rows
                to texts. For pairs, `truncation` must say which text to split into windows.
            stride: Number of tokens that a window repeats from the one before.
            return_offsets: Add `offsets`.
            is_split_into_words: Texts are lists of words; adds `word_ids`.

        Returns:
            The batch; B is 1 for a single text and 0 for an empty list.

        Raises:
            InputError: A text is not a string, cannot be encoded, or is too long with `truncation=False`; texts and
                pairs differ in number; or an argument is not allowed. Messages name a text by its index, from 0.

        Warns:
            UserWarning: Most of the text is Chinese, Japanese or Korean and unknown to the vocabulary (given once).
        """
        firsts, single = as_batch(texts, "texts", words=is_split_into_words)
        seconds = [] if pairs is None else as_pairs(pairs, len(firsts), single=single, words=is_split_into_words)
        planner = RowPlanner(
            limit=self._limit(max_length, pad_to),
            paired=pairs is not None,
            truncation=truncation,
            windows=return_overflowing,
            stride=stride,
        )
        choices = {"offsets": return_offsets, "words": is_split_into_words}
        first_pieces = list(self._wordpiece.pieces(firsts, **choices))
        second_pieces = list(self._wordpiece.pieces(seconds, **choices))
        rows = [
            row
            for index, first in enumerate(first_pieces)
            for row in planner.rows(index, len(first.ids), len(second_pieces[index].ids) if second_pieces else 0)
        ]
        longest = max((row.tokens + planner.specials for row in rows), default=0)
        layout = Layout(
            width=self._width(longest, pad_to, pad_to_multiple_of),
            special_ids=(self._ids[PAD], self._ids[CLS], self._ids[SEP]),
            windows=return_overflowing,
            **choices,
        )
        encoding = assemble(rows, first_pieces, None if pairs is None else second_pieces, layout)
        self._script.look(seconds or firsts, encoding.input_ids)
        return encoding

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of a text as strings, without [CLS] and [SEP].

        Args:
            text: The text.

        Raises:
            InputError: The text is not a string or cannot be encoded.
        """
        batch, _ = as_batch([text], "texts", words=False)
        (pieces,) = self._wordpiece.pieces(batch)
        return [self._tokens[index] for index in pieces.ids]

    def decode(self, ids: Sequence[Any] | np.ndarray, *, skip_special_tokens: bool = True) -> Any:
        """Convert token ids to text; what lower-casing and [UNK] removed cannot be restored.

        Args:
            ids: (T,) or (B, T) token ids.
            skip_special_tokens: Leave out [PAD], [CLS], [SEP], [MASK] and [UNK].

        Returns:
            A string, or a list of B strings.

        Raises:
            InputError: An id is not in the vocabulary.
        """
        if len(ids) and np.ndim(ids[0]):
            return [self.decode(row, skip_special_tokens=skip_special_tokens) for row in ids]
        row = [int(index) for index in ids]
        for index in row:
            if not 0 <= index < self.vocab_size:
                raise InputError(f"{index} is not a token id: the vocabulary has 0 to {self.vocab_size - 1}.")
        return self._wordpiece.decode(row, skip_special_tokens=skip_special_tokens)

    def token_to_id(self, token: str) -> int | None:
        """Return the id of a token; None if the vocabulary does not contain it."""
        return self._ids.get(token)

    @property
    def vocab(self) -> Mapping[str, int]:
        """All tokens with their ids, ordered by id; read-only."""
        return MappingProxyType(self._ids)

    @property
    def vocab_size(self) -> int:
        """Number of ids; `TinyBertConfig.vocab_size` must be at least this."""
        return self.vocabulary.size

    @property
    def model_max_length(self) -> int:
        """Maximum number of tokens per row that the model has positions for."""
        return self.vocabulary.model_max_length

    def __reduce__(self) -> Any:
        return type(self), (self.vocabulary,)

    def __repr__(self) -> str:
        case, length = self.vocabulary.do_lower_case, self.model_max_length
        return f"BertTokenizer(vocab_size={self.vocab_size}, do_lower_case={case}, model_max_length={length})"

    def _limit(self, max_length: int | None, pad_to: int | None) -> int:
        limits = [self.model_max_length]
        if max_length is not None:
            limits.append(check_integer(max_length, "max_length", 3))
        if pad_to is not None:
            limits.append(check_integer(pad_to, "pad_to", 3, self.model_max_length))
        return min(limits)

    def _width(self, longest: int, pad_to: int | None, multiple: int | None) -> int:
        if pad_to is not None and multiple is not None:
            raise InputError("Give pad_to or pad_to_multiple_of, not both.")
        if multiple is None:
            return longest if pad_to is None else pad_to
        multiple = check_integer(multiple, "pad_to_multiple_of", 1)
        return min(-(-longest // multiple) * multiple, self.model_max_length)
