"""The card of a model that is published here."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from ..checkpoint import Checkpoint
from ..config import TinyBertConfig
from ..text import BertTokenizer
from .card import Asset, Card

_REPO = "https://gitee.com/mindspore/models/tree/master/official/nlp"
# The checkpoint has been hosted nowhere yet; `.invalid` is the domain that never exists (RFC 2606).
NOWHERE = "https://not-hosted.invalid"
_MINDSPORE_VERSION = "2.10"
"""The newest version that the package is tested with; a card does not depend on what is installed where it is made."""

_BODY = """\
## Introduction

{summary}

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
    link: str,
    sha256: str,
    tokenizer: BertTokenizer | None,
    vocab_sha256: str | None,
    facts: Mapping[str, Any],
) -> Card:
    """Makes the card of a checkpoint.

    Args:
        uid: The module's uid.
        checkpoint: Its parameters, with configuration and task.
        link: The address of the folder that the checkpoint will be hosted in, followed by the uid's folders.
        sha256: The hash of the checkpoint's file.
        tokenizer: Its tokenizer, if it comes with a vocabulary.
        vocab_sha256: The hash of the vocabulary's file.
        facts: Further fields of `Card`, which take precedence over the defaults.
    """
    *folders, version, name = uid.split("/")
    config, task = checkpoint.config, checkpoint.task
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
        # The official client takes the end of this address for the name of the code folder.
        "repo_link": f"{_REPO}/{name}",
        "user_id": folders[0],
        "used_for": ("inference", "transfer-learning"),
        "infer_backend": ("cpu", "gpu", "ascend"),
        "mindspore_version": _MINDSPORE_VERSION,
        "license": "see the author",
        "summary": summary,
        "body": _BODY.format(summary=summary, uid=uid).strip("\n"),
    }
    return Card(
        **{**defaults, **facts},
        model_name=name.lower(),
        assets=(Asset("ckpt", f"{link.rstrip('/')}/{'/'.join([*folders, version])}/{name}.ckpt", sha256),),
        task=task.kind,
        labels=task.labels,
        problem=None if task.problem == task.facts.usual_problem(None) else task.problem,
        network_config=_settings(config),
        vocab_file=f"{name.lower()}.vocab.txt" if tokenizer else None,
        vocab_sha256=vocab_sha256,
        do_lower_case=tokenizer.vocabulary.do_lower_case if tokenizer else None,
    )


def _settings(config: TinyBertConfig) -> dict[str, str]:
    """Everything in which a network differs from the published one, as a card's text."""
    published = TinyBertConfig().to_dict()
    return {name: str(value) for name, value in config.to_dict().items() if value not in (None, published[name])}
