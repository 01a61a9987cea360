"""What the settings beside a vocabulary say: those of transformers, old and new, and of sentence-transformers.

Whatever changes ids is read, or refused by name: a setting that is there and unread gives other vectors, silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from ..errors import InputError
from ..reading import read_json
from .vocabulary import CLS, MASK, PAD, REQUIRED, SEP, UNK, AddedToken

DEFAULT_MAX_LENGTH = 512
FLAGS = ("special", "normalized", "single_word", "lstrip", "rstrip")
"""The properties of an added token."""
_CONFIG, _SPECIAL, _ADDED = "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"
_SENTENCE = "sentence_bert_config.json"
_TOKENS = {"pad_token": PAD, "unk_token": UNK, "cls_token": CLS, "sep_token": SEP, "mask_token": MASK}
_ENDS = ("bos_token", "eos_token")
"""Special tokens that BERT puts nowhere, but that count as one where they occur in a text."""
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
"""Settings that change ids or their places, with the values that BERT's tokenizer has."""
_SAME_AS_BERT = ("Bert", "DistilBert", "Electra", "ConvBert", "MobileBert", "LayoutLM", "TinyBert", "PreTrained")
_CLASSES = {f"{name}Tokenizer{fast}" for name in _SAME_AS_BERT for fast in ("", "Fast")} | {"TokenizersBackend"}


