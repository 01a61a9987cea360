"""Types as seen by type checkers and editors: in a user's script, and of all lazily imported names."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tinybert

SOURCES = Path(tinybert.__file__).resolve().parent
SCRIPT = Path(__file__).resolve().parent / "typed_user.py"
WRONG = {
    "embedder(3)": "call-overload",
    "embedder('a', pooling='middle')": "call-overload",
    "classifier(3)": "call-overload",
    "classifier('a', treshold=0.3)": "call-overload",
    "classifier('a').probabilty": "union-attr",
    "tagger('a')[0].label": "attr-defined",
    "tagger(3)": "call-overload",
    "answerer('q')": "arg-type",
    "tinybert.TinyBertConfig(hidden_sise=3)": "call-arg",
    "tinybert.evaluate(3, 'dev.csv')": "arg-type",
    "tinybert.finetune('x', 'train.csv', 'out')": "call-arg",
    "from tinybert import Embeder": "attr-defined",
}
"""Mistakes that a user may make, and the expected mypy errors."""
LAZY = sorted(
    path.parent.relative_to(SOURCES.parent).as_posix().replace("/", ".")
    for path in SOURCES.rglob("__init__.py")
    if "lazy_names(__name__" in path.read_text(encoding="utf-8")
)


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
@pytest.mark.slow
def test_a_users_script_has_the_types_that_it_says(tmp_path):
    wrong = tmp_path / "wrong.py"
    start = "import tinybert; from typed_user import answerer, classifier, embedder, tagger"
    wrong.write_text("\n".join([start, *WRONG]), encoding="utf-8")
    config = tmp_path / "mypy.ini"
    config.write_text("[mypy]\npython_version = 3.10\nstrict = True\nignore_missing_imports = True\n", encoding="utf-8")
    command = ["mypy", "--config-file", config, "--cache-dir", tmp_path / "cache", "--no-error-summary", SCRIPT, wrong]
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(SOURCES.parent)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if ": note: " not in line]
    assert [line for line in lines if not line.startswith("wrong.py:")] == [], done.stderr
    found = {int(line.split(":")[1]): re.findall(r"\[([a-z-]+)\]$", line)[0] for line in lines}
    assert found == dict(enumerate(WRONG.values(), 2))


@pytest.mark.parametrize("package", LAZY)
def test_lazy_names_have_their_twins(package):
    """The names in `_HOMES` are those imported for type checkers, each from its module at run time."""
    module = importlib.import_module(package)
    path = Path(module.__file__)
    twins = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for imported in node.body:
                twins |= {alias.name: imported.module for alias in imported.names}
    assert twins == module._HOMES


def test_what_is_lazy_is_known():
    assert {"tinybert", "tinybert.hub", "tinybert.training"} <= {*LAZY}


def test_types_are_shipped():
    assert (SOURCES / "py.typed").is_file()
