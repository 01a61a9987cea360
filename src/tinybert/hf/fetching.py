"""Files of a model on Hugging Face's hub, through `huggingface_hub`: its cache, its tokens, its environment."""

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
"""All that a folder says, its tokenizer and dense layers among it, but for the encoder's weights."""
WEIGHTS = ("model.safetensors", "tinybert.ckpt")
"""The encoder's weights, one or the other; no pickle, which runs code."""
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


@dataclass(frozen=True)
class Snapshot:
    """Files of a model at one commit.

    Attributes:
        name: The model's name, at that commit.
        folder: Where the files lie, in the cache of `huggingface_hub`.
    """

    name: HfName
    folder: Path

    @contextmanager
    def named(self) -> Iterator[None]:
        """Errors speak of the model's name in the place of the folder."""
        try:
            yield
        except TinyBertError as error:
            error.message = error.message.replace(str(self.folder), str(self.name))
            error.args = (error.message, *error.args[1:])
            raise


def fetch(source: str | HfName, files: Sequence[str]) -> Snapshot:
    """Makes sure that files of a model are in the cache, downloading those that are not.

    Args:
        source: The model's name. Of a branch it is the newest commit; where the hub cannot be reached, the one in the
            cache.
        files: Patterns of their paths in the repository; those that fit none are not downloaded.

    Returns:
        The files, with the commit that the revision stands for.

    Raises:
        InputError: It is not such a name.
        DependencyError: `huggingface_hub` is not installed.
        OfflineError: They are not in the cache, and the network is forbidden or out of reach.
        DownloadError: They cannot be obtained; the message says why, and what to do.
    """
    name = source if isinstance(source, HfName) else HfName.parse(source)
    hub = _library()
    from .bar import Bar

    forbidden = _forbidden_by()
    # The library reads its environment when it is imported; whoever sets a variable later means it, too.
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
    except Exception as error:  # whatever its many libraries raise: a page of text by the time it is shown
        raise explained(silence or error, around) from None
    return Snapshot(name.at(folder.name), folder)


def pinned(source: Any) -> Any:
    """A model's name with the commit that its revision stands for; whatever else a source may be, as it is."""
    return str(fetch(source, SETTINGS).name) if is_hf_name(source) else source


def _library() -> ModuleType:
    if importlib.util.find_spec("huggingface_hub") is None:
        raise DependencyError(
            "Models on Hugging Face need huggingface_hub, which is not installed: pip install 'mindspore-tinybert[hf]'"
        )
    import huggingface_hub.errors

    return huggingface_hub


def _silence(hub: ModuleType, around: Circumstances) -> Exception | None:
    """Why the hub does not answer, if it does not: the library waits for ever for some of its answers."""
    api, name = hub.HfApi(endpoint=around.endpoint), around.name
    try:
        api.model_info(name.repository, revision=name.revision, timeout=hub.constants.HF_HUB_ETAG_TIMEOUT)
    except Exception as error:
        return error if getattr(error, "response", None) is None else None
    return None


def _forbidden_by() -> str | None:
    """The environment variable that forbids using the network, if one does."""
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
    """Keeps the library from telling of each attempt; what it comes to is in our error."""
    logger = logging.getLogger("huggingface_hub")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"huggingface_hub\b")
            yield
    finally:
        logger.setLevel(level)
