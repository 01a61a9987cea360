"""A vocabulary: the ids of tokens, and how text is normalized before its tokens are looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError

PAD, UNK, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
REQUIRED = (PAD, UNK, CLS, SEP)
"""Tokens that a vocabulary must contain. [MASK] is used in pre-training only and may be missing."""


@dataclass(frozen=True)
class AddedToken:
    """A token that is recognized in the raw text, before it is split into words.

    Attributes:
        content: The token.
        id: Its id: the same token's id in the vocabulary, or one after the vocabulary's last.
        special: Whether `decode` leaves it out, like [CLS].
        normalized: Whether it is searched in the normalized text rather than the original.
        single_word: Whether it is recognized only between spaces or punctuation.
        lstrip: Whether it includes white space on its left.
        rstrip: Whether it includes white space on its right.
    """

    content: str
    id: int
    special: bool = False
    normalized: bool = True
    single_word: bool = False
    lstrip: bool = False
    rstrip: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """Tokens ordered by id, with the rules for normalizing text.

    Attributes:
        tokens: The WordPiece tokens; a token's position is its id.
        source: The file of the tokens, for error messages.
        do_lower_case: Whether text is lower-cased first.
        strip_accents: Whether accents are removed; None follows `do_lower_case`, as in BERT.
        tokenize_chinese_chars: Whether each Chinese character is a word of its own.
        model_max_length: Maximum number of tokens that the model's position table has room for.
        added: Further tokens that are recognized in the raw text, besides [PAD], [UNK], [CLS], [SEP] and [MASK]; new
            ids follow those of `tokens`.

    Raises:
        InputError: A required token is missing, a token is repeated or empty, or the id of an added token leaves a gap.

    Examples:
        >>> from tinybert.text import Vocabulary
        >>> Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "snow")).size
        5
    """

    tokens: tuple[str, ...]
    source: str = "the vocabulary"
    do_lower_case: bool = True
    strip_accents: bool | None = None
    tokenize_chinese_chars: bool = True
    model_max_length: int = 512
    added: tuple[AddedToken, ...] = field(default=())

    def __post_init__(self) -> None:
        _check_tokens(self.tokens, self.source)
        missing = [token for token in REQUIRED if token not in set(self.tokens)]
        if missing:
            raise InputError(
                f"{self.source} has no {', '.join(missing)}. A BERT vocabulary has {', '.join(REQUIRED)}, one token a "
                f"line; this one begins with {', '.join(f'{token!r:.40}' for token in self.tokens[:3])}."
            )
        if not isinstance(self.do_lower_case, bool):
            raise InputError(f"do_lower_case is {self.do_lower_case!r}; it must be True or False.")
        if self.model_max_length < 3:
            raise InputError(f"{self.source}: model_max_length is {self.model_max_length}; it must be at least 3.")
        next_id = len(self.tokens)
        for token in self.added:
            known = self.tokens[token.id] if 0 <= token.id < len(self.tokens) else None
            if known is None and token.id == next_id and token.content not in self.tokens:
                next_id += 1
            elif known != token.content:
                raise InputError(
                    f"{self.source}: the added token {token.content!r} has id {token.id}, which is neither its place "
                    f"in the vocabulary nor {next_id}, the next free id."
                )

    @property
    def size(self) -> int:
        """Number of ids: the tokens, and the added tokens that are not among them."""
        return len(self.tokens) + sum(token.id >= len(self.tokens) for token in self.added)


def parse_vocab_txt(content: bytes, path: Path) -> tuple[str, ...]:
    """Parse a `vocab.txt`: UTF-8, one token per line, the id is the line number from 0.

    Args:
        content: The whole file. Empty lines at the end, a byte order mark and Windows line ends are allowed.
        path: The file, for messages.

    Returns:
        The tokens, ordered by id.

    Raises:
        InputError: The file is not UTF-8, is empty, or has an empty or repeated line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}, line {line}: not UTF-8 (byte {error.start} of the file). Save it as UTF-8."
        ) from None
    # Only \n ends a line: the Chinese BERT vocabulary has the token U+2028, a line separator for str.splitlines.
    tokens = [line.removesuffix("\r") for line in text.split("\n")]
    while tokens and not tokens[-1]:
        tokens.pop()
    if not tokens:
        raise InputError(f"{path} is empty. A vocabulary has one token a line.")
    _check_tokens(tokens, str(path), place="line", first=1)
    return tuple(tokens)


def _check_tokens(tokens: tuple[str, ...] | list[str], source: str, place: str = "id", first: int = 0) -> None:
    for number, problem in _problems(tokens, place, first):
        raise InputError(f"{source}, {place} {number}: {problem}")


def _problems(tokens: tuple[str, ...] | list[str], place: str, first: int) -> Iterator[tuple[int, str]]:
    seen: dict[str, int] = {}
    for number, token in enumerate(tokens, first):
        if not token:
            yield number, "an empty token. Every id needs one, or all later ids would shift."
        elif "\n" in token:
            yield number, f"the token {token!r:.40} contains a line end."
        elif token in seen:
            yield number, f"{token!r:.40} appears twice, first at {place} {seen[token]}. Tokens must be different."
        seen[token] = number
