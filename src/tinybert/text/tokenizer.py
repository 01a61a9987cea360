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
    """Turns text into what the network takes, with the ids that Hugging Face's BERT tokenizer gives.

    Text is cleaned of control characters, lower-cased and freed of accents if the vocabulary is an uncased one, split
    at white space, punctuation and around each Chinese character, and every word is cut greedily into the longest
    pieces that the vocabulary has (Devlin et al. 2019, arXiv:1810.04805; published code: google-research/bert
    `tokenization.py`). [CLS], [SEP] and [MASK] count as themselves where they occur in a text.

    The published code differs where Hugging Face's does: it lower-cases a sigma at the end of a word to the final form,
    cuts words of 101 to 200 characters, which are [UNK] here, into pieces, and keeps private-use characters, which are
    left out here.

    It never changes after it was made: any number of threads may use one at once.

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
        """Reads a `vocab.txt`, a `tokenizer.json`, or a folder that holds one of them.

        In a folder, `tokenizer_config.json` and `config.json` say whether text is lower-cased and how long it may be.
        A file is read alone.

        Args:
            path: The file or folder. In a folder: `tokenizer.json`, `vocab.txt` or one `*.vocab.txt`, in this order.
                Or the name of such a folder on Hugging Face: `hf:OWNER/NAME`, `hf:OWNER/NAME@REVISION`.
            do_lower_case: Overrides what the files say. Where they are silent it is True: say False for a cased
                `vocab.txt`.
            model_max_length: Positions of the model, likewise; 512 where the files are silent.

        Returns:
            The tokenizer.

        Raises:
            InputError: There is no vocabulary, it is malformed (names file and line), it lacks [PAD], [UNK], [CLS] or
                [SEP], or a `tokenizer.json` is not of BERT's kind.
        """
        return cls(read_vocabulary(path, do_lower_case=do_lower_case, model_max_length=model_max_length))

    def save(self, folder: str | PathLike[str]) -> None:
        """Writes `tokenizer.json`, `vocab.txt` and `tokenizer_config.json`, for `from_file` and `transformers`."""
        write_vocabulary(self.vocabulary, self.to_json(), folder)

    def to_json(self) -> str:
        """The tokenizer as a `tokenizer.json`, which has all that determines ids in it, as one text."""
        return self._wordpiece.to_json()

    def __call__(  # noqa: PLR0913 - each is a choice of its own, given by name
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
        """Tokenizes one text or many, alone or in pairs, and pads the rows to the longest.

        Args:
            texts: A string, or an iterable of strings. With `is_split_into_words` a list of words, or many such lists.
            pairs: Second texts of the same kind and number: hypotheses, or the contexts of questions.
            max_length: The most tokens in a row, [CLS] and [SEP] included. More than `model_max_length` counts as that,
                and so does None.
            truncation: Which text of a pair is cut when both together are too long: "longest_first", "only_first" or
                "only_second". A single text is cut with the first two. False makes too long an error.
            pad_to_multiple_of: Rounds the number of columns up, though never beyond `model_max_length`.
            pad_to: Exactly this many columns, as in the published TFRecords (128); limits `max_length` too.
            return_overflowing: Nothing is lost: what does not fit becomes further rows, and `overflow_to_sample` says
                whose. For pairs `truncation` must say which text to cut into windows.
            stride: Tokens that each of these rows repeats from the one before.
            return_offsets: Adds `offsets`.
            is_split_into_words: Texts are lists of words; adds `word_ids`.

        Returns:
            The batch; B is 1 for one text and 0 for an empty list.

        Raises:
            InputError: A text is not a string, cannot be encoded, or is too long with `truncation=False`; texts and
                pairs differ in number; an argument is not allowed. Texts are named by their index, from 0.

        Warns:
            UserWarning: Once, where most of the text is Chinese, Japanese or Korean and unknown to the vocabulary.
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
        """Cuts one text into tokens as strings, without [CLS] and [SEP]: shows what a network sees of it."""
        batch, _ = as_batch([text], "texts", words=False)
        (pieces,) = self._wordpiece.pieces(batch)
        return [self._tokens[index] for index in pieces.ids]

    def decode(self, ids: Sequence[Any] | np.ndarray, *, skip_special_tokens: bool = True) -> Any:
        """Puts tokens together to text again; what lower-casing and [UNK] took away stays lost.

        Args:
            ids: (T,) or (B, T) token ids.
            skip_special_tokens: Leaves [PAD], [CLS], [SEP], [MASK] and [UNK] out.

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
        """The id of a token; None if the vocabulary lacks it."""
        return self._ids.get(token)

    @property
    def vocab(self) -> Mapping[str, int]:
        """Every token with its id, in the order of the ids; read-only."""
        return MappingProxyType(self._ids)

    @property
    def vocab_size(self) -> int:
        """Number of ids; what `TinyBertConfig.vocab_size` must be at least."""
        return self.vocabulary.size

    @property
    def model_max_length(self) -> int:
        """The most tokens in a row that the model has positions for."""
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
