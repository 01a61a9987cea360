"""Cards of MindSpore Hub (`published_headers.json`, by the MindSpore team, Apache-2.0) are read as other readers do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tinybert.errors import CardError
from tinybert.hub.card import check_card, parse_card
from tinybert.hub.card.fields import RULES

HEADERS = json.loads(Path(__file__).with_name("published_headers.json").read_text(encoding="utf-8"))
CHINESE = {uid for uid in HEADERS if uid.endswith("_cn")}
READ = sorted(HEADERS.keys() - CHINESE)


def as_yaml(header):
    """Return the values of a header by a reader that parses numbers and dates; a lone dash means none."""
    return yaml.load(header.replace("evaluation: -\n", "evaluation:\n"), Loader=yaml.FullLoader)


def card_of(uid):
    return parse_card(f"# {uid}\n---\n{HEADERS[uid]}\n---\n", source=uid)


def without_brackets(link):
    return (link or "").strip("<>")


@pytest.mark.parametrize("uid", READ)
def test_every_field_is_that_of_other_readers(uid):
    card, header = card_of(uid), as_yaml(HEADERS[uid])
    for key, value in header.items():
        ours = getattr(card, "assets" if key == "asset" else key.replace("-", "_"), card.extra.get(key))
        if key == "asset":
            assert [(a.file_format, a.link, a.sha256) for a in ours] == [
                (a["file-format"], without_brackets(a["asset-link"]), str(a["asset-sha256"])) for a in value
            ]
        elif key == "repo-link":
            assert ours == without_brackets(value)
        elif key in ("used-for", "train-backend", "infer-backend"):
            assert "/".join(ours) == value
        elif key == "input-shape":
            assert list(ours) == value
        elif key in ("model-version", "mindspore-version"):
            assert float(ours) == value, "the text is kept: 1.10 is not 1.1"
        elif isinstance(value, bool) and key in RULES:
            assert ours is value
        else:
            assert ours == value or ours.lower() == str(value).lower(), key


@pytest.mark.parametrize("uid", READ)
def test_what_they_lack_is_noted(uid):
    problems = check_card(f"# {uid}\n---\n{HEADERS[uid]}\n---\n")
    assert {problem.severity for problem in problems} <= {"note"}
    missing = [key for key in ("input-shape", "infer-backend") if key not in as_yaml(HEADERS[uid])]
    noted = [problem.message.split("`")[1] for problem in problems]
    assert [key for key in noted if key in ("input-shape", "infer-backend")] == missing


@pytest.mark.parametrize("uid", sorted(CHINESE))
def test_a_header_in_chinese_is_refused_as_the_hub_does(uid):
    with pytest.raises(CardError, match="lines such as"):
        card_of(uid)


def test_a_version_stays_text():
    assert card_of("mindspore/1.10/tinybert_enwiki128_mnli").mindspore_version == "1.10"


@pytest.mark.parametrize("header", ["module-type: cv\nevaluation: -  \nauthor: a", "evaluation: -\nmodule-type: cv"])
def test_a_lone_dash_is_empty(header):
    text = f"---\n{header}\n---\n"
    card = parse_card(text)
    assert (card.evaluation, card.module_type) == (None, "cv")
    line = 2 + header.split("\n").index(next(line for line in header.split("\n") if "-" in line and "ev" in line))
    assert (line, "note") in {
        (problem.line, problem.severity) for problem in check_card(text) if "dash" in problem.message
    }


def test_markdown_with_another_header_is_not_a_card():
    with pytest.raises(CardError, match="`module-type` is missing"):
        parse_card("---\ntitle: About\nauthor: me\n---\ntext")
