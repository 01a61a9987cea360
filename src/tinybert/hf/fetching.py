"""Fetch files of a model on the Hugging Face Hub through `huggingface_hub`, with its cache, tokens and environment."""

from __future__ import annotations

import importlib.util
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import DependencyError, TinyBertError
from ..offline import YES, offline
from .name import HfName, is_hf_name
from .trouble import Circumstances, explained

SETTINGS = (
    "config.json",
    "tokenizer.json",
    "vocab.txt",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "modules.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "model.safetensors.index.json",
    "[1-9]*_*/config.json",
    "[1-9]*_*/model.safetensors",
    "dense.safetensors",
)
"""Patterns of all files of a model except the encoder's weights: configuration, tokenizer, dense layers."""
WEIGHTS = ("model.safetensors", "tinybert.ckpt")
"""The encoder's weights, one or the other. Never a pickle, which can run code."""
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


@dataclass(frozen=True)
class Snapshot:
    """Files of a model at one commit.

    Attributes:
        name: The model's name, with the commit.
        folder: The folder of the files in the cache of `huggingface_hub`.
    """

    name: HfName
    folder: Path

    @contextmanager
    def named(self) -> Iterator[None]:
        """Replace the folder by the model's name in errors raised within the block."""
        try:
            yield
        except TinyBertError as error:
            error.message = error.message.replace(str(self.folder), str(self.name))
            error.args = (error.message, *error.args[1:])
            raise


def fetch(source: str | HfName, files: Sequence[str]) -> Snapshot:
    """Ensure that files of a model are in the cache; download those that are missing.

    Args:
        source: The model's name. A branch means its newest commit or, if the hub cannot be reached, the cached one.
        files: Patterns of paths in the repository; other files are not downloaded.

    Returns:
        The files, with the commit that the revision refers to.

    Raises:
        InputError: The source is not such a name.
        DependencyError: `huggingface_hub` is not installed.
        OfflineError: The files are not cached, and the network is forbidden or unreachable.
        DownloadError: The files cannot be obtained; the message says why, and what to do.
    """
    name = source if isinstance(source, HfName) else HfName.parse(source)
    hub = _library()
    from .bar import Bar

    forbidden = _forbidden_by()
    # The library reads the environment on import only; variables that are set later should count as well.
    around = Circumstances(name, os.environ.get("HF_ENDPOINT") or None, _cache_dir(hub), forbidden)
    silence = None
    try:
        with _quiet():
            silence = None if forbidden else _silence(hub, around)
            folder = Path(
                hub.snapshot_download(
                    name.repository,
                    revision=name.revision,
                    endpoint=around.endpoint,
                    cache_dir=around.cache_dir,
                    local_files_only=bool(forbidden or silence),
                    allow_patterns=list(files),
                    tqdm_class=Bar,
                )
            )
        if (forbidden or silence) and not any(any(folder.glob(pattern)) for pattern in files):
            raise hub.errors.LocalEntryNotFoundError("older versions take any part of a model for all of it")
    except Exception as error:  # its many libraries raise many kinds of errors, with pages of text
        raise explained(silence or error, around) from None
    return Snapshot(name.at(folder.name), folder)


def pinned(source: Any) -> Any:
    """Return a model's `hf:` name with the commit that its revision refers to; return any other source unchanged."""
    return str(fetch(source, SETTINGS).name) if is_hf_name(source) else source


def _library() -> ModuleType:
    if importlib.util.find_spec("huggingface_hub") is None:
        raise DependencyError(
            "Models on Hugging Face need huggingface_hub, which is not installed: pip install 'mindspore-tinybert[hf]'"
        )
    import huggingface_hub.errors

    return huggingface_hub


def _silence(hub: ModuleType, around: Circumstances) -> Exception | None:
    """Return the error if the hub does not respond, else None; the library would wait forever for some answers."""
    api, name = hub.HfApi(endpoint=around.endpoint), around.name
    try:
        api.model_info(name.repository, revision=name.revision, timeout=hub.constants.HF_HUB_ETAG_TIMEOUT)
    except Exception as error:
        return error if getattr(error, "response", None) is None else None
    return None


def _forbidden_by() -> str | None:
    """Return the environment variable that forbids network use, or None."""
    if offline():
        return "MSHUB_OFFLINE"
    return next((name for name in _OFFLINE if os.environ.get(name, "").strip().lower() in YES), None)


def _cache_dir(hub: ModuleType) -> Path:
    chosen = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if not chosen and (home := os.environ.get("HF_HOME")):
        chosen = os.path.join(home, "hub")
    return Path(os.path.expandvars(chosen or hub.constants.HF_HUB_CACHE)).expanduser()


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the library's messages about each attempt; our error reports the outcome."""
    logger = logging.getLogger("huggingface_hub")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"huggingface_hub\b")
            yield
    finally:
        logger.setLevel(level)
