"""Required and optional fields of a card's header: those of the hub's own validator, and the ones added here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...task import KINDS, PROBLEMS
from ..integrity import sha256_text
from ..safe_names import asset_name
from ..uids import parse_uid
from .header import Value
from .problem import Problem, Severity
from .sections import Sections
from .value_readers import (
    MODULE_TYPES,
    Reader,
    Report,
    checked,
    one_of,
    read_anything,
    read_assets,
    read_bool,
    read_config,
    read_labels,
    read_module_type,
    read_number,
    read_shape,
    read_text,
    repo_link,
    some_of,
)

USES = ("inference", "extract-feature", "transfer-learning")
BACKENDS = ("cpu", "gpu", "ascend")
_MAY_HAVE_COLONS = ("repo-link", "asset")


@dataclass(frozen=True)
class Rule:
    """The rule of a field: how to read it, what it means, and whether cards written here must have it."""

    read: Reader
    meaning: str = "text"
    required: bool = True


RULES = {
    "model-name": Rule(read_text, "the name that create_network is called with"),
    "backbone-name": Rule(read_text, "the name of the network's class"),
    "module-type": Rule(read_module_type, f"one of {', '.join(MODULE_TYPES)}"),
    "fine-tunable": Rule(read_bool, "True or False"),
    "input-shape": Rule(read_shape, "a list such as [[1, 128], [1, 128]]"),
    "model-version": Rule(read_text, "a version such as 1.0"),
    "train-dataset": Rule(read_text, required=False),
    "evaluation": Rule(read_text, required=False),
    "accuracy": Rule(read_number, required=False),
    "author": Rule(read_text, "the author's name"),
    "update-time": Rule(read_text, "a date such as 2020-09-22"),
    "repo-link": Rule(checked(repo_link, "note"), "the https address of the module's code"),
    "user-id": Rule(read_text, "who publishes the module"),
    "used-for": Rule(some_of(USES), f"one or more of {', '.join(USES)}, with slashes between"),
    "train-backend": Rule(some_of(BACKENDS), required=False),
    "infer-backend": Rule(some_of(BACKENDS), f"one or more of {', '.join(BACKENDS)}, with slashes between"),
    "mindspore-version": Rule(read_text, "a version such as 2.10"),
    "asset": Rule(read_assets, required=False),
    "license": Rule(read_text, "a licence such as Apache2.0"),
    "summary": Rule(read_text, "a sentence about the module"),
    "featured-image": Rule(read_text, required=False),
    "allow-cache-ckpt": Rule(read_bool, required=False),
    "task": Rule(one_of(tuple(KINDS)), required=False),
    "labels": Rule(read_labels, required=False),
    "problem": Rule(one_of(PROBLEMS), required=False),
    "network-config": Rule(read_config, required=False),
    "do-lower-case": Rule(read_bool, required=False),
    "uid": Rule(checked(parse_uid), required=False),
    "checkpoint-file": Rule(checked(asset_name), required=False),
    "checkpoint-sha256": Rule(checked(sha256_text), required=False),
    "vocab-file": Rule(checked(asset_name), required=False),
    "vocab-sha256": Rule(checked(sha256_text), required=False),
    "tokenizer-file": Rule(checked(asset_name), required=False),
    "tokenizer-sha256": Rule(checked(sha256_text), required=False),
    "model-max-length": Rule(read_number, required=False),
    "sentence-file": Rule(checked(asset_name), required=False),
    "sentence-sha256": Rule(checked(sha256_text), required=False),
}


def read_fields(sections: Sections) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a header by the rules, appending violations to `sections.problems`.

    Returns:
        The fields by key, without those that are absent or empty; and likewise the fields whose keys have no rule.
    """
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in sections.header.items():
        rule = RULES.get(key)
        if rule and not value.is_empty:
            fields[key] = rule.read(value, _reporter(sections, key))
        elif rule and rule.required:
            sections.problems.append(Problem(value.line, f"`{key}` is empty; it must be {rule.meaning}", _lack(key)))
        elif not rule:
            extra[key] = read_anything(value, _reporter(sections, key))
        if key not in _MAY_HAVE_COLONS and any(":" in text for text in value.texts()):
            sections.problems.append(Problem(value.line, f"`{key}` must not have a colon in its value", "note"))
    for key, rule in RULES.items():
        if rule.required and key not in sections.header:
            message = f"`{key}` is missing; it must be {rule.meaning}"
            sections.problems.append(Problem(sections.header_line, message, _lack(key)))
    for part in ("checkpoint", "vocab", "tokenizer", "sentence"):
        file, sha256 = f"{part}-file", f"{part}-sha256"
        if (file in fields) != (sha256 in fields):
            line = sections.header[file if file in fields else sha256].line
            sections.problems.append(Problem(line, f"`{file}` and `{sha256}` only go together"))
    return fields, extra


def _lack(key: str) -> Severity:
    """Return the severity of a missing field: Markdown with a header but without a module type is not a card."""
    return "error" if key == "module-type" else "note"


def _reporter(sections: Sections, key: str) -> Report:
    def report(value: Value, message: str, severity: Severity = "error") -> None:
        sections.problems.append(Problem(value.line, f"`{key}` {message}", severity))

    return report
