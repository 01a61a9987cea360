"""Loads a model from wherever it is: the hub, a folder that a fine-tuning wrote, Hugging Face's, a checkpoint file."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..checkpoint.folder import CHECKPOINT, is_model_folder
from ..checkpoint.models import read_model
from ..checkpoint.restore import restore, task_of_network
from ..checkpoint.task import Task
from ..errors import CheckpointError, InputError, UnsafePathError
from ..hub.building import build
from ..hub.modules import Module, find_module, local_module
from ..text import BertTokenizer
from .model import TaskModel

if TYPE_CHECKING:
    from ..modeling.network import Network

_PADDED_ROWS = 128
"""An embedding table may be rounded up to a multiple of this; a larger difference means another vocabulary."""
_FILE_TYPES = (".ckpt", ".safetensors")


@dataclasses.dataclass(frozen=True)
class _Found:
    """What a source has. The network comes last: whatever else is missing is told before anything is fetched.

    Attributes:
        name: The source, for messages.
        load: Loads the network; with it comes what it is for.
        vocabulary: Where the vocabulary is, if the source has one.
        do_lower_case: What goes with the vocabulary.
    """

    name: str
    load: Callable[[], tuple[Network, Task]]
    vocabulary: Path | None = None
    do_lower_case: bool | None = None


def load_model(
    source: str | Path,
    *,
    vocabulary: str | Path | BertTokenizer | None = None,
    do_lower_case: bool | None = None,
    kind: str = "encoder",
    labels: Sequence[str] = (),
    problem: str | None = None,
    **config: Any,
) -> TaskModel:
    """Loads a network with its weights and its tokenizer, in inference mode.

    Args:
        source: A module's uid, or the path of its card (`.md`); a folder that a fine-tuning or `save_folder` wrote; a
            Hugging Face BERT folder; or a `.ckpt` or `.safetensors` file in any published layout. A path that exists
            wins over a uid.
        vocabulary: A `vocab.txt`, a `tokenizer.json`, a folder with one of them, or a tokenizer. Needed for a file, and
            for a module whose card declares none; elsewhere it takes precedence.
        do_lower_case: Whether text is lower-cased; by default what card or folder say.
        kind: What the head in a file is for, which no file tells: one of `tinybert.checkpoint.task.TASKS`.
        labels: Names of the head's outputs; by default those of card or folder.
        problem: Of classification: one of `tinybert.checkpoint.task.PROBLEMS`. By default what the folder says; where
            nothing does, `regression` for a head with one output, else `single-label`.
        **config: Fields of `TinyBertConfig` that take precedence: heads, activation, epsilon, `seq_length`.

    Returns:
        The model, for any of the task objects.

    Raises:
        InputError: The source is none of these, or its vocabulary is missing or another model's; says what to do.
        TinyBertError: Something cannot be read, fetched or verified; see the message.

    Example:
        >>> model = load_model("tinybert.ckpt", vocabulary="vocab.txt")
        >>> Embedder(model)("It snows.").shape
        (384,)
    """
    found = _find(source, kind, config)
    tokenizer = _tokenizer(found, vocabulary, do_lower_case)
    network, known = found.load()
    if vocabulary is not None:
        _check_size(tokenizer, network.config.vocab_size, found.name)
    task = Task(known.kind, tuple(labels) or known.labels, problem or known.problem)
    return TaskModel(network, tokenizer, task, found.name)


def _find(source: str | Path, kind: str, config: dict[str, Any]) -> _Found:
    path = Path(source).expanduser()
    if path.is_dir():
        return _in_folder(path, config)
    if path.exists() and path.suffix == ".md":
        return _of_module(local_module(path), config)
    if path.exists():
        return _Found(str(path), lambda: _from_file(path, kind, config))
    if path.suffix in _FILE_TYPES or path.is_absolute() or str(source).startswith((".", "~")):
        raise InputError(f"{source} does not exist: give a folder, a checkpoint file or a module's uid")
    try:
        module = find_module(str(source))
    except UnsafePathError as error:
        raise InputError(f"{source} is neither a folder nor a file, and no module's uid: {error}") from None
    return _of_module(module, config)


def _of_module(module: Module, config: dict[str, Any]) -> _Found:
    def load() -> tuple[Network, Task]:
        network = build(module, return_all_encoders=False, **config)
        task = task_of_network(network)
        return network, dataclasses.replace(task, problem=module.card.problem or task.problem)

    return _Found(module.uid, load, module.vocabulary_path(), module.card.do_lower_case)


def _in_folder(path: Path, config: dict[str, Any]) -> _Found:
    names = (CHECKPOINT, "config.json", "model.safetensors", "pytorch_model.bin")
    if not any((path / name).is_file() for name in names):
        raise CheckpointError(
            f"{path} holds no model: neither a {CHECKPOINT}, as a fine-tuning writes it, nor the config.json and "
            "model.safetensors of a Hugging Face BERT"
        )
    return _Found(str(path), lambda: _from_folder(path, config), path)


def _from_folder(path: Path, config: dict[str, Any]) -> tuple[Network, Task]:
    checkpoint, task = read_model(path, **config)
    if "seq_length" not in config and not is_model_folder(path):
        # Hugging Face's are used at full length, but for those of sentence-transformers, which say theirs.
        length = min(_sentence_length(path), checkpoint.config.max_position_embeddings)
        checkpoint = dataclasses.replace(checkpoint, config=checkpoint.config.replace(seq_length=length))
    return restore(checkpoint, task, return_all_encoders=False), task


def _from_file(path: Path, kind: str, config: dict[str, Any]) -> tuple[Network, Task]:
    checkpoint, told = read_model(path, **config)
    # An encoder can be asked of a file with a head: the task object takes what it needs.
    network = restore(checkpoint, told if kind == "encoder" else Task(kind), return_all_encoders=False)
    return network, task_of_network(network)


def _sentence_length(path: Path) -> int:
    settings = path / "sentence_bert_config.json"
    try:
        value = json.loads(settings.read_text(encoding="utf-8"))["max_seq_length"]
    except FileNotFoundError:
        value = None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{settings} cannot be read: {error!r}") from None
    return value if isinstance(value, int) and value >= 3 else 512


def _tokenizer(
    found: _Found, vocabulary: str | Path | BertTokenizer | None, do_lower_case: bool | None
) -> BertTokenizer:
    if isinstance(vocabulary, BertTokenizer):
        return vocabulary
    if vocabulary is not None:
        path = Path(vocabulary).expanduser()
        return BertTokenizer.from_file(path, do_lower_case=do_lower_case)
    if found.vocabulary is None:
        raise InputError(
            f"{found.name} comes without a vocabulary: give the one that it was trained with, vocabulary='vocab.txt' "
            "(and do_lower_case=False where it is a cased one)"
        )
    case = found.do_lower_case if do_lower_case is None else do_lower_case
    return BertTokenizer.from_file(found.vocabulary, do_lower_case=case)


def _check_size(tokenizer: BertTokenizer, rows: int, name: str) -> None:
    if tokenizer.vocab_size < rows - _PADDED_ROWS:
        raise InputError(
            f"{tokenizer.vocabulary.source} has {tokenizer.vocab_size} tokens, but the embedding table of {name} has "
            f"{rows} rows: it is another model's vocabulary. Give the model's own: vocabulary=..."
        )
