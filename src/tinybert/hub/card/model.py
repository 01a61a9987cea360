"""The contents of a model card, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ...task import ENCODER
from ..addresses import link_name

_USUAL_CODE = "tinybert"


@dataclass(frozen=True)
class Asset:
    """A file that belongs to a module.

    Attributes:
        file_format: `ckpt`, `mindir`, `onnx`, `air` or `mslite`.
        link: Its https address; for a file without an address, its bare name.
        sha256: Its hash, 64 lower-case hexadecimal digits.
    """

    file_format: str
    link: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The file's name in the cache: the end of its address."""
        return link_name(self.link)

    @property
    def hosted(self) -> bool:
        """Whether the file can be fetched from an address; hosts under `.invalid` never exist (RFC 2606)."""
        return "://" in self.link and not (urlsplit(self.link).hostname or "").endswith(".invalid")


@dataclass(frozen=True, kw_only=True)
class Card:
    """The contents of a model card. Versions and dates are text, as on the card; missing fields are empty.

    Attributes:
        title: The heading before the header.
        model_name: The name that `create_network` is called with.
        backbone_name: The name of the network's class.
        module_type: `nlp`, or with a detail `nlp-bert`.
        fine_tunable: Whether the module can be trained further.
        input_shape: The shapes of the inputs.
        model_version: The model's version.
        author: The author.
        update_time: The date of the card's last change.
        repo_link: The https address of the code.
        user_id: The user who publishes it.
        used_for: Any of `inference`, `extract-feature`, `transfer-learning`.
        infer_backend: Any of `cpu`, `gpu`, `ascend`.
        mindspore_version: The version of MindSpore that it was made with.
        license: Its licence.
        summary: A sentence about it.
        train_dataset: The training data.
        evaluation: Its quality, in words.
        accuracy: Its quality, as a number.
        train_backend: The devices that it was trained on, any of `cpu`, `gpu`, `ascend`.
        assets: Its files.
        featured_image: The name of an image.
        allow_cache_ckpt: Whether clients may keep the checkpoint.
        task: The task of the network: the name of one of the kinds in `tinybert.task`.
        labels: The labels of a head, in the order of its outputs.
        problem: One of the problems of the task's kind. None means the default for the number of outputs.
        network_config: Settings that the shapes in a checkpoint do not determine, such as `hidden_act`.
        do_lower_case: Whether text is lower-cased before it is tokenized.
        uid: The module's uid, on cards that are written here.
        checkpoint_file: The name of a checkpoint next to the card that has no address and is therefore not an asset.
        checkpoint_sha256: Its hash.
        vocab_file: The name of the vocabulary file next to the asset.
        vocab_sha256: Its hash.
        tokenizer_file: The name of a `tokenizer.json` next to the asset, which fully determines the token ids.
        tokenizer_sha256: Its hash.
        model_max_length: Maximum number of tokens in a row from the tokenizer.
        sentence_file: The name of a file with the settings for the vector of a text; None for plain mean pooling.
        sentence_sha256: Its hash.
        extra: Header fields without a meaning here, by key: text, None or lists of these.
        body: The Markdown after the header.
    """

    title: str = ""
    model_name: str = ""
    backbone_name: str = ""
    module_type: str = ""
    fine_tunable: bool | None = None
    input_shape: tuple[Any, ...] = ()
    model_version: str = ""
    author: str = ""
    update_time: str = ""
    repo_link: str = ""
    user_id: str = ""
    used_for: tuple[str, ...] = ()
    infer_backend: tuple[str, ...] = ()
    mindspore_version: str = ""
    license: str = ""
    summary: str = ""
    train_dataset: str | None = None
    evaluation: str | None = None
    accuracy: float | None = None
    train_backend: tuple[str, ...] = ()
    assets: tuple[Asset, ...] = ()
    featured_image: str | None = None
    allow_cache_ckpt: bool | None = None
    task: str = ENCODER.name
    labels: tuple[str, ...] = ()
    problem: str | None = None
    network_config: Mapping[str, str] = field(default_factory=dict, hash=False)
    do_lower_case: bool | None = None
    uid: str | None = None
    checkpoint_file: str | None = None
    checkpoint_sha256: str | None = None
    vocab_file: str | None = None
    vocab_sha256: str | None = None
    tokenizer_file: str | None = None
    tokenizer_sha256: str | None = None
    model_max_length: float | None = None
    sentence_file: str | None = None
    sentence_sha256: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    body: str = ""

    @property
    def asset(self) -> Asset | None:
        """The file to load, chosen as the official client does: the last checkpoint, else the first file.

        A card without assets may name a checkpoint next to it.
        """
        if not self.assets and self.checkpoint_file and self.checkpoint_sha256:
            return Asset("ckpt", self.checkpoint_file, self.checkpoint_sha256)
        checkpoints = [asset for asset in self.assets if asset.file_format == "ckpt"]
        return checkpoints[-1] if checkpoints else next(iter(self.assets), None)

    @property
    def code_name(self) -> str:
        """The name of the code folder in the cache: the end of the code's address, else that of TinyBERT's."""
        return link_name(re.split("[?#]", self.repo_link)[0].rstrip("/")) or _USUAL_CODE
