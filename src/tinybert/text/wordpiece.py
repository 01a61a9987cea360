"""BERT's WordPiece on the `tokenizers` library: texts to tokens, without [CLS], [SEP], truncation or padding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import DependencyError
from .encoding import Pieces
from .long_texts import WORD_ENDS, WORD_ENDS_CHINESE, chunks, parts
from .parallelism import quiet_forks
from .vocabulary import CLS, MASK, REQUIRED, SEP, UNK, AddedToken, Vocabulary

try:
    import tokenizers
except ImportError as error:  # the hub module's folder can be used without being installed
    raise DependencyError("Text needs the library tokenizers: pip install 'tokenizers>=0.19'.") from error

quiet_forks()


class WordPiece:
    """Splits texts into tokens.

    Truncation and padding are done elsewhere: in the library they are state of the tokenizer, which threads would
    overwrite for each other. Instances of this class are immutable.

    Args:
        vocabulary: Tokens and rules.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        ids = {token: index for index, token in enumerate(vocabulary.tokens)}
        library = tokenizers.Tokenizer(tokenizers.models.WordPiece(ids, unk_token=UNK, max_input_chars_per_word=100))
        library.normalizer = tokenizers.normalizers.BertNormalizer(
            clean_text=True,
            handle_chinese_chars=vocabulary.tokenize_chinese_chars,
            strip_accents=vocabulary.strip_accents,
            lowercase=vocabulary.do_lower_case,
        )
        library.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
        library.decoder = tokenizers.decoders.WordPiece(prefix="##")
        library.add_special_tokens([token for token in (*REQUIRED, MASK) if token in ids])
        for token in vocabulary.added:  # in the order of their ids, which the library assigns itself
            flags = {
                name: getattr(token, name) for name in ("special", "normalized", "single_word", "lstrip", "rstrip")
            }
            library.add_tokens([tokenizers.AddedToken(token.content, **flags)])
        self._library = library
        words_end = WORD_ENDS_CHINESE if vocabulary.tokenize_chinese_chars else WORD_ENDS
        self._places = None if any(map(_reaches_over, vocabulary.added)) else words_end

    def pieces(self, batch: Sequence[Any], *, offsets: bool = False, words: bool = False) -> Iterator[Pieces]:
        """Yield the tokens of each text, in order.

        Args:
            batch: Strings, or lists of words, checked by `as_batch`.
            offsets: Whether to compute character offsets.
            words: Whether the texts are lists of words.
        """
        found: list[Pieces] = []
        for chunk in chunks(part for text in batch for part in parts(text, self._places)):
            contents = [part.content for part in chunk]
            encodings = self._library.encode_batch(contents, is_pretokenized=words, add_special_tokens=False)
            for part, encoding in zip(chunk, encodings, strict=True):
                places = np.array(encoding.offsets, np.int32).reshape(-1, 2) if offsets else None
                found.append(
                    Pieces(
                        ids=np.array(encoding.ids, np.int32),
                        # For lists of words, offsets are relative to each word.
                        offsets=places if places is None or words else places + np.int32(part.begin),
                        words=np.array(encoding.word_ids, np.int32) + np.int32(part.begin) if words else None,
                    )
                )
                if part.is_last:
                    yield found[0] if len(found) == 1 else _joined(found)
                    found.clear()

    def to_json(self) -> str:
        """Return the content of a `tokenizer.json` that also adds [CLS] and [SEP], for users of the library."""
        whole = tokenizers.Tokenizer.from_str(self._library.to_str())
        ends = [(token, whole.token_to_id(token)) for token in (CLS, SEP)]
        whole.post_processor = tokenizers.processors.TemplateProcessing(
            single=f"{CLS} $A {SEP}", pair=f"{CLS} $A {SEP} $B:1 {SEP}:1", special_tokens=ends
        )
        return whole.to_str(pretty=True)

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool) -> str:
        """Join tokens into text."""
        return self._library.decode(ids, skip_special_tokens=skip_special_tokens)


def _reaches_over(token: AddedToken) -> bool:
    """Return whether a token may span places where texts are split, or depends on its neighbours."""
    plain = re.fullmatch(r"[\w\[\]<>|#]+", token.content, re.ASCII)
    return plain is None or token.single_word or token.lstrip or token.rstrip


def _joined(found: Sequence[Pieces]) -> Pieces:
    """Join the parts of one text."""

    def joined(arrays: list[np.ndarray | None]) -> np.ndarray | None:
        there = [array for array in arrays if array is not None]
        return np.concatenate(there) if there else None

    return Pieces(
        np.concatenate([pieces.ids for pieces in found]),
        joined([pieces.offsets for pieces in found]),
        joined([pieces.words for pieces in found]),
    )
