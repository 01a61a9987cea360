"""The rules of the official validator, reimplemented: published cards pass them, and name only hosts that exist."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

sys.path.append(str(Path(__file__).resolve().parents[1] / "hub"))

from small_modules import small_model

from tinybert.errors import CardError
from tinybert.hub import publish
from tinybert.hub.registry import published

REQUIRED = ("backbone-name", "module-type", "fine-tunable", "input-shape", "model-version", "author", "update-time")
REQUIRED += ("repo-link", "user-id", "used-for", "infer-backend", "mindspore-version", "license", "summary")
FILE_FORMATS = ("air", "ckpt", "onnx", "mindir", "mslite")
KNOWN_HOSTS = {"gitee.com", "example.org"}
"""Hosts that can be resolved: the one of the published code, and one given by a test."""


def header_of(path):
    """Return the header as the validator reads it: between two lines that begin with `---`; a third is an error."""
    lines = path.read_text(encoding="utf-8").splitlines()
    first, second = (number for number, line in enumerate(lines) if line.startswith("---"))
    return yaml.load("\n".join(lines[first + 1 : second]), Loader=yaml.FullLoader)


def faults(header):
    """Return what the validator and the client would reject."""
    yield from (f"{key} is missing" for key in REQUIRED if key not in header)
    yield from (f"{key} has a colon" for key in header if key not in ("repo-link", "asset") and ":" in str(header[key]))
    if not isinstance(header["fine-tunable"], bool) or not isinstance(header["input-shape"], list):
        yield "a field has the wrong kind"
    if not set(header["used-for"].split("/")) <= {"inference", "extract-feature", "transfer-learning"}:
        yield "used-for"
    if not set(header["infer-backend"].split("/")) <= {"cpu", "gpu", "ascend"}:
        yield "infer-backend"
    if not re.fullmatch(r"https://[^/]+\.com/[^/]+/[^/]+(/(tree|blob)/[^/]+(/.+)?)?", header["repo-link"]):
        yield "repo-link is not the address of a repository"
    for asset in header.get("asset", ()):
        if set(asset) != {"asset-link", "asset-sha256", "file-format"} or asset["file-format"] not in FILE_FORMATS:
            yield "an asset lacks something"
    links = [header["repo-link"], *(asset["asset-link"] for asset in header.get("asset", ()))]
    yield from (f"{link} cannot be resolved" for link in links if urlsplit(link).hostname not in KNOWN_HOSTS)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"link": "https://example.org/models"},
        {"repo_link": "https://gitee.com/me/models"},
        {"repo_link": "https://gitee.com/me/models/tree/main/official/mine", "link": "https://example.org"},
        {"facts": {"summary": "one, two - three", "license": "Apache-2.0", "train_dataset": "cn-wiki"}},
    ],
)
def test_a_published_card_passes(options):
    module = publish(**small_model(), uid="me/1.0/mine", **options)
    header = header_of(module.paths.card)
    assert list(faults(header)) == []
    assert header["repo-link"].rsplit("/", 1)[-1] == module.paths.code.name
    assert ("asset" in header) is ("link" in options)
    if "link" in options:
        assert header["asset"][-1]["asset-link"].rsplit("/", 1)[-1] == module.paths.asset.name


def test_the_code_s_address_is_one_that_was_published():
    module = publish(**small_model(), uid="me/1.0/mine")
    assert module.card.repo_link in {each.repo_link for each in published().values()}


@pytest.mark.parametrize(
    "facts", [{"summary": "one: two"}, {"body": "a\n---\nb"}, {"license": "see https://example.org"}]
)
def test_what_the_validator_refuses_is_not_written(facts):
    with pytest.raises(CardError):
        publish(**small_model(), uid="me/1.0/mine", facts=facts)


def test_without_a_link_the_official_client_makes_the_network(golden_file):
    """The card itself states that there are no weights: `pretrained` must be False."""
    import importlib.util

    file, _, _ = golden_file("encoder_small")
    module = publish(file, "me/1.0/mine")
    path = module.paths.code / "mindspore_hub_conf.py"
    spec = importlib.util.spec_from_file_location("mindspore_hub_conf.py", path)
    conf = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conf)
    network = conf.create_network(header_of(module.paths.card)["model-name"].lower(), is_training=False)
    assert type(network).__name__ == "TinyBertModel"
