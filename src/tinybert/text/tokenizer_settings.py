"""Read the settings next to a vocabulary: those of transformers, old and new, and of sentence-transformers.

Every setting that changes ids is either read or rejected by name, since ignoring it would silently give other vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

from ..errors import InputError
from ..reading import checked, read_json
from .vocabulary import CLS, MASK, PAD, REQUIRED, SEP, UNK, AddedToken

DEFAULT_MAX_LENGTH = 512
FLAGS = ("special", "normalized", "single_word", "lstrip", "rstrip")
"""The properties of an added token."""
_CONFIG, _SPECIAL, _ADDED = "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"
_SENTENCE = "sentence_bert_config.json"
_TOKENS = {"pad_token": PAD, "unk_token": UNK, "cls_token": CLS, "sep_token": SEP, "mask_token": MASK}
_ENDS = ("bos_token", "eos_token")
"""Special tokens that BERT does not insert, but that are recognized in a text."""
_ONLY: dict[str, tuple[Any, ...]] = {
    "do_basic_tokenize": (True,),
    "never_split": (None, []),
    "clean_text": (True,),
    "split_special_tokens": (False,),
    "truncation_side": ("right",),
    "padding_side": ("right",),
    "wordpieces_prefix": ("##",),
    "word_tokenizer_type": (None, "basic"),
    "subword_tokenizer_type": (None, "wordpiece"),
}
"""Settings that change ids or offsets, with the values that BERT's tokenizer implements."""
_SAME_AS_BERT = ("Bert", "DistilBert", "Electra", "ConvBert", "MobileBert", "LayoutLM", "TinyBert", "PreTrained")
_CLASSES = {f"{name}Tokenizer{fast}" for name in _SAME_AS_BERT for fast in ("", "Fast")} | {"TokenizersBackend"}


class _Normalizing(TypedDict, total=False):
    do_lower_case: bool
    strip_accents: bool | None
    tokenize_chinese_chars: bool


class _Lengths(TypedDict, total=False):
    model_max_length: int | float | None
    max_seq_length: int | float | None
    max_position_embeddings: int | float | None


class _Content(TypedDict):
    content: str


class _Special(TypedDict, total=False):
    """Special tokens; additional ones are under the names used over the years."""

    pad_token: str | _Content | None
    unk_token: str | _Content | None
    cls_token: str | _Content | None
    sep_token: str | _Content | None
    mask_token: str | _Content | None
    bos_token: str | _Content | None
    eos_token: str | _Content | None
    additional_special_tokens: str | list[str | _Content] | dict[str, str | _Content] | None
    extra_special_tokens: str | list[str | _Content] | dict[str, str | _Content] | None
    model_specific_special_tokens: str | list[str | _Content] | dict[str, str | _Content] | None


class _Decoder(TypedDict, total=False):
    added_tokens_decoder: dict[int, dict[str, Any]]


class _Named(TypedDict):
    content: str
    id: int


class _Added(_Named, total=False):
    special: bool
    normalized: bool
    single_word: bool
    lstrip: bool
    rstrip: bool


