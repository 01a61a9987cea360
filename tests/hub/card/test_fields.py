"""The fields of a card: their allowed values, how they are read, and the line numbers of invalid values."""

from __future__ import annotations

import pytest
from cards import ASSET, HEADER, SHA256, card_text, line_of

from tinybert.errors import CardError
from tinybert.hub.card import Asset, check_card, parse_card
from tinybert.task import KINDS, PROBLEMS


class TestValues:
    def test_versions_stay_text(self):
        assert parse_card(card_text()).model_version == "1.10"

    @pytest.mark.parametrize("link", ["https://host/code/tinybert", "<https://host/code/tinybert>"])
    def test_links_come_with_and_without_brackets(self, link):
        card = parse_card(card_text(repo_link=link))
        assert card.repo_link == "https://host/code/tinybert"

    def test_brackets_around_an_asset_link_are_taken_off(self):
        text = card_text(asset=ASSET.replace("https://host/tinybert.ckpt", "<https://host/tinybert.ckpt>"))
        assert parse_card(text).asset == Asset("ckpt", "https://host/tinybert.ckpt", SHA256)

    def test_allowed_words_come_in_any_case(self):
        card = parse_card(card_text(module_type="NLP-Bert", used_for="Inference", infer_backend="CPU/Ascend"))
        assert (card.module_type, card.used_for, card.infer_backend) == ("NLP-Bert", ("inference",), ("cpu", "ascend"))

    def test_our_own_fields(self):
        vocab = {"vocab_file": "vocab.txt", "vocab_sha256": SHA256, "do_lower_case": "no"}
        config = "hidden_act=gelu_erf layer_norm_eps=1e-12"
        card = parse_card(
            card_text(task="token-classification", labels="[O, B-PER, 0]", network_config=config, **vocab)
        )
        assert card.task == "token-classification"
        assert card.labels == ("O", "B-PER", "0")
        assert card.network_config == {"hidden_act": "gelu_erf", "layer_norm_eps": "1e-12"}
        assert (card.vocab_file, card.vocab_sha256, card.do_lower_case) == ("vocab.txt", SHA256, False)

    @pytest.mark.parametrize("task", KINDS)
    def test_every_kind_of_task_is_one_of_a_card(self, task):
        assert parse_card(card_text(task=task)).task == task

    @pytest.mark.parametrize("problem", PROBLEMS)
    def test_every_problem_is_one_of_a_card(self, problem):
        assert parse_card(card_text(task="sequence-classification", problem=problem)).problem == problem

    def test_unknown_fields_are_kept(self):
        assert parse_card(card_text(colour="[blue, 1.10]", note="")).extra == {"colour": ("blue", "1.10"), "note": None}

    def test_the_last_checkpoint_is_the_one_that_is_loaded(self):
        entries = ["ckpt: a.ckpt", "ckpt: b.ckpt", "mindir: c.mindir"]
        entries = [
            f"\n  - file-format: {file_format}\n    asset-link: https://h/{name}\n    asset-sha256: {SHA256}"
            for file_format, name in (entry.split(": ") for entry in entries)
        ]
        card = parse_card(card_text(asset="".join(entries)))
        assert [asset.file_name for asset in card.assets] == ["a.ckpt", "b.ckpt", "c.mindir"]
        assert card.asset.file_name == "b.ckpt"

    def test_a_card_without_files_has_no_asset(self):
        assert parse_card(card_text()).asset is None


