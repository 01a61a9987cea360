"""`tinybert.md` is the card of the published module, with the same facts, and valid by the hub's rules and ours."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from entries import CN_WIKI

from tinybert.hub import check_card, list_uids, read_card
from tinybert.hub.card import parse_card, render_card
from tinybert.hub.registry import published

REPOSITORY = Path(__file__).resolve().parents[2]
OWN = (REPOSITORY / "tinybert.md").read_text(encoding="utf-8")
PUBLISHED = (REPOSITORY / "tests" / "hub" / "card_as_published.md").read_text(encoding="utf-8")

REQUIRED = [
    "model-name",
    "backbone-name",
    "module-type",
    "fine-tunable",
    "input-shape",
    "model-version",
    "author",
    "update-time",
    "repo-link",
    "user-id",
    "used-for",
    "infer-backend",
    "mindspore-version",
    "license",
    "summary",
]
TYPES = ["gnn", "rl", "audio", "cv", "cvtmodel", "nlp", "recommend", "cross", "hpc", "mm", "other"]
USES = ["inference", "extract-feature", "transfer-learning"]
BACKENDS = ["cpu", "gpu", "ascend"]
FORMATS = ["air", "ckpt", "onnx", "mindir", "mslite"]


def header_of(text):
    """Return the header as the hub's validator reads it: the text between lines that begin with ---."""
    inside, lines = False, []
    for line in text.splitlines():
        if line.startswith("---"):
            inside = not inside
        elif inside:
            lines.append(line)
    return yaml.load("\n".join(lines), Loader=yaml.FullLoader)


def official_problems(text):
    """Return the reasons for which the hub's validator rejects a card; its check of links is omitted here."""
    header = header_of(text)
    problems = [f"{field} is missing" for field in REQUIRED if field not in header]
    if problems:
        return problems
    module_type, *detail = header["module-type"].lower().split("-")
    backends = [header["infer-backend"], header.get("train-backend", "cpu")]
    wrong = {
        "fine-tunable": not isinstance(header["fine-tunable"], bool),
        "input-shape": not isinstance(header["input-shape"], list)
        or not all(isinstance(item, (int, list)) for item in header["input-shape"]),
        "module-type": module_type not in TYPES or len(detail) > 1,
        "used-for": not all(use.lower() in USES for use in header["used-for"].split("/")),
        "backend": not all(word.lower() in BACKENDS for backend in backends for word in backend.split("/")),
        "asset": not all(_is_asset(asset) for asset in header.get("asset", [])),
        "accuracy": not isinstance(header.get("accuracy", 0), (int, float)),
        "colon": any(":" in str(value) for key, value in header.items() if key not in ("repo-link", "asset")),
        "heading": any(line.startswith("#") and line.rstrip().endswith(":") for line in text.splitlines()),
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


def _is_asset(asset):
    return {"asset-link", "asset-sha256", "file-format"} <= asset.keys() and asset["file-format"].lower() in FORMATS


def test_it_has_the_fields_and_facts_of_the_published_card():
    assert header_of(OWN) == header_of(PUBLISHED)
    assert list(header_of(OWN)) == list(header_of(PUBLISHED))


def test_it_passes_both_validators():
    assert official_problems(PUBLISHED) == []
    assert official_problems(OWN) == []
    assert check_card(OWN) == []


def test_the_registry_says_the_same():
    own, registered = parse_card(OWN), published()[CN_WIKI].card
    for field in ("model_name", "backbone_name", "input_shape", "model_version", "repo_link", "update_time", "asset"):
        assert getattr(own, field) == getattr(registered, field), field
    assert read_card(REPOSITORY / "tinybert.md") == own


@pytest.mark.parametrize("uid", list_uids())
def test_our_cards_of_all_published_modules_pass_the_official_rules(uid):
    text = render_card(published()[uid].card)
    assert official_problems(text) == []
    header = header_of(text)
    assert str(header["model-version"]) == published()[uid].model_version, "1.10 stays 1.10 for a YAML reader"
    # Clients use the last checkpoint of a card.
    assert header["asset"][-1]["asset-sha256"] == published()[uid].asset.sha256


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("license: Apache2.0\n", "", "license is missing"),
        ("module-type: nlp", "module-type: text", "module-type"),
        ("fine-tunable: True", "fine-tunable: maybe", "fine-tunable"),
        ("input-shape: [[1, 128], [1, 128], [1, 128]]", "input-shape: 128", "input-shape"),
        ("used-for: inference/transfer-learning", "used-for: training", "used-for"),
        ("infer-backend: ascend", "infer-backend: ascend/tpu", "backend"),
        ("file-format: ckpt", "file-format: pickle", "asset"),
        ("author: MindSpore team", 'author: "MindSpore: team"', "colon"),
        ("## Usage", "## Usage:", "heading"),
    ],
)
def test_what_the_hub_refuses_we_refuse(old, new, problem):
    assert OWN.count(old) >= 1
    changed = OWN.replace(old, new, 1)
    assert official_problems(changed) == [problem]
    assert len(check_card(changed)) == 1
