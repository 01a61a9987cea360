"""Turns a checkpoint or a Hugging Face folder into a hub entry that `load` and the official client take."""

from __future__ import annotations

import dataclasses
import datetime
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..compat import require_mindspore
from ..config import TinyBertConfig
from ..errors import CheckpointError, UnsafePathError
from .building import bound
from .cache import HubCache
from .card import render_card
from .card_model import Asset, Card
from .install import lay_card_and_code, put_file
from .integrity import sha256_of
from .modules import Module
from .names import parse_uid
from .registry import published

if TYPE_CHECKING:
    from ..checkpoint import Checkpoint
    from ..checkpoint.task import Task

_REPO = "https://gitee.com/mindspore/models/tree/master/official/nlp"
# The checkpoint has been hosted nowhere yet; `.invalid` is the domain that never exists (RFC 2606).
NOWHERE = "https://not-hosted.invalid"

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


def publish(  # noqa: PLR0913 -- each is a fact that only the caller knows
    source: str | Path,
    uid: str,
    *,
    cache: HubCache | None = None,
    link: str = NOWHERE,
    task: str | None = None,
    labels: Sequence[str] = (),
    problem: str | None = None,
    vocabulary: str | Path | None = None,
    do_lower_case: bool | None = None,
    facts: dict[str, Any] | None = None,
    config: dict[str, Any] | None = None,
) -> Module:
    """Publishes a checkpoint: card with hash, checkpoint in v1.0 names, vocabulary, code.

    Args:
        source: A folder that a fine-tuning wrote, a `.ckpt` or `.safetensors` file in any known layout, or a Hugging
            Face BERT folder.
        uid: What to call it: `<user>/<version>/<name>` or `<user>/<device>/<version>/<name>`.
        cache: Where to lay it; by default the folder of `get_hub_dir`.
        link: The https address of the folder that the checkpoint will be hosted in, followed by the uid's folders.
        task: `sequence-classification`, `token-classification` or `question-answering` for a checkpoint with a head.
        labels: Names of the head's outputs.
        problem: Of sequence classification: `single-label`, `multi-label` or `regression`; by default what the source
            says, and where it says nothing `regression` for one output, else `single-label`.
        vocabulary: A `vocab.txt` or a folder with a vocabulary; by default that of the source.
        do_lower_case: Whether text is lower-cased; by default what the vocabulary's folder says.
        facts: Further fields of `Card`, such as `author`, `license`, `summary`, `train_dataset`.
        config: Fields of `TinyBertConfig` that the file cannot tell: heads, activation, epsilon.

    Returns:
        The module, as `find_module(uid)` would give it.

    Raises:
        UnsafePathError: The uid is none, or belongs to a published module.
        CheckpointError: The source cannot be read, or `task` and `labels` do not fit it.
        CardError: Something in `link`, `task`, `labels` or `facts` is nothing that a card may say.
    """
    require_mindspore()
    from ..checkpoint import save_checkpoint
    from ..checkpoint.models import read_model
    from ..checkpoint.task import Task

    uid = parse_uid(uid)
    if uid in published():
        raise UnsafePathError(f"{uid} is a published module; its name cannot be given to another file")
    name = uid.rsplit("/", 1)[-1]
    read, known = read_model(source, **(config or {}))
    kind = task or known.kind
    usual = (
        known.problem if kind == known.kind else "single-label"
    )  # the problem is the kind's, the labels are the head's
    chosen = Task(kind, tuple(labels) or known.labels, problem or usual)
    card = _card(uid, read, link, chosen, facts or {})
    render_card(card)  # what no card may say is refused before anything is written
    cache = cache or HubCache()
    paths = cache.entry(uid, card)
    module = Module(uid, card, paths)
    assert paths.asset is not None
    with tempfile.TemporaryDirectory() as temporary:
        checkpoint = save_checkpoint(bound(module, read), Path(temporary) / f"{name}.ckpt")
        card = dataclasses.replace(card, assets=(dataclasses.replace(card.assets[0], sha256=sha256_of(checkpoint)),))
        card, vocab = _with_vocabulary(card, _vocabulary_source(source, vocabulary), do_lower_case, Path(temporary))
        paths = cache.entry(uid, card)
        if vocab is not None and paths.vocab is not None:
            put_file(vocab, paths.vocab)
        assert paths.asset is not None
        put_file(checkpoint, paths.asset)
    lay_card_and_code(card, paths)
    return Module(uid, card, paths)


