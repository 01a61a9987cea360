"""Read Hugging Face BERT folders (`config.json`, `model.safetensors`), and write folders that `transformers` opens."""

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
from .parsing import parse_checkpoint
from .saving import renamed, write_tensors
from .sentence_transformers import SETTINGS, read_sentence_settings, sentence_files, sentence_length

WEIGHTS = "model.safetensors"
_FULL_LENGTH = 512
_INSTEAD = {
    "model.safetensors.index.json": " but several shards (model.safetensors.index.json): save it as one file, with "
    "model.save_pretrained(folder, max_shard_size='100GB')",
    "pytorch_model.bin": " (pytorch_model.bin is a pickle, which runs code: save it as safetensors first)",
}
"""Files that may be there instead of `model.safetensors`, with the hint for the message."""


def read_huggingface(folder: Path, prefix: str | None = None, **config: Any) -> Checkpoint:
    """Read the folder of a Hugging Face BERT model.

    Args:
        folder: The folder with `config.json` and `model.safetensors`. Pickled weights (`pytorch_model.bin`) are not
            read, since a pickle can run code.
        prefix: Prefix of the network's parameter names, if the file holds several networks.
        **config: Fields of `TinyBertConfig` that take precedence over the folder's.

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
        # Models are used at full length, except that sentence-transformers folders declare their own.
        length = min(sentence_length(folder) or _FULL_LENGTH, read.config.max_position_embeddings)
        read = dataclasses.replace(read, config=read.config.replace(seq_length=length))
    return dataclasses.replace(read, task=read_task(folder, read), sentence=read_sentence_settings(folder))


def save_huggingface(checkpoint: Checkpoint, folder: str | Path, *, tokenizer: BertTokenizer | None = None) -> Path:
    """Write a checkpoint to a folder that `transformers` opens.

    Args:
        checkpoint: An encoder or a task network. Labels and problem are taken from its task.
        folder: The folder, created if missing. Files of the same names are replaced, and sentence-transformers settings
            are removed, in one step once all new files are complete; other files are kept.
        tokenizer: The tokenizer whose files are written to the folder; None for none.

    Returns:
        The folder.

    Raises:
        CheckpointError: The head applies a ReLU first, as published; Hugging Face's heads do not, so its answers would
            differ. Or the checkpoint is not a complete model.
        WriteError: The folder cannot be written.
    """
    return _save(checkpoint, path_of(folder), tokenizer, {})


def save_sentence_transformer(checkpoint: Checkpoint, folder: str | Path, *, tokenizer: BertTokenizer) -> Path:
    """Write an encoder to a folder that `sentence-transformers` opens and that yields the same vectors.

    Args:
        checkpoint: The encoder, with its `sentence` settings. A head is left out.
        folder: As for `save_huggingface`.
        tokenizer: The model's tokenizer.

    Returns:
        The folder.

    Raises:
        CheckpointError: The model uses something that sentence-transformers does not support.
        WriteError: The folder cannot be written.
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
