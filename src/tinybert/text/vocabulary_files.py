"""Finds and reads a vocabulary where people keep it: `vocab.txt`, `tokenizer.json`, or a folder with their settings."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..writing import replacing
from .vocabulary import MASK, REQUIRED, UNK, AddedToken, Vocabulary, read_vocab_txt

DEFAULT_MAX_LENGTH = 512
_FILES = ("tokenizer.json", "vocab.txt")
_FLAGS = ("special", "normalized", "single_word", "lstrip", "rstrip")


def read_vocabulary(
    path: str | PathLike[str], *, do_lower_case: bool | None = None, model_max_length: int | None = None
) -> Vocabulary:
    """Reads the vocabulary of a file or folder.

    What the arguments leave open is taken from the folder's `tokenizer_config.json`, then its `config.json`, then the
    `tokenizer.json`. Of a file only that file is read: its neighbours may belong to another model.

    Args:
        path: A `vocab.txt` (any `*.txt`), a `tokenizer.json` (any `*.json`), or a folder with a `tokenizer.json`, a
            `vocab.txt` or a single `*.vocab.txt`, looked for in this order.
        do_lower_case: Whether the model lower-cases; True where nothing says otherwise.
        model_max_length: The model's positions; 512 where nothing says otherwise.

    Returns:
        The vocabulary.

    Raises:
        InputError: There is no vocabulary, it is malformed, or it is not one of BERT's kind.
    """
    path = Path(path)
    file = _vocabulary_file(path) if path.is_dir() else path
    found: dict[str, Any] = _read_tokenizer_json(file) if file.suffix == ".json" else {"tokens": read_vocab_txt(file)}
    if path.is_dir():
        found |= _folder_settings(path, len(found["tokens"]))
    if do_lower_case is not None:
        found["do_lower_case"] = do_lower_case
    if model_max_length is not None:
        found["model_max_length"] = model_max_length
    return Vocabulary(source=str(file), **found)


def has_vocabulary(path: str | PathLike[str]) -> bool:
    """Whether a path is a folder with a vocabulary in it, or with several to choose from."""
    path = Path(path)
    return any((path / name).is_file() for name in _FILES) or any(path.glob("*.vocab.txt"))


def write_vocabulary(vocabulary: Vocabulary, folder: str | PathLike[str]) -> None:
    """Writes `vocab.txt` and `tokenizer_config.json`, which `read_vocabulary` and `transformers` read.

    Args:
        vocabulary: What to write.
        folder: Made if it is not there; files of these two names in it are replaced, once both are written
            whole.

    Raises:
        InputError: The folder holds a `tokenizer.json`, which readers would take instead.
    """
    folder = Path(folder)
    if (folder / "tokenizer.json").exists():
        raise InputError(
            f"{folder} holds a tokenizer.json, which would be read instead of the vocab.txt to write. Remove it or "
            "save to another folder."
        )
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
            str(token.id): {"content": token.content, **{flag: getattr(token, flag) for flag in _FLAGS}}
            for token in vocabulary.added
        }
    config = json.dumps(settings, indent=2, ensure_ascii=False) + "\n"
    with replacing(folder / "vocab.txt") as temporary:
        temporary.write_text(vocab_txt(vocabulary), encoding="utf-8", newline="\n")
        temporary.with_name("tokenizer_config.json").write_text(config, encoding="utf-8", newline="\n")


def vocab_txt(vocabulary: Vocabulary) -> str:
    """The content of a vocabulary's `vocab.txt`."""
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


def _folder_settings(folder: Path, size: int) -> dict[str, Any]:
    tokenizer = _read_json(folder / "tokenizer_config.json")
    model = _read_json(folder / "config.json")
    settings: dict[str, Any] = {}
    for name, allowed in (
        ("do_lower_case", (bool,)),
        ("strip_accents", (bool, type(None))),
        ("tokenize_chinese_chars", (bool,)),
    ):
        for file, values in (("tokenizer_config.json", tokenizer), ("config.json", model)):
            if name in values and name not in settings:
                if not isinstance(values[name], allowed):
                    raise InputError(f"{folder / file}: {name} is {values[name]!r}; it must be true or false.")
                settings[name] = values[name]
    lengths = [tokenizer.get("model_max_length"), model.get("max_position_embeddings")]
    # transformers writes 10**30 where it does not know the length.
    known = [int(length) for length in lengths if isinstance(length, int | float) and 0 < length < 10**6]
    settings["model_max_length"] = min(known, default=DEFAULT_MAX_LENGTH)
    if "added_tokens_decoder" in tokenizer:
        entries = [{"id": key, **entry} for key, entry in tokenizer["added_tokens_decoder"].items()]
        settings["added"] = _added_tokens(entries, folder / "tokenizer_config.json")
    return settings


def _read_tokenizer_json(path: Path) -> dict[str, Any]:
    """Takes what differs between BERT models from a Hugging Face `tokenizer.json`; all else must be BERT's own."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    content = _read_json(path)
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
            raise InputError(f"{path}: {what} is {has!r}; BERT's tokenizer has {needs!r}, and no other kind is read.")
    vocabulary = model["vocab"]
    tokens = tuple(sorted(vocabulary, key=vocabulary.get))
    if list(map(vocabulary.get, tokens)) != list(range(len(tokens))):
        raise InputError(f"{path}: the ids of its {len(tokens)} tokens are not 0 to {len(tokens) - 1}, each once.")
    return {
        "tokens": tokens,
        "do_lower_case": normalizer.get("lowercase", True),
        "strip_accents": normalizer.get("strip_accents"),
        "tokenize_chinese_chars": normalizer.get("handle_chinese_chars", True),
        "added": _added_tokens(content.get("added_tokens") or [], path),
    }


def _added_tokens(entries: list[dict[str, Any]], path: Path) -> tuple[AddedToken, ...]:
    try:
        tokens = [
            AddedToken(entry["content"], int(entry["id"]), **{flag: bool(entry.get(flag)) for flag in _FLAGS})
            for entry in entries
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: an added token needs an id and its content ({error!r}).") from error
    # [CLS] and its like are found in raw text whether they are listed or not.
    others = [token for token in tokens if token.content not in (*REQUIRED, MASK)]
    return tuple(sorted(others, key=lambda token: token.id))


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} should hold a JSON object, not {type(content).__name__}.")
    return content
