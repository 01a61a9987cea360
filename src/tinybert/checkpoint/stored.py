"""A model in a folder, in a file or on Hugging Face, found and read in one place for all callers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from ..arguments import exists, path_of
from ..errors import CheckpointError, InputError
from ..hf import SETTINGS, WEIGHTS, Snapshot, fetch, is_hf_name
from ..reading import read_json
from ..text import BertTokenizer
from ..text.vocabulary_files import has_vocabulary
from ..writing import settle
from .checkpoint import Checkpoint
from .folder import CHECKPOINT, CONFIG, MODEL_TYPE, check_vocabulary, is_model_folder, read_folder
from .huggingface import read_huggingface
from .huggingface_config import encoder_fields
from .parsing import parse_checkpoint

_MODEL_FILES = (CHECKPOINT, "config.json", "model.safetensors", "pytorch_model.bin")
_SHARDS = "model.safetensors.index.json"


@dataclasses.dataclass(frozen=True)
class StoredModel:
    """A model in a folder, a file, the hub's cache, or on Hugging Face.

    The weights are read last, and only when they are requested: if something else is missing, the error comes before
    any weights are fetched.

    Attributes:
        name: The model's name in messages.
        read: Reads the parameters with configuration and task. Takes fields of `TinyBertConfig` that take precedence
            and, for a file or a Hugging Face folder, the `prefix` of the network's names.
        own_tokenizer: Reads the model's tokenizer; its `do_lower_case` overrides the model's setting. None if the model
            has no vocabulary.
        knows_task: Whether the model says what its head is for. A checkpoint file does not.
    """

    name: str
    read: Callable[..., Checkpoint]
    own_tokenizer: Callable[..., BertTokenizer] | None = None
    knows_task: bool = True

    def tokenizer(
        self, vocabulary: str | Path | BertTokenizer | None = None, do_lower_case: bool | None = None
    ) -> BertTokenizer:
        """Return the model's tokenizer.

        Args:
            vocabulary: A tokenizer, a file, a folder or the `hf:` name of a model, to use instead of the model's own.
            do_lower_case: Whether text is lower-cased; None uses the model's setting.

        Raises:
            InputError: The model has no vocabulary, and none is given.
        """
        if isinstance(vocabulary, BertTokenizer):
            return vocabulary
        if vocabulary is not None:
            return BertTokenizer.from_file(vocabulary, do_lower_case=do_lower_case)
        if self.own_tokenizer is None:
            raise InputError(
                f"{self.name} comes without a vocabulary: give the one that it was trained with, and say so if it is "
                "a cased one",
                argument="vocabulary",
                example="vocab.txt",
            )
        return self.own_tokenizer(do_lower_case=do_lower_case)

    def open(
        self,
        vocabulary: str | Path | BertTokenizer | None = None,
        do_lower_case: bool | None = None,
        **config: Any,
    ) -> tuple[Checkpoint, BertTokenizer]:
        """Read the model's parameters and tokenizer, and check that they fit each other.

        Args:
            vocabulary: As for `tokenizer`.
            do_lower_case: As for `tokenizer`.
            **config: As for `read`.

        Raises:
            InputError: There is no vocabulary, or it belongs to another model.
            CheckpointError: The parameters cannot be read.
        """
        tokenizer = self.tokenizer(vocabulary, do_lower_case)
        checkpoint = self.read(**config)
        check_vocabulary(tokenizer, checkpoint.config, self.name, given=vocabulary is not None)
        return checkpoint, tokenizer

    def open_to_copy(
        self, vocabulary: str | Path | BertTokenizer | None = None, **config: Any
    ) -> tuple[Checkpoint, BertTokenizer | None]:
        """Read the model as `open` does, but with None for the tokenizer if there is no vocabulary."""
        if vocabulary is None and self.own_tokenizer is None:
            return self.read(**config), None
        return self.open(vocabulary, **config)


def stored_at(path: str | Path) -> StoredModel:
    """Return the model at a path or on Hugging Face; its weights are not read yet.

    Args:
        path: A folder written by fine-tuning or `save_folder`, a Hugging Face BERT folder, or a `.ckpt` or
            `.safetensors` file in any published layout; or the name of such a folder on Hugging Face, `hf:OWNER/NAME`
            or `hf:OWNER/NAME@REVISION`, in which case the model's name includes the commit.

    Raises:
        CheckpointError: There is no such file, or the folder holds no model.
        TinyBertError: As for `tinybert.hf.fetch`, for a name on Hugging Face.
    """
    if is_hf_name(path):
        return _on_hugging_face(fetch(str(path), SETTINGS))
    path = path_of(path)
    if not exists(path):
        raise CheckpointError(f"{path} does not exist")
    if path.is_dir():
        settle(path)
    if path.is_file():
        return StoredModel(str(path), partial(_read_file, path), knows_task=False)
    if not _any_of(path, _MODEL_FILES):
        raise CheckpointError(
            f"{path} holds no model: neither a {CHECKPOINT}, as fine-tuning writes it, nor the config.json and "
            "model.safetensors of a Hugging Face BERT"
        )
    read = read_folder if is_model_folder(path) else read_huggingface
    tokenizer = partial(BertTokenizer.from_file, path) if has_vocabulary(path) else None
    return StoredModel(str(path), partial(read, path), tokenizer)


def read_checkpoint(path: str | Path, *, prefix: str | None = None, **config: Any) -> Checkpoint:
    """Read the parameters of a model, with configuration and task.

    Args:
        path: As for `stored_at`, whose errors may also be raised.
        prefix: Prefix of the network's parameter names, if the file holds several networks, such as teacher and
            student.
        **config: Fields of `TinyBertConfig` that take precedence over the model's; needed for what a file does not
            determine: number of heads, activation, epsilon. Sizes must agree with the file.

    Returns:
        The checkpoint; `tinybert.weights` builds a network from it.

    Raises:
        CheckpointError: The model cannot be read, or its parts do not fit together; the message says why and what to
            do.

    Example:
        >>> checkpoint = read_checkpoint("tinybert.ckpt")
        >>> network = restore(checkpoint)
    """
    return stored_at(path).read(**config if prefix is None else {**config, "prefix": prefix})


def _any_of(folder: Path, names: Iterable[str]) -> bool:
    return any((folder / name).is_file() for name in names)


def _read_file(path: Path, prefix: str | None = None, **config: Any) -> Checkpoint:
    return parse_checkpoint(path.read_bytes(), path.suffix.lstrip(".").lower(), str(path), prefix=prefix, **config)


def _on_hugging_face(settings: Snapshot) -> StoredModel:
    name, folder = str(settings.name), settings.folder
    if not (folder / CONFIG).is_file():
        raise CheckpointError(f"{name} has no {CONFIG}: it is not a model of transformers; take one that is")
    with settings.named():
        if read_json(folder / CONFIG, dict[str, Any], error=CheckpointError).get("model_type") != MODEL_TYPE:
            encoder_fields(folder)  # reject another kind of model before its weights are fetched

    def read(**config: Any) -> Checkpoint:
        if not _any_of(folder, WEIGHTS):
            fetch(settings.name, WEIGHTS)
        if not _any_of(folder, (*WEIGHTS, _SHARDS)):
            raise CheckpointError(
                f"{name} has no model.safetensors, and nothing else is read, since a pickle runs code: take a revision "
                f"that has one, such as {settings.name.at('refs/pr/1')}, or save one with transformers, "
                f"AutoModel.from_pretrained({settings.name.repository!r}).save_pretrained(folder)"
            )
        with settings.named():
            checkpoint = stored_at(folder).read(**config)
        sentence = checkpoint.sentence
        refused = sentence.refused and sentence.refused.replace(str(folder), name)
        return dataclasses.replace(checkpoint, source=name, sentence=dataclasses.replace(sentence, refused=refused))

    def tokenizer(**options: Any) -> BertTokenizer:
        with settings.named():
            return BertTokenizer.from_file(folder, **options)

    return StoredModel(name, read, tokenizer if has_vocabulary(folder) else None)
