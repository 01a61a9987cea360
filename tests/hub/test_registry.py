"""Every published uid resolves to one of ten files and to a card that is valid today."""

from __future__ import annotations

import pytest

from tinybert.errors import UnknownModuleError
from tinybert.hub import check_card, list_uids
from tinybert.hub.card import parse_card, render_card
from tinybert.hub.finding import find_module
from tinybert.hub.registry import published
from tinybert.hub.uids import parse_uid

CN_WIKI = "mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"
EN_WIKI = "mindspore/ascend/1.0/tinybert_v1.0_en-wiki"
TEACHERS = "mindspore/ascend/1.2/tinybert_v1.2_en-wiki"


def test_there_are_27_uids_and_10_files():
    modules = published()
    assert len(modules) == len(list_uids()) == 27
    assert len({asset.sha256 for module in modules.values() for asset in module.assets}) == 10


@pytest.mark.parametrize("uid", list_uids())
def test_a_module_resolves_to_a_valid_card_of_its_own(uid):
    module = published()[uid]
    assert module.uid == parse_uid(uid) == uid
    text = render_card(module.card)
    assert check_card(text) == []
    card = parse_card(text)
    assert card == module.card
    assert card.asset == module.asset
    assert card.code_name == "tinybert"
    assert set(card.assets) == set(module.assets)
    assert uid.split("/")[-2] == card.mindspore_version


def test_the_published_facts_are_those_of_the_card():
    card = published()[CN_WIKI].card
    assert card.asset.sha256 == "7f528d70605affc5c2fc0901a729444dc45cfa5bd72fc2fb742c8a3ff4d878b6"
    assert (card.model_name, card.backbone_name) == ("tinybert", "TinyBertModel")
    assert (card.author, card.user_id, card.license) == ("MindSpore team", "MindSpore", "Apache2.0")
    assert card.input_shape == ((1, 128),) * 3
    assert published()["mindspore/1.10/tinybert_enwiki128_sst2"].card.model_version == "1.10"


@pytest.mark.parametrize(
    ("uid", "task", "labels"),
    [
        (CN_WIKI, "encoder", ()),
        (TEACHERS, "encoder", ()),
        ("mindspore/ascend/1.1/tinybert_v1.1", "encoder", ()),
        ("mindspore/1.3/tinybert_enwiki128_sst2", "sequence-classification", ("0", "1")),
        ("mindspore/1.3/tinybert_enwiki128_qnli", "sequence-classification", ("entailment", "not_entailment")),
        (
            "mindspore/1.3/tinybert_enwiki128_mnli",
            "sequence-classification",
            ("contradiction", "entailment", "neutral"),
        ),
    ],
)
def test_task_and_labels_go_by_the_name(uid, task, labels):
    module = published()[uid]
    assert (module.task, module.labels) == (module.card.task, module.card.labels) == (task, labels)


def test_aliases_are_the_other_names_of_a_file():
    assert published()[CN_WIKI].aliases == (EN_WIKI,)
    assert published()[EN_WIKI].aliases == (CN_WIKI,)
    assert published()[TEACHERS].aliases == ()
    versions = ["1.3", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10"]
    sst2 = [f"mindspore/{version}/tinybert_enwiki128_sst2" for version in versions]
    assert published()[sst2[0]].aliases == tuple(sst2[1:])


def test_a_module_with_several_files_loads_its_own():
    module = published()[TEACHERS]
    assert [asset.file_name for asset in module.assets] == [
        "bert_base_ascend_1.2_en-wiki.ckpt",
        "bert_base_finetune_ascend_1.2_sst2.ckpt",
        "bert_base_finetune_ascend_1.2_mnli.ckpt",
        "bert_base_finetune_ascend_1.2_qnli.ckpt",
    ]
    assert module.card.asset == module.assets[0]
    assert "bert_base_finetune_ascend_1.2_qnli.ckpt holds a QNLI teacher" in module.card.body


def test_uids_are_sorted_by_version():
    assert list_uids()[0] == "mindspore/1.3/tinybert_enwiki128_mnli"
    assert list_uids().index("mindspore/1.10/tinybert_enwiki128_mnli") == 18


def test_the_registry_cannot_be_changed_by_its_users():
    with pytest.raises(TypeError):
        published()["a/b/c"] = published()[CN_WIKI]


@pytest.mark.parametrize("uid", ["mindspore/ascend/1.0/tinybert_cn-wiki", CN_WIKI.upper(), CN_WIKI[:-1]])
def test_an_unknown_uid_is_told_its_neighbours(uid):
    with pytest.raises(UnknownModuleError, match="closest") as caught:
        find_module(uid)
    assert caught.value.closest[0] == CN_WIKI
    assert CN_WIKI in str(caught.value)


def test_an_uid_like_no_other_is_told_where_to_look():
    with pytest.raises(UnknownModuleError, match="tinybert hub list"):
        find_module("z/z/z")