def _card(uid: str, read: Checkpoint, link: str, task: Task, facts: dict[str, Any]) -> Card:
    *folders, version, name = uid.split("/")
    _check_task(read, task)
    summary = facts.get("summary", f"{name}, an encoder of {read.config.num_hidden_layers} layers")
    defaults: dict[str, Any] = {
        "title": name,
        "backbone_name": "TinyBertModel",
        "module_type": "nlp",
        "fine_tunable": True,
        "input_shape": ((1, read.config.seq_length),) * 3,
        "model_version": version,
        "author": folders[0],
        "update_time": datetime.date.today().isoformat(),
        # The official client takes the end of this address for the name of the code folder.
        "repo_link": f"{_REPO}/{name}",
        "user_id": folders[0],
        "used_for": ("inference", "transfer-learning"),
        "infer_backend": ("cpu", "gpu", "ascend"),
        "mindspore_version": ".".join(metadata.version("mindspore").split(".")[:2]),
        "license": "see the author",
        "summary": summary,
        "body": _BODY.format(summary=summary, uid=uid).strip("\n"),
    }
    asset = Asset("ckpt", f"{link.rstrip('/')}/{'/'.join([*folders, version])}/{name}.ckpt", "0" * 64)
    return Card(
        **{**defaults, **facts},
        model_name=name.lower(),
        assets=(asset,),
        task=task.kind,
        labels=task.labels,
        problem=task.problem if task.problem != "single-label" else None,
        network_config=_settings(read.config),
    )


def _check_task(read: Checkpoint, task: Task) -> None:
    if read.num_labels is None and (task.labels or task.kind != "encoder"):
        raise CheckpointError(f"{read.source} is that of an encoder alone: it has no head for a task or for labels")
    if read.num_labels is not None and task.kind == "encoder":
        raise CheckpointError(f"{read.source} has a head; its task cannot be encoder")
    if task.kind == "question-answering" and read.num_labels != 2:
        raise CheckpointError(f"{read.source} has {read.num_labels} outputs; a head for questions has 2")
    if task.kind != "sequence-classification" and task.problem != "single-label":
        raise CheckpointError(f"a problem, {task.problem}, is of sequence-classification; the task is {task.kind}")
    if task.labels and len(task.labels) != read.num_labels:
        raise CheckpointError(f"{read.source} has {read.num_labels} outputs, but {len(task.labels)} labels are given")


def _settings(config: TinyBertConfig) -> dict[str, str]:
    """Everything in which a network differs from the published one, as a card's text."""
    published_config = TinyBertConfig().to_dict()
    return {name: str(value) for name, value in config.to_dict().items() if value not in (None, published_config[name])}


def _vocabulary_source(source: str | Path, vocabulary: str | Path | None) -> Path | None:
    from ..text.sources import has_vocabulary

    if vocabulary is not None:
        return Path(vocabulary).expanduser()
    folder = Path(source).expanduser()
    return folder if has_vocabulary(folder) else None


def _with_vocabulary(
    card: Card, source: Path | None, do_lower_case: bool | None, temporary: Path
) -> tuple[Card, Path | None]:
    if source is None:
        return card, None
    from ..text import BertTokenizer

    tokenizer = BertTokenizer.from_file(source, do_lower_case=do_lower_case)
    tokenizer.save(temporary)
    file = temporary / "vocab.txt"
    card = dataclasses.replace(
        card,
        vocab_file=f"{card.model_name}.vocab.txt",
        vocab_sha256=sha256_of(file),
        do_lower_case=tokenizer.vocabulary.do_lower_case,
    )
    return card, file
