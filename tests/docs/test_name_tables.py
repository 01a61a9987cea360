"""Tables in the documentation agree with the code."""

from __future__ import annotations

import dataclasses
import re

from names_table import table, table_in_page
from pages import DOCS

from tinybert.checkpoint import layouts
from tinybert.data import columns


def test_the_names_in_checkpoints_are_those_of_the_code():
    assert table_in_page() == table(), "python tests/docs/names_table.py writes the table anew"


def test_the_prefixes_in_checkpoints_are_those_of_the_code():
    text = (DOCS / "checkpoints.md").read_text(encoding="utf-8")
    line = re.search(r"Prefixes added by wrappers are removed: (.*?)\. The", text, re.DOTALL)[1]
    assert set(re.findall(r"`([^`]+)`", line)) == set(layouts.WRAPPERS)


def test_the_columns_in_data_are_those_of_the_code():
    text = (DOCS / "data.md").read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^\| (pairs|texts|labels|scores|labels, if there is none of these) \| (.*) \|$", text, re.MULTILINE)
    )
    names = {key: re.findall(r"`([^`]+)`", value) for key, value in rows.items()}
    assert names["pairs"] == [name for pair in columns.PAIRS for name in pair]
    assert names["texts"] == list(columns.TEXTS)
    assert names["labels"] == list(columns.CLASSES)
    assert names["scores"] == list(columns.SCORES)
    assert names["labels, if there is none of these"] == list(columns.OTHERS)


def test_what_the_migration_pages_name_exists():
    """Names of this package in the right column of their tables, and in their text."""
    import tinybert
    from tinybert import TinyBertConfig, checkpoint, data, training, weights
    from tinybert.distillation import loss

    known = {name for module in (tinybert, checkpoint, data, loss, training, weights) for name in dir(module)}
    fields = {field.name for field in dataclasses.fields(TinyBertConfig)}
    for page in ("from-huggingface.md", "from-model-zoo.md"):
        content = (DOCS / page).read_text(encoding="utf-8")
        for right in re.findall(r"^\| [^|]*`[^|]*\| ([^|]*) \|$", content, re.MULTILINE):
            for code in re.findall(r"`([^`]+)`", right):
                if "(" in code or "=" in code or code.startswith(("tinybert ", "--")):
                    continue
                name = code.rpartition(".")[2]
                assert name in known | fields | {"True", "False", "input_mask", "segment_ids"}, f"{page}: {code}"
