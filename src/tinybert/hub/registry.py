"""Every TinyBERT asset ever published on MindSpore Hub, whether or not the hub still lists it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..reading import read_json
from .card import Asset, Card

_TABLE = Path(__file__).with_name("published_cards.json")

# In the order of Google's BERT script, with which the model zoo prepared its data.
_LABELS = {
    "sst2": ("0", "1"),
    "qnli": ("entailment", "not_entailment"),
    "mnli": ("contradiction", "entailment", "neutral"),
}


@dataclass(frozen=True)
class PublishedVocabulary:
    """A vocabulary that published modules were trained with.

    Attributes:
        name: A description of it.
        size: Number of tokens.
        link: The https address of Google's archive that contains it as `vocab.txt`.
        sha256: The hash of `vocab.txt`.
    """

    name: str
    size: int
    link: str
    sha256: str


ENGLISH = PublishedVocabulary(
    "Google's BERT, uncased English",
    30522,
    "https://storage.googleapis.com/bert_models/2018_10_18/uncased_L-12_H-768_A-12.zip",
    "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
)
CHINESE = PublishedVocabulary(
    "Google's BERT, Chinese",
    21128,
    "https://storage.googleapis.com/bert_models/2018_11_03/chinese_L-12_H-768_A-12.zip",
    "45bbac6b341c319adc98a532532882e91a9cefc0329aa57bac9ae761c27b291c",
)

_BODY = """\
## Introduction

This MindSpore Hub model uses the implementation of TinyBertModel from the MindSpore model zoo on Gitee at
model_zoo/official/nlp/tinybert. According to its name it has been trained on {train_dataset}.
{remarks}
All parameters in the module are trainable.

Token ids are those of {vocabulary.name}, {vocabulary.size:,} tokens. It is `vocab.txt` in
<{vocabulary.link}>, with the SHA-256 {vocabulary.sha256}.

## Usage

```python
import mindspore_hub as mshub

network = mshub.load("{uid}", is_training=False)
outputs = network(input_ids, input_mask, segment_ids)
```
"""


@dataclass(frozen=True)
class PublishedModule:
    """A module as it was published.

    Attributes:
        uid: Its uid.
        assets: Its files, in the order of its card. The first is the module's own.
        aliases: Other uids with the same file.
        train_dataset: The name of its training data.
        evaluation: Its quality, in the words of its card.
        model_version: The version on its card.
        backbone_name: The network's name on its card.
        repo_link: The address of the code that it was published with.
        update_time: The date of publication.
        note: Peculiarities of its card, or "".
    """

    uid: str
    assets: tuple[Asset, ...]
    aliases: tuple[str, ...]
    train_dataset: str
    evaluation: str | None
    model_version: str
    backbone_name: str
    repo_link: str
    update_time: str
    note: str

    @property
    def asset(self) -> Asset:
        """The module's own file."""
        return self.assets[0]

    @property
    def model_name(self) -> str:
        """The name that a client passes to `create_network`.

        All modules of a version share one code folder, which distinguishes them by this name. On the published cards it
        is `tinybert` for all of them.
        """
        return "tinybert" if self.model_version == "1.0" else self.uid.rsplit("/", 1)[-1].lower()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the task in the module's name; empty for an encoder."""
        return _LABELS.get(self.train_dataset.rsplit("_", 1)[-1], ())

    @property
    def vocabulary(self) -> PublishedVocabulary:
        """The vocabulary that it was trained with. The cn-wiki module has the English one, as its table size shows."""
        return CHINESE if self.train_dataset in ("zhwiki", "zh-wiki") else ENGLISH

    @property
    def task(self) -> str:
        """The task that the name implies. The actual task is read from the file, since the name may be wrong."""
        return "sequence-classification" if self.labels else "encoder"

    @property
    def card(self) -> Card:
        """A card in the current form, including what all published cards have in common."""
        remarks = [self.note and f"Note: {self.note}.", self.aliases and f"The same file as {', '.join(self.aliases)}."]
        body = _BODY.format(
            uid=self.uid,
            train_dataset=self.train_dataset,
            vocabulary=self.vocabulary,
            remarks="".join(f"\n{remark}\n" for remark in remarks if remark),
        )
        return Card(
            title="TinyBert",
            model_name=self.model_name,
            backbone_name=self.backbone_name,
            module_type="nlp",
            fine_tunable=True,
            input_shape=((1, 128),) * 3,
            model_version=self.model_version,
            train_dataset=self.train_dataset,
            evaluation=self.evaluation,
            author="MindSpore team",
            update_time=self.update_time,
            repo_link=self.repo_link,
            user_id="MindSpore",
            used_for=("inference", "transfer-learning"),
            train_backend=("ascend",),
            infer_backend=("ascend",),
            mindspore_version=self.uid.split("/")[-2],
            # A client takes the last checkpoint of a card, so the module's own comes last.
            assets=(*self.assets[1:], self.asset),
            license="Apache2.0",
            summary="tinybert used to do classification, sequence labeling or squad tasks on various dataset.",
            task=self.task,
            labels=self.labels,
            body=body.strip("\n"),
        )


@lru_cache(maxsize=1)
def published() -> Mapping[str, PublishedModule]:
    """Return all published modules by uid, sorted so that 1.10 comes after 1.9."""
    entries = read_json(_TABLE)
    uids_of_file: dict[str, list[str]] = {}
    for entry in entries:
        uids_of_file.setdefault(entry["assets"][0]["asset_sha256"], []).append(entry["uid"])
    entries.sort(key=lambda entry: _natural_order(entry["uid"]))
    modules = (_module(entry, uids_of_file[entry["assets"][0]["asset_sha256"]]) for entry in entries)
    return MappingProxyType({module.uid: module for module in modules})


def list_uids() -> list[str]:
    """Return the uids of all published modules, sorted so that 1.10 comes after 1.9."""
    return list(published())


def _module(entry: Mapping[str, Any], uids: list[str]) -> PublishedModule:
    files = [f"{_asset(asset).file_name} holds a {asset['holds']}" for asset in entry["assets"] if "holds" in asset]
    facts = ("uid", "train_dataset", "evaluation", "model_version", "backbone_name", "repo_link", "update_time")
    return PublishedModule(
        assets=tuple(map(_asset, entry["assets"])),
        aliases=tuple(sorted((uid for uid in uids if uid != entry["uid"]), key=_natural_order)),
        note="; ".join(filter(None, (entry.get("note"), *files))),
        **{fact: entry[fact] for fact in facts},
    )


def _asset(entry: Mapping[str, str]) -> Asset:
    return Asset(entry["file_format"], entry["asset_link"], entry["asset_sha256"])


def _natural_order(uid: str) -> list[str | int]:
    return [int(part) if place % 2 else part for place, part in enumerate(re.split(r"([0-9]{1,18})", uid))]
