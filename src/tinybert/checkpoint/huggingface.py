"""Hugging Face BERT folders (`config.json`, `model.safetensors`), read, and written for `transformers` to open."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..arguments import path_of
from ..config import check_fields
from ..errors import CheckpointError
from ..text import BertTokenizer
from ..text.vocabulary_files import OLDER_SETTINGS
from ..writing import replacing
from .checkpoint import Checkpoint
from .huggingface_config import CONFIG, config_json, encoder_fields, read_task
from .reading import parse_checkpoint
from .saving import renamed, write_tensors
from .sentence_transformers import SETTINGS, read_sentence_settings, sentence_files, sentence_length

WEIGHTS = "model.safetensors"
_FULL_LENGTH = 512
_INSTEAD = {
    "model.safetensors.index.json": " but several shards (model.safetensors.index.json): save it as one file, with "
    "model.save_pretrained(folder, max_shard_size='100GB')",
    "pytorch_model.bin": " (pytorch_model.bin is a pickle, which runs code: save it as safetensors first)",
}
"""What there may be in the place of the weights, and what to do then."""


def read_huggingface(folder: Path, prefix: str | None = None, **config: Any) -> Checkpoint:
    """Reads the folder of a Hugging Face BERT model.

    Args:
        folder: Holds `config.json` and `model.safetensors`. Pickled weights (`pytorch_model.bin`) are not read: a
            pickle runs code.
        prefix: What the names of the network begin with, where there are several.
        **config: Fields of `TinyBertConfig` that take precedence over what the folder says.

    Raises:
        CheckpointError: A file is missing or malformed, or the model is not a BERT.
    """
    check_fields(config)
    weights = folder / WEIGHTS
    if not weights.is_file():
        hints = [hint for name, hint in _INSTEAD.items() if (folder / name).exists()]
        raise CheckpointError(f"{folder} holds no {WEIGHTS}{hints[0] if hints else ''}")
    known = {**encoder_fields(folder), **config}
    read = parse_checkpoint(weights.read_bytes(), "safetensors", str(weights), prefix=prefix, **known)
    if "seq_length" not in config:
        # They are used at full length, but for those of sentence-transformers, which say theirs.
        length = min(sentence_length(folder) or _FULL_LENGTH, read.config.max_position_embeddings)
        read = dataclasses.replace(read, config=read.config.replace(seq_length=length))
    return dataclasses.replace(read, task=read_task(folder, read), sentence=read_sentence_settings(folder))


def save_huggingface(checkpoint: Checkpoint, folder: str | Path, *, tokenizer: BertTokenizer | None = None) -> Path:
    """Writes a checkpoint as a folder that `transformers` opens.

    Args:
        checkpoint: That of an encoder, or of a network for a task. Labels and problem are those of its task.
        folder: Is made if need be. Files of these names in it are overwritten, and what would make it a folder of
            sentence-transformers is removed, all in one step once all are written whole; others stay.
        tokenizer: Its files go into the folder.

    Raises:
        CheckpointError: There is a ReLU before the head, as published; Hugging Face's has none and would answer
            differently.
    """
    return _save(checkpoint, path_of(folder), tokenizer, {})


def save_sentence_transformer(checkpoint: Checkpoint, folder: str | Path, *, tokenizer: BertTokenizer) -> Path:
    """Writes an encoder as a folder that `sentence-transformers` opens, with the same vectors.

    Args:
        checkpoint: The encoder, with `sentence`.
        folder: As for `save_huggingface`.
        tokenizer: Its tokenizer.

    Raises:
        CheckpointError: There is something that sentence-transformers does not have.
    """
    config = checkpoint.config
    length = min(config.seq_length, tokenizer.model_max_length)
    files = sentence_files(checkpoint.sentence, config.hidden_size, length)
    return _save(checkpoint.encoder(), path_of(folder), tokenizer, files)


def _save(checkpoint: Checkpoint, folder: Path, tokenizer: BertTokenizer | None, files: Mapping[str, bytes]) -> Path:
    values = config_json(checkpoint)
    with replacing(folder / CONFIG, without=(*SETTINGS, *(OLDER_SETTINGS if tokenizer else ()))) as config:
        config.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        write_tensors(renamed(checkpoint, "huggingface"), config.with_name(WEIGHTS))
        if tokenizer is not None:
            tokenizer.save(config.parent)
        for name, content in files.items():
            file = config.parent / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
    return folder
