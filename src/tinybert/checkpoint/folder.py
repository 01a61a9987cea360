"""A model as a folder: checkpoint in published names, configuration with the task, and vocabulary."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import msgspec

from ..arguments import path_of
from ..config import TinyBertConfig
from ..counting import counted
from ..errors import CheckpointError, ConfigError, InputError
from ..reading import checked, read_json
from ..task import Task
from ..text import BertTokenizer
from ..text.vocabulary_files import OLDER_SETTINGS
from ..writing import replacing, write_json
from .checkpoint import Checkpoint
from .formats import parse
from .parsing import parse_checkpoint
from .saving import save_checkpoint, write_tensors
from .sentence import SentenceSettings

CHECKPOINT = "tinybert.ckpt"
CONFIG = "config.json"
DENSE = "dense.safetensors"
MODEL_TYPE = "tinybert"
_PADDED_ROWS = 128
"""An embedding table may be padded to a multiple of this; a larger difference means another vocabulary."""


def save_folder(checkpoint: Checkpoint, folder: str | Path, *, tokenizer: BertTokenizer) -> Path:
    """Write a model to a folder that `read_checkpoint`, the tasks and `tinybert hub publish` can read.

    Args:
        checkpoint: The model; `tinybert.weights.checkpoint_of` makes one from a network.
        folder: The folder, created if missing. Files of this format are replaced once all new ones are complete; other
            files are kept.
        tokenizer: The tokenizer whose files are written to the folder.

    Returns:
        The folder.

    Raises:
        InputError: The vocabulary belongs to another model.
        CheckpointError: The checkpoint is not a complete model.
        WriteError: The folder cannot be written.
    """
    check_vocabulary(tokenizer, checkpoint.config, checkpoint.source)
    folder = path_of(folder)
    values = {"model_type": MODEL_TYPE, **checkpoint.task.to_dict(), **checkpoint.config.to_dict()}
    if sentence := checkpoint.sentence.to_dict():
        values["sentence"] = sentence
    with replacing(folder / CONFIG, without=(DENSE, *OLDER_SETTINGS)) as config:
        write_json(config, values)
        save_checkpoint(checkpoint, config.with_name(CHECKPOINT))
        if arrays := checkpoint.sentence.arrays():
            write_tensors(arrays, config.with_name(DENSE))
        tokenizer.save(config.parent)
    return folder


def check_vocabulary(tokenizer: BertTokenizer, config: TinyBertConfig, name: str, *, given: bool = False) -> None:
    """Raise InputError if a vocabulary belongs to another model.

    Args:
        tokenizer: The tokenizer.
        config: The configuration of the model.
        name: The model's name in the message.
        given: Whether the user chose the vocabulary for this model. It then must not be much smaller than the embedding
            table either.
    """
    tokens, rows = tokenizer.vocab_size, config.vocab_size
    if tokens > rows or (given and tokens < rows - _PADDED_ROWS):
        raise InputError(
            f"{tokenizer.vocabulary.source} has {counted(tokens, 'token')}, but the embedding table of {name} has "
            f"{counted(rows, 'row')}: the vocabulary belongs to another model. Give this model's own",
            argument="vocabulary",
        )


def is_model_folder(folder: Path) -> bool:
    """Return whether a folder was written by `save_folder`."""
    return (folder / CHECKPOINT).is_file()


def read_folder(folder: Path, prefix: str | None = None, **config: Any) -> Checkpoint:
    """Read a folder that `save_folder` wrote.

    Args:
        folder: The folder.
        prefix: An error, since there is one network in the folder; files and Hugging Face folders may hold several.
        **config: Fields of `TinyBertConfig` that take precedence over its `config.json`.

    Raises:
        CheckpointError: A file is missing or malformed, or the files do not fit together.
    """
    path = folder / CONFIG
    if prefix:
        raise CheckpointError(f"{folder} holds one network, whose names have no prefix: give none", argument="prefix")
    if not path.is_file():
        raise CheckpointError(f"{path} is missing: it says what the network is for")
    values = read_json(path, dict[str, Any], error=CheckpointError)
    own = checked(values, _Own, source=str(path), error=CheckpointError)
    if own.model_type != MODEL_TYPE:
        raise CheckpointError(f"{path}: model_type must be {MODEL_TYPE!r}")
    fields = {name: value for name, value in values.items() if name not in own.__struct_fields__}
    try:
        task = Task(own.task, own.labels, own.problem)
        known = TinyBertConfig.from_dict(fields).replace(**config).to_dict()
    except (CheckpointError, ConfigError) as error:
        raise CheckpointError(f"{path}: {error}") from None
    read = parse_checkpoint((folder / CHECKPOINT).read_bytes(), "ckpt", str(folder / CHECKPOINT), **known)
    if task.labels and read.num_labels != len(task.labels):
        raise CheckpointError(
            f"{path} names {counted(len(task.labels), 'label')}, but the checkpoint has "
            f"{counted(read.num_labels or 0, 'output')}"
        )
    return dataclasses.replace(read.fitted(task), sentence=_sentence(folder, own.sentence))


class _Own(msgspec.Struct):
    """The fields of a `config.json` that are not part of the encoder's configuration."""

    task: str
    model_type: str | None = None
    labels: tuple[str, ...] = ()
    problem: str | None = None
    sentence: dict[str, Any] = {}


def _sentence(folder: Path, values: Any) -> SentenceSettings:
    weights = folder / DENSE
    arrays = parse(weights.read_bytes(), "safetensors", str(weights)) if weights.is_file() else {}
    return SentenceSettings.from_dict(values, str(folder / CONFIG), arrays, str(weights))
