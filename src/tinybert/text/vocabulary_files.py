"""Find and read a vocabulary: a `vocab.txt`, a `tokenizer.json`, or a folder with settings next to them."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any, TypedDict

from ..arguments import exists, path_of
from ..counting import counted
from ..errors import InputError
from ..foreign import foreign
from ..hf import SETTINGS, fetch, is_hf_name
from ..reading import checked, parse_json, read_bytes
from ..writing import replacing
from .tokenizer_settings import FLAGS, added_tokens, folder_settings
from .vocabulary import MASK, REQUIRED, UNK, Vocabulary, parse_vocab_txt

OLDER_SETTINGS = ("special_tokens_map.json", "added_tokens.json")
"""Settings files of an earlier tokenizer, which would be read together with a new one in the same folder."""
_FILES = ("tokenizer.json", "vocab.txt")


class _TokenizerJson(TypedDict, total=False):
    model: dict[str, Any] | None
    normalizer: dict[str, Any] | None
    pre_tokenizer: dict[str, Any] | None
    added_tokens: list[Any] | None


class _Model(TypedDict):
    vocab: dict[str, int]


class _Normalizer(TypedDict, total=False):
    lowercase: bool
    strip_accents: bool | None
    handle_chinese_chars: bool


def read_vocabulary(
    path: str | PathLike[str], *, do_lower_case: bool | None = None, model_max_length: int | None = None
) -> Vocabulary:
    """Read the vocabulary in a file or folder.

    Values that the arguments do not set are taken from the settings in the folder (`tokenizer_config.json`,
    `special_tokens_map.json`, `added_tokens.json`, `config.json`), then from the `tokenizer.json`. Given a file, only
    that file is read, since its neighbours may belong to another model.

    Args:
        path: A `vocab.txt` (any `*.txt`), a `tokenizer.json` (any `*.json`), or a folder with a `tokenizer.json`, a
            `vocab.txt` or a single `*.vocab.txt`, searched in this order; or the name of such a folder on Hugging Face,
            `hf:OWNER/NAME` or `hf:OWNER/NAME@REVISION`.
        do_lower_case: Whether text is lower-cased; None takes the setting, or else True.
        model_max_length: Number of positions of the model; None takes the setting, or else 512.

    Returns:
        The vocabulary.

    Raises:
        InputError: There is no vocabulary, it is malformed, or it is not a BERT vocabulary.
        TinyBertError: As for `tinybert.hf.fetch`, for a name on Hugging Face.
    """
    if is_hf_name(path):
        snapshot = fetch(str(path), SETTINGS)
        with snapshot.named():
            return read_vocabulary(snapshot.folder, do_lower_case=do_lower_case, model_max_length=model_max_length)
    path = path_of(path)
    file = _vocabulary_file(path) if exists(path) and path.is_dir() else path
    found = _fields(read_bytes(file), file)
    if path.is_dir():
        found |= folder_settings(path, found, whole=file.suffix == ".json")
    return _vocabulary(found, file, do_lower_case, model_max_length)


def parse_vocabulary(
    data: bytes,
    source: str | PathLike[str],
    *,
    do_lower_case: bool | None = None,
    model_max_length: int | None = None,
) -> Vocabulary:
    """Parse a vocabulary file that was already read, for example to verify its hash; see `read_vocabulary`.

    Args:
        data: The whole file.
        source: Its path; the extension determines the kind of file.
        do_lower_case: As for `read_vocabulary`.
        model_max_length: As for `read_vocabulary`.

    Raises:
        InputError: The vocabulary is malformed, or is not a BERT vocabulary.
    """
    return _vocabulary(_fields(data, Path(source)), Path(source), do_lower_case, model_max_length)


def has_vocabulary(path: str | PathLike[str]) -> bool:
    """Return whether a path is a folder with one or more vocabularies."""
    path = Path(path)
    return any((path / name).is_file() for name in _FILES) or any(path.glob("*.vocab.txt"))


def write_vocabulary(vocabulary: Vocabulary, tokenizer_json: str, folder: str | PathLike[str]) -> None:
    """Write `tokenizer.json`, `vocab.txt` and `tokenizer_config.json`, for `read_vocabulary` and other libraries.

    Args:
        vocabulary: The vocabulary.
        tokenizer_json: The vocabulary as the content of a `tokenizer.json`.
        folder: The folder, created if missing. Files of the same names are replaced once all new ones are complete.
    """
    names = {f"{token.strip('[]').lower()}_token": token for token in (*REQUIRED, MASK) if token in vocabulary.tokens}
    settings: dict[str, Any] = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": vocabulary.do_lower_case,
        "strip_accents": vocabulary.strip_accents,
        "tokenize_chinese_chars": vocabulary.tokenize_chinese_chars,
        "model_max_length": vocabulary.model_max_length,
        **names,
    }
    if vocabulary.added:
        settings["added_tokens_decoder"] = {
            str(token.id): {"content": token.content, **{flag: getattr(token, flag) for flag in FLAGS}}
            for token in vocabulary.added
        }
    contents = {
        "tokenizer.json": tokenizer_json,
        "vocab.txt": vocab_txt(vocabulary),
        "tokenizer_config.json": json.dumps(settings, indent=2, ensure_ascii=False) + "\n",
    }
    with replacing(Path(folder) / "vocab.txt", without=OLDER_SETTINGS) as temporary:
        for name, content in contents.items():
            temporary.with_name(name).write_text(content, encoding="utf-8", newline="\n")


def vocab_txt(vocabulary: Vocabulary) -> str:
    """Return a vocabulary as the content of a `vocab.txt`."""
    return "".join(f"{token}\n" for token in vocabulary.tokens)


def _vocabulary_file(folder: Path) -> Path:
    for name in _FILES:
        if (folder / name).is_file():
            return folder / name
    candidates = sorted(folder.glob("*.vocab.txt"))
    if len(candidates) == 1:
        return candidates[0]
    found = f"{len(candidates)} files *.vocab.txt: give the path of one" if candidates else "none of them"
    raise InputError(f"{folder} should hold a tokenizer.json, a vocab.txt or one *.vocab.txt; it has {found}.")


def _fields(data: bytes, file: Path) -> dict[str, Any]:
    if (other := foreign(data)) is not None:
        raise InputError(f"{file} is {other}.")
    return _tokenizer_json(data, file) if file.suffix == ".json" else {"tokens": parse_vocab_txt(data, file)}


def _vocabulary(
    found: dict[str, Any], file: Path, do_lower_case: bool | None, model_max_length: int | None
) -> Vocabulary:
    if do_lower_case is not None:
        found["do_lower_case"] = do_lower_case
    if model_max_length is not None:
        found["model_max_length"] = model_max_length
    return Vocabulary(source=str(file), **found)


def _tokenizer_json(data: bytes, path: Path) -> dict[str, Any]:
    """Read a `tokenizer.json`: return what differs between BERT models, and reject anything else that is not BERT's."""
    content: _TokenizerJson = parse_json(data, _TokenizerJson, source=str(path))
    model, normalizer = content.get("model") or {}, content.get("normalizer") or {}
    splitter = content.get("pre_tokenizer") or {}
    for what, has, needs in (
        ("model", model.get("type"), "WordPiece"),
        ("normalizer", normalizer.get("type"), "BertNormalizer"),
        ("pre_tokenizer", splitter.get("type"), "BertPreTokenizer"),
        ("unknown token", model.get("unk_token"), UNK),
        ("prefix inside words", model.get("continuing_subword_prefix"), "##"),
        ("longest word", model.get("max_input_chars_per_word"), 100),
        ("clean_text", normalizer.get("clean_text"), True),
    ):
        if has != needs:
            raise InputError(
                f"{path}: {what} is {has!r:.40}; BERT's tokenizer has {needs!r}, and no other kind is read."
            )
    vocabulary = checked(model, _Model, source=f"{path}: model")["vocab"]
    if sorted(vocabulary.values()) != list(range(len(vocabulary))):
        raise InputError(
            f"{path}: the ids of its {counted(len(vocabulary), 'token')} are not 0 to {len(vocabulary) - 1}, each once."
        )
    return {
        "tokens": tuple(sorted(vocabulary, key=vocabulary.__getitem__)),
        **_normalizing(normalizer, path),
        "added": added_tokens(content.get("added_tokens") or [], f"{path}: added_tokens"),
    }


def _normalizing(normalizer: dict[str, Any], path: Path) -> dict[str, Any]:
    values: _Normalizer = checked(normalizer, _Normalizer, source=f"{path}: normalizer")
    return {
        "do_lower_case": values.get("lowercase", True),
        "strip_accents": values.get("strip_accents"),
        "tokenize_chinese_chars": values.get("handle_chinese_chars", True),
    }