def folder_settings(folder: Path, found: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """Fields of `Vocabulary` that the settings in a folder determine.

    Args:
        folder: The folder.
        found: The fields that its vocabulary has determined.
        whole: Whether that is a `tokenizer.json`, which has its added tokens in it.

    Raises:
        InputError: A file is not JSON, or says what BERT's tokenizer does not do; names file and setting.
    """
    tokenizer, model = settings_in(folder / _CONFIG), settings_in(folder / "config.json")
    special = settings_in(folder / _SPECIAL)
    _check_class(folder / _CONFIG, tokenizer, whole=whole)
    for name, values in ((_CONFIG, tokenizer), (_SPECIAL, special)):
        _check_values(folder / name, values)
    settings = _normalizing(folder, tokenizer, model)
    settings["model_max_length"] = _longest(folder, tokenizer, model)
    extra = [_content(token) for values in (special, tokenizer) for token in _extra(values)]
    ends = [_content(values[name]) for values in (special, tokenizer) for name in _ENDS if values.get(name) is not None]
    extra += [token for token in ends if token in found["tokens"]]  # others have no row in BERT's table
    if "added_tokens_decoder" in tokenizer:
        added = _decoder(folder, tokenizer)
    else:
        added = found["added"] if whole else _older(folder, extra)
    settings["added"] = _with_special(added, found["tokens"], extra)
    return settings


def added_tokens(entries: Iterable[Mapping[str, Any]], path: Path | str) -> tuple[AddedToken, ...]:
    """Added tokens out of their entries in a file, without BERT's own, in the order of their ids."""
    try:
        tokens = [_added_token(entry) for entry in entries]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: an added token needs an id and its content ({error!r}).") from error
    # [CLS] and its like are found in raw text whether they are listed or not.
    others = [token for token in tokens if token.content not in (*REQUIRED, MASK)]
    return tuple(sorted(others, key=lambda token: token.id))


def _added_token(entry: Mapping[str, Any]) -> AddedToken:
    content, index = entry["content"], entry["id"]
    if not isinstance(content, str) or not isinstance(index, int | str) or isinstance(index, bool):
        raise TypeError(f"content {content!r:.60}, id {index!r:.60}")
    return AddedToken(content, int(index), **{flag: bool(entry.get(flag)) for flag in FLAGS})


def settings_in(path: Path) -> dict[str, Any]:
    """The object in a file of settings; an empty one where there is no file."""
    return cast("dict[str, Any]", read_json(path, dict[str, Any])) if path.is_file() else {}


def _check_class(path: Path, tokenizer: Mapping[str, Any], *, whole: bool) -> None:
    name = tokenizer.get("tokenizer_class")
    if name is not None and (not isinstance(name, str) or name not in _CLASSES) and not whole:
        raise InputError(f"{path}: tokenizer_class is {name!r}, whose ids are not those of BERT's tokenizer.")


def _check_values(path: Path, values: Mapping[str, Any]) -> None:
    for name, token in _TOKENS.items():
        if values.get(name) is not None and _content(values[name]) != token:
            raise InputError(f"{path}: {name} is {_content(values[name])!r}; only {token} is read.")
    for name, allowed in _ONLY.items():
        if name in values and values[name] not in allowed:
            raise InputError(f"{path}: {name} is {values[name]!r}; only {allowed[0]!r} is read.")


def _normalizing(folder: Path, tokenizer: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for name, allowed in (
        ("do_lower_case", (bool,)),
        ("strip_accents", (bool, type(None))),
        ("tokenize_chinese_chars", (bool,)),
    ):
        for file, values in ((_CONFIG, tokenizer), ("config.json", model)):
            if name in values and name not in settings:
                if not isinstance(values[name], allowed):
                    raise InputError(f"{folder / file}: {name} is {values[name]!r}; it must be true or false.")
                settings[name] = values[name]
    if settings_in(folder / _SENTENCE).get("do_lower_case") is True and settings.get("do_lower_case") is False:
        # sentence-transformers lower-cases before a cased tokenizer, which then leaves the accents.
        settings |= {"do_lower_case": True, "strip_accents": settings.get("strip_accents") or False}
    return settings


def _longest(folder: Path, tokenizer: Mapping[str, Any], model: Mapping[str, Any]) -> int:
    # transformers writes 10**30 where it does not know the length.
    def known(value: Any) -> list[int]:
        return [int(value)] if isinstance(value, int | float) and 0 < value < 10**6 else []

    length = known(tokenizer.get("model_max_length"))
    if length:  # sentence-transformers sets its own length in the place of it
        length = [max(length + known(settings_in(folder / _SENTENCE).get("max_seq_length")))]
    return min(length + known(model.get("max_position_embeddings")), default=DEFAULT_MAX_LENGTH)


def _older(folder: Path, special: Sequence[str]) -> tuple[AddedToken, ...]:
    """The tokens of an `added_tokens.json`, which folders without `added_tokens_decoder` have."""
    entries = [
        {"content": content, "id": index, "special": content in special, "normalized": content not in special}
        for content, index in settings_in(folder / _ADDED).items()
    ]
    return added_tokens(entries, folder / _ADDED)


def _with_special(
    added: tuple[AddedToken, ...], tokens: Sequence[str], special: Sequence[str]
) -> tuple[AddedToken, ...]:
    """Adds special tokens that are not among the added ones: as those of the vocabulary, or with ids that follow."""
    ids = {token: index for index, token in enumerate(tokens)} | {token.content: token.id for token in added}
    missing = [token for token in dict.fromkeys(special) if token not in {*REQUIRED, MASK, *(a.content for a in added)}]
    for content in missing:
        index = ids.setdefault(content, max(ids.values(), default=-1) + 1)
        added += (AddedToken(content, index, special=True, normalized=False),)
    return tuple(sorted(added, key=lambda token: token.id))


def _decoder(folder: Path, tokenizer: Mapping[str, Any]) -> tuple[AddedToken, ...]:
    decoder = tokenizer["added_tokens_decoder"]
    path = folder / _CONFIG
    if not isinstance(decoder, dict) or not all(isinstance(entry, dict) for entry in decoder.values()):
        raise InputError(f"{path}: added_tokens_decoder must hold an object for each id.")
    return added_tokens([{"id": key, **entry} for key, entry in decoder.items()], path)


def _extra(values: Mapping[str, Any]) -> list[Any]:
    """Special tokens besides BERT's own, under the names that they had over the years."""
    found: list[Any] = []
    for name in ("additional_special_tokens", "extra_special_tokens", "model_specific_special_tokens"):
        given = values.get(name) or []
        found += given.values() if isinstance(given, dict) else given if isinstance(given, list) else [given]
    return found


def _content(token: Any) -> str:
    """A special token as text, whether it is given as such or with its properties."""
    content = token.get("content") if isinstance(token, dict) else token
    if not isinstance(content, str):
        raise InputError(f"a special token is {token!r}; it must be text.")
    return content
