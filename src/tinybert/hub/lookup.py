"""Find a model by any of its names: a folder, a file, a Hugging Face name, a uid, or a card."""

from __future__ import annotations

from pathlib import Path

from ..arguments import describe, exists, path_of
from ..checkpoint import StoredModel, stored_at
from ..checkpoint.formats import FORMATS
from ..errors import InputError, UnsafePathError
from ..hf import is_hf_name, suggestion
from .cache import HubCache
from .finding import find_module, local_module
from .modules import Module


def find_stored(source: str | Path, *, hub_dir: str | Path | None = None) -> StoredModel:
    """Find a model by a name or path.

    Args:
        source: A module's uid, or the path of its card (`.md`); a folder written by fine-tuning or `save_folder`; a
            Hugging Face BERT folder, or its name there, `hf:OWNER/NAME` or `hf:OWNER/NAME@REVISION`; or a `.ckpt` or
            `.safetensors` file. An existing path takes precedence over a uid, but not over a name that begins with
            `hf:`.
        hub_dir: The cache folder in which to look up a uid; None for the one of `get_hub_dir`.

    Raises:
        InputError: The source is none of these, or does not exist.
        UnknownModuleError: No module has this uid; the message lists the closest.
        TinyBertError: As for `tinybert.hf.fetch`, for a name on Hugging Face.
    """
    if not isinstance(source, str | Path) or not str(source):
        raise InputError(f"source is {describe(source)}: it must be a folder, a checkpoint file or a module's uid")
    if is_hf_name(source):
        return stored_at(source)
    path = path_of(source)
    if exists(path):
        return _of_module(local_module(path)) if path.suffix == ".md" and path.is_file() else stored_at(path)
    if path.suffix.lstrip(".") in FORMATS or path.is_absolute() or str(source).startswith((".", "~")):
        raise InputError(f"{source} does not exist: give a folder, a checkpoint file or a module's uid")
    try:
        return _of_module(find_module(str(source), cache=HubCache(hub_dir)))
    except UnsafePathError as error:
        if meant := suggestion(str(source)):
            raise InputError(
                f"{source} is neither a folder nor a file, and not a module's uid: did you mean {meant}?"
            ) from None
        raise InputError(f"{source} is neither a folder nor a file, and not a module's uid: {error}") from None


def _of_module(module: Module) -> StoredModel:
    return StoredModel(
        module.uid, module.checkpoint, module.tokenizer if module.paths.tokenizer or module.paths.vocab else None
    )
