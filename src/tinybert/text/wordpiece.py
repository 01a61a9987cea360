"""The `tokenizers` library, set up as BERT's WordPiece: texts to tokens, without [CLS], [SEP], cutting or padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import DependencyError
from .encoding import Pieces
from .parallelism import quiet_forks
from .vocabulary import CLS, MASK, REQUIRED, SEP, UNK, Vocabulary

try:
    import tokenizers
except ImportError as error:  # the hub module's folder can be used without being installed
    raise DependencyError("Text needs the library tokenizers: pip install 'tokenizers>=0.19'.") from error

quiet_forks()

_CHUNK = 1024
"""Texts given to the library at a time: enough for all cores, and its bulky results never pile up."""


class WordPiece:
    """Finds the tokens of texts.

    Cutting and padding stay outside: in the library they are state of the tokenizer, which threads would overwrite for
    each other. This object never changes after it was made.

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
        for token in vocabulary.added:  # in the order of their ids, which the library counts up by itself
            flags = {
                name: getattr(token, name) for name in ("special", "normalized", "single_word", "lstrip", "rstrip")
            }
            library.add_tokens([tokenizers.AddedToken(token.content, **flags)])
        self._library = library

    def pieces(self, batch: Sequence[Any], *, offsets: bool = False, words: bool = False) -> Iterator[Pieces]:
        """Yields the tokens of each text.

        Args:
            batch: Strings, or lists of words, checked by `as_batch`.
            offsets: Whether character offsets are wanted.
            words: Whether the texts are lists of words.

        Yields:
            The tokens of one text after the other.
        """
        for start in range(0, len(batch), _CHUNK):
            chunk = batch[start : start + _CHUNK]
            encodings = self._library.encode_batch(chunk, is_pretokenized=words, add_special_tokens=False)
            for encoding in encodings:
                yield Pieces(
                    ids=np.array(encoding.ids, np.int32),
                    offsets=np.array(encoding.offsets, np.int32).reshape(-1, 2) if offsets else None,
                    words=np.array(encoding.word_ids, np.int32) if words else None,
                )

    def to_json(self) -> str:
        """The same as a `tokenizer.json`, with [CLS] and [SEP] for those who leave that to the library."""
        whole = tokenizers.Tokenizer.from_str(self._library.to_str())
        ends = [(token, whole.token_to_id(token)) for token in (CLS, SEP)]
        whole.post_processor = tokenizers.processors.TemplateProcessing(
            single=f"{CLS} $A {SEP}", pair=f"{CLS} $A {SEP} $B:1 {SEP}:1", special_tokens=ends
        )
        return whole.to_str(pretty=True)

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool) -> str:
        """Puts tokens together to text."""
        return self._library.decode(ids, skip_special_tokens=skip_special_tokens)
