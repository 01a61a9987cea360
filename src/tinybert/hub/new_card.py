"""Create the card of a model that is being published."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Mapping
from typing import Any

from ..checkpoint import Checkpoint
from ..config import TinyBertConfig
from ..errors import CardError
from ..hf import is_hf_name
from ..text import BertTokenizer
from .addresses import split_https
from .card import Asset, Card

PUBLISHED_CODE = "https://gitee.com/mindspore/mindspore/tree/r1.0/model_zoo/official/nlp/tinybert"
"""The code that TinyBERT was published with. The official client names the code folder after the end of the address."""
_REPOSITORY = re.compile(r"https://[^/]+\.com/[^/]+/[^/]+(/(tree|blob)/[^/]+(/.+)?)?")
_FACTS = {field.name for field in dataclasses.fields(Card)} - {
    "assets",
    "uid",
    "model_name",
    "task",
    "labels",
    "problem",
}
_FACTS -= {"network_config", "do_lower_case", "checkpoint_file", "checkpoint_sha256", "vocab_file", "vocab_sha256"}
_FACTS -= {"tokenizer_file", "tokenizer_sha256", "model_max_length", "sentence_file", "sentence_sha256"}
"""Card fields that the caller may set; all others are determined by the model."""
_NEVER_RESOLVED = (".invalid", ".test", ".example", ".localhost")  # RFC 2606
_MINDSPORE_VERSION = "2.10"
"""The newest version that the package is tested with; it does not depend on the version installed here."""

_BODY = """\
## Introduction

{summary}{origin}

## Usage

```python
import mindspore_hub as mshub

network = mshub.load("{uid}", is_training=False)
outputs = network(input_ids, input_mask, segment_ids)
```
"""


def new_card(
    uid: str,
    checkpoint: Checkpoint,
    *,
    link: str | None,
    repo_link: str,
    files: Mapping[str, tuple[str, str]],
    tokenizer: BertTokenizer | None,
    facts: Mapping[str, Any],
) -> Card:
    """Create the card of a checkpoint.

    Args:
        uid: The module's uid.
        checkpoint: Its parameters, with configuration and task.
        link: The address under which the files will be hosted, in the folders of the uid; None for nowhere.
        repo_link: The address of the code.
        files: Name and SHA-256 of each file by its extension: `ckpt`, `vocab.txt`, `tokenizer.json`, `sentence.json`.
        tokenizer: Its tokenizer; None if it has no vocabulary.
        facts: Further fields of `Card`, which take precedence over the defaults.

    Raises:
        CardError: A field of `facts` may not be set, or the official client would reject an address.
    """
    if unknown := set(facts) - _FACTS:
        raise CardError(
            f"facts cannot include {', '.join(sorted(unknown))}; they may have {', '.join(sorted(_FACTS))}",
            argument="facts",
        )
    *folders, version, name = uid.split("/")
    config, task = checkpoint.config, checkpoint.task
    nothing = (None, None)
    vocab_file, vocab_sha256 = files.get("vocab.txt", nothing)
    tokenizer_file, tokenizer_sha256 = files.get("tokenizer.json", nothing)
    sentence_file, sentence_sha256 = files.get("sentence.json", nothing)
    summary = facts.get("summary", f"{name}, an encoder of {config.num_hidden_layers} layers")
    defaults: dict[str, Any] = {
        "title": name,
        "backbone_name": "TinyBertModel",
        "module_type": "nlp",
        "fine_tunable": True,
        "input_shape": ((1, config.seq_length),) * 3,
        "model_version": version,
        "author": folders[0],
        "update_time": datetime.date.today().isoformat(),
        "repo_link": repo_link,
        "user_id": folders[0],
        "used_for": ("inference", "transfer-learning"),
        "infer_backend": ("cpu", "gpu", "ascend"),
        "mindspore_version": _MINDSPORE_VERSION,
        "license": "see the author",
        "summary": summary,
        "body": _BODY.format(summary=summary, origin=_origin(checkpoint.source), uid=uid).strip("\n"),
    }
    described = {**defaults, **facts}
    _check_repository(described["repo_link"])
    return Card(
        **described,
        model_name=name.lower(),
        **_checkpoint(link and f"{_host(link)}/{'/'.join([*folders, version])}", *files["ckpt"]),
        uid=uid,
        task=task.kind,
        labels=task.labels,
        problem=None if task.problem == task.facts.usual_problem(None) else task.problem,
        network_config=_settings(config),
        vocab_file=vocab_file,
        vocab_sha256=vocab_sha256,
        tokenizer_file=tokenizer_file,
        tokenizer_sha256=tokenizer_sha256,
        model_max_length=tokenizer.model_max_length if tokenizer else None,
        sentence_file=sentence_file,
        sentence_sha256=sentence_sha256,
        do_lower_case=tokenizer.vocabulary.do_lower_case if tokenizer else None,
    )


def _origin(source: str) -> str:
    """Return a sentence about the origin of Hugging Face weights; empty for a path, which means nothing to others."""
    return f"\n\nThe weights are those of `{source}`." if is_hf_name(source) else ""


def _checkpoint(folder: str | None, name: str, sha256: str) -> dict[str, Any]:
    """Return the card fields of the checkpoint: an asset if it has an address, else a file next to the card."""
    if folder is None:
        return {"checkpoint_file": name, "checkpoint_sha256": sha256}
    return {"assets": (Asset("ckpt", f"{folder}/{name}", sha256),)}


def _host(link: str) -> str:
    try:
        parts = split_https(link)
    except ValueError as error:
        raise CardError(f"{error}; give the folder in which the files will be hosted", argument="link") from None
    if (parts.hostname or "").endswith(_NEVER_RESOLVED):
        raise CardError(
            f"the host of {link} never exists: give the https address of the folder in which the files will be "
            "hosted, or none as long as they are not",
            argument="link",
        )
    return link.rstrip("/")


def _check_repository(repo_link: str) -> None:
    if not isinstance(repo_link, str) or not _REPOSITORY.fullmatch(repo_link):
        raise CardError(
            f"{repo_link} is not the address of code that the official client takes: it must be "
            "https://HOST.com/OWNER/REPO, alone or followed by /tree/BRANCH/FOLDER",
            argument="repo_link",
        )


def _settings(config: TinyBertConfig) -> dict[str, str]:
    """Return the settings that differ from the published network, as text for a card."""
    published = TinyBertConfig().to_dict()
    return {name: str(value) for name, value in config.to_dict().items() if value not in (None, published[name])}
