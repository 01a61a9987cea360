"""The public names of `tinybert.hub`, and its fast import."""

from __future__ import annotations

import json

from tinybert import hub

# Slow imports, needed only to download, show a bar, lock, compute, or for the command line.
HEAVY = {"mindspore", "numpy", "scipy", "requests", "urllib3", "rich", "typer", "filelock", "tokenizers", "safetensors"}


def test_every_name_is_there():
    assert sorted(hub.__all__) == hub.__all__
    assert all(callable(getattr(hub, name)) for name in hub.__all__)


def test_what_lists_modules_and_checks_cards_imports_nothing_heavy(fresh_python):
    code = """
import json, sys
import tinybert.hub.cache, tinybert.hub.card, tinybert.hub.fetch, tinybert.hub.registry
tinybert.hub.registry.published()["mindspore/1.10/tinybert_enwiki128_sst2"]
print(json.dumps(list(sys.modules)))
"""
    assert not HEAVY & set(json.loads(fresh_python("-c", code).stdout))