def folder_settings(folder: Path, found: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """Return the fields of `Vocabulary` that the settings in a folder determine.

    Args:
        folder: The folder.
        found: The fields already read from its vocabulary.
        whole: Whether the vocabulary is a `tokenizer.json`, which includes its added tokens.

    Raises:
        InputError: A file is not JSON, or has a setting that BERT's tokenizer does not implement; the message names the
            file and the setting.
    """
    tokenizer, special, model = (_File(folder / name) for name in (_CONFIG, _SPECIAL, "config.json"))
    _check_class(tokenizer, whole=whole)
    for file in (tokenizer, special):
        _check_values(file)
    settings = _normalizing(folder, tokenizer, model)
    settings["model_max_length"] = _longest(folder, tokenizer, model)
    named = [file.part(_Special) for file in (special, tokenizer)]
    extra = [_content(token) for values in named for token in _extra(values)]
    ends = [_content(values[name]) for values in named for name in _ENDS if values.get(name) is not None]
    extra += [token for token in ends if token in found["tokens"]]  # the others have no row in BERT's embedding table
    if "added_tokens_decoder" in tokenizer.values:
        decoder = tokenizer.part(_Decoder)["added_tokens_decoder"]
        added = added_tokens([{**entry, "id": index} for index, entry in decoder.items()], f"{tokenizer.path}: decoder")
    else:
        added = found["added"] if whole else _older(folder, extra)
    settings["added"] = _with_special(added, found["tokens"], extra)
    return settings


class _File:
    """A settings file; empty if it does not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: dict[str, Any] = read_json(path, dict[str, Any]) if path.is_file() else {}

    def part(self, form: Any) -> Any:
        """Return the settings that a form names."""
        return checked(self.values, form, source=str(self.path))


def added_tokens(entries: Any, source: str) -> tuple[AddedToken, ...]:
    """Parse added tokens, sorted by id and without BERT's own special tokens.

    Args:
        entries: The entries in a file.
        source: The file's name, for messages.

    Raises:
        InputError: An entry is malformed.
    """
    found = checked(entries, list[_Added], source=source)
    # The default of `tokenizers` for a missing `normalized`.
    tokens = [AddedToken(**{"normalized": not entry.get("special", False), **entry}) for entry in found]
    # [CLS] and the like are recognized in raw text whether or not they are listed.
    others = [token for token in tokens if token.content not in (*REQUIRED, MASK)]
    return tuple(sorted(others, key=lambda token: token.id))


def _check_class(file: _File, *, whole: bool) -> None:
    name = file.values.get("tokenizer_class")
    if name is not None and str(name) not in _CLASSES and not whole:
        raise InputError(f"{file.path}: tokenizer_class is {name!r:.40}, whose ids are not those of BERT's tokenizer.")


def _check_values(file: _File) -> None:
    special = file.part(_Special)
    for name, token in _TOKENS.items():
        if special.get(name) is not None and _content(special[name]) != token:
            raise InputError(f"{file.path}: {name} is {_content(special[name])!r:.40}; only {token} is read.")
    for name, allowed in _ONLY.items():
        if name in file.values and file.values[name] not in allowed:
            raise InputError(f"{file.path}: {name} is {file.values[name]!r:.40}; only {allowed[0]!r} is read.")


def _normalizing(folder: Path, tokenizer: _File, model: _File) -> dict[str, Any]:
    settings: dict[str, Any] = {**model.part(_Normalizing), **tokenizer.part(_Normalizing)}
    lower_case = _File(folder / _SENTENCE).part(_Normalizing).get("do_lower_case")
    if lower_case and settings.get("do_lower_case") is False:
        # sentence-transformers lower-cases before a cased tokenizer, which then keeps the accents.
        settings |= {"do_lower_case": True, "strip_accents": settings.get("strip_accents") or False}
    return settings


def _longest(folder: Path, tokenizer: _File, model: _File) -> int:
    # transformers writes 10**30 for an unknown length.
    def known(file: _File, name: str) -> list[int]:
        value = file.part(_Lengths).get(name) or 0
        return [int(value)] if 0 < value < 10**6 else []

    length = known(tokenizer, "model_max_length")
    if length:  # sentence-transformers replaces it by its own length
        length = [max(length + known(_File(folder / _SENTENCE), "max_seq_length"))]
    return min(length + known(model, "max_position_embeddings"), default=DEFAULT_MAX_LENGTH)


def _older(folder: Path, special: Sequence[str]) -> tuple[AddedToken, ...]:
    """Return the tokens in an `added_tokens.json`, which folders without `added_tokens_decoder` have."""
    file = _File(folder / _ADDED)
    entries = [
        {"content": content, "id": index, "special": content in special}
        for content, index in file.part(dict[str, int]).items()
    ]
    return added_tokens(entries, str(file.path))


def _with_special(
    added: tuple[AddedToken, ...], tokens: Sequence[str], special: Sequence[str]
) -> tuple[AddedToken, ...]:
    """Add the special tokens that are missing, with their ids in the vocabulary or the next free ids."""
    ids = {token: index for index, token in enumerate(tokens)} | {token.content: token.id for token in added}
    missing = [token for token in dict.fromkeys(special) if token not in {*REQUIRED, MASK, *(a.content for a in added)}]
    for content in missing:
        index = ids.setdefault(content, max(ids.values(), default=-1) + 1)
        added += (AddedToken(content, index, special=True, normalized=False),)
    return tuple(sorted(added, key=lambda token: token.id))


def _extra(values: _Special) -> list[str | _Content]:
    """Return the special tokens that are not BERT's own."""
    found: list[str | _Content] = []
    for given in (
        values.get("additional_special_tokens"),
        values.get("extra_special_tokens"),
        values.get("model_specific_special_tokens"),
    ):
        found += [given] if isinstance(given, str) else given.values() if isinstance(given, dict) else given or ()
    return found


def _content(token: str | _Content) -> str:
    """Return a special token as text, whether it is given as text or with its properties."""
    return token if isinstance(token, str) else token["content"]
