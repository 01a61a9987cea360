"""What a model card says, as data."""

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
        link: Its https address; of a file that is hosted nowhere, its bare name.
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
        """Whether the file can be had from an address; `.invalid` is the domain that never exists (RFC 2606)."""
        return "://" in self.link and not (urlsplit(self.link).hostname or "").endswith(".invalid")


@dataclass(frozen=True, kw_only=True)
class Card:
    """The facts of a model card. Versions and dates are text, as the card has them; what it lacks is empty.

    Attributes:
        title: The heading before the header.
        model_name: The name that `create_network` is called with.
        backbone_name: The name of the network's class.
        module_type: `nlp`, or with a detail `nlp-bert`.
        fine_tunable: Whether the module can be trained further.
        input_shape: The shapes of the inputs.
        model_version: The model's version.
        author: Who made it.
        update_time: When the card was changed.
        repo_link: The https address of the code.
        user_id: Who publishes it.
        used_for: Out of `inference`, `extract-feature`, `transfer-learning`.
        infer_backend: Out of `cpu`, `gpu`, `ascend`.
        mindspore_version: The version of MindSpore that it was made with.
        license: Its licence.
        summary: A sentence about it.
        train_dataset: What it was trained on.
        evaluation: How well it does, in words.
        accuracy: How well it does, as a number.
        train_backend: Where it was trained, out of `cpu`, `gpu`, `ascend`.
        assets: Its files.
        featured_image: The name of a picture.
        allow_cache_ckpt: Whether clients may keep the checkpoint.
        task: What its network is for: the name of one of the kinds in `tinybert.task`.
        labels: The labels of a head, in the order of its outputs.
        problem: One of the problems of the task's kind. None means the usual one for the number of outputs.
        network_config: What the shapes in a checkpoint do not determine, such as `hidden_act`.
        do_lower_case: Whether text is lower-cased before it is tokenized.
        uid: The module's uid, on cards that are written here.
        checkpoint_file: The name of a checkpoint beside the card that is hosted nowhere, and so is none of the assets.
        checkpoint_sha256: Its hash.
        vocab_file: The name of the vocabulary's file beside the asset.
        vocab_sha256: Its hash.
        tokenizer_file: The name of a `tokenizer.json` beside the asset, which says all that determines ids.
        tokenizer_sha256: Its hash.
        model_max_length: The most tokens of a row that the tokenizer gives.
        sentence_file: The name of a file that says how the model makes a vector of a text, where it is not the mean.
        sentence_sha256: Its hash.
        extra: Header fields that have no meaning here, by their keys: text, None or lists of them.
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
        """The file that is loaded, chosen as the official client does: the last checkpoint, else the first file.

        A card without assets may name a checkpoint beside it.
        """
        if not self.assets and self.checkpoint_file and self.checkpoint_sha256:
            return Asset("ckpt", self.checkpoint_file, self.checkpoint_sha256)
        checkpoints = [asset for asset in self.assets if asset.file_format == "ckpt"]
        return checkpoints[-1] if checkpoints else next(iter(self.assets), None)

    @property
    def code_name(self) -> str:
        """The name of the code folder in the cache: the end of the code's address, else that of TinyBERT's."""
        return link_name(re.split("[?#]", self.repo_link)[0].rstrip("/")) or _USUAL_CODE