BAD_FIELDS = [
    ("fine_tunable", "maybe", "True or False"),
    ("fine_tunable", '"True"', "True or False"),
    ("fine_tunable", "tRuE", "True or False"),
    ("input_shape", "128", "whole numbers"),
    ("input_shape", "[1, x]", "whole numbers"),
    ("accuracy", "acc90", "number"),
    ("accuracy", ".inf", "number"),
    ("accuracy", "9" * 400, "number"),
    ("allow_cache_ckpt", "1", "True or False"),
    ("module_type", "poetry", "nlp"),
    ("used_for", "inference/training", "'training'"),
    ("infer_backend", "tpu", "'tpu'"),
    ("train_backend", "cpu//gpu", "''"),
    ("asset", "tinybert.ckpt", "list of entries"),
    ("asset", ASSET.replace("ckpt", "pickle", 1), "file-format.*mslite"),
    ("asset", ASSET.replace("asset-sha256", "sha256"), "without asset-sha256"),
    ("author", "[a, b]", "text"),
    ("task", "translation", "question-answering"),
    ("labels", "[a, a]", "different"),
    ("labels", "a", "list"),
    ("network_config", "hidden_act", "hidden_act=gelu"),
    ("network_config", "a=1 a=2", "each once"),
    ("vocab_file", "vocab.txt", "only go together"),
    ("vocab_file", "../vocab.txt", "one of the characters"),
    ("vocab_sha256", "0", "64"),
    ("input_shape", "[x]", "whole numbers"),
]
ODD_FIELDS = [
    ("input_shape", "[1, [2]]", "whole numbers"),
    ("module_type", "nlp-a-b", "at most one"),
    ("repo_link", "http://host/tinybert", "https://"),
    ("repo_link", "https://host/code/", "is empty"),
    ("repo_link", "https://host/..", "another folder"),
    ("repo_link", "https://user:word@host/tinybert", "user name"),
    ("repo_link", "https://host/tinybert?tree=main", "without '?'"),
    ("repo_link", "https://[host/tinybert", "malformed"),
    ("asset", ASSET.replace("https", "http"), "asset-link.*https://"),
    ("asset", ASSET.replace(SHA256, SHA256[:-1]), "asset-sha256.*64"),
    ("asset", ASSET.replace("host/tinybert.ckpt", "host/other.md"), "taken for a card"),
    ("asset", ASSET + ASSET.replace("7f", "8f"), "two different files"),
    ("summary", "", "is empty"),
    ("summary", "about this - 1:2", "colon"),
    ("colour", "[a, 'b:c']", "colon"),
    ("colour", "{a: b}", "mapping"),
    ("asset", ASSET.replace("https://host/tinybert.ckpt", ""), "without asset-link"),
]


@pytest.mark.parametrize(("field", "value", "message"), BAD_FIELDS, ids=lambda text: text.strip()[:24])
def test_what_a_field_must_not_hold_is_reported_with_its_line(field, value, message):
    text = card_text(**{field: value})
    with pytest.raises(CardError, match=message) as caught:
        parse_card(text, source="card.md")
    assert str(caught.value).startswith("card.md is not a valid card")
    first = line_of(text, field.replace("_", "-"))
    assert all(first <= problem.line <= first + max(value.count("\n"), 0) for problem in check_card(text))


@pytest.mark.parametrize(("field", "value", "message"), ODD_FIELDS, ids=lambda text: text.strip()[:24])
def test_what_breaks_our_rules_only_is_read_and_noted_and_not_written(field, value, message):
    text = card_text(**{field: value})
    parse_card(text)
    first = line_of(text, field.replace("_", "-"))
    problems = check_card(text)
    assert problems
    assert {problem.severity for problem in problems} == {"note"}
    assert all(first <= problem.line <= first + value.count("\n") for problem in problems)
    with pytest.raises(CardError, match=message):
        parse_card(text, strict=True)


def test_what_is_noted_is_kept_as_the_card_has_it():
    asset = ASSET.replace(SHA256, "77dcaf0f").replace("https://host", "<http://host").replace(".ckpt", ".ckpt>")
    card = parse_card(card_text(module_type="cv-super-resolution", asset=asset, input_shape="[1, [2, n]]", author=None))
    assert card.module_type == "cv-super-resolution"
    assert card.asset == Asset("ckpt", "http://host/tinybert.ckpt", "77dcaf0f")
    assert card.input_shape == (1, (2, "n"))
    assert card.author == ""


@pytest.mark.parametrize("field", HEADER)
def test_required_fields_are_missed_with_what_they_must_be(field):
    problems = check_card(card_text(**{field: None}))
    assert [str(problem).startswith(f"line 2: `{field}` is missing") for problem in problems] == [True]
    assert problems[0].severity == ("error" if field == "module-type" else "note")
