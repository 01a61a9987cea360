"""MindSpore missing, or NumPy 2: a sentence that says what to install; and what works without either."""

from __future__ import annotations

import importlib.util
from importlib import metadata
from pathlib import Path

import pytest

from tinybert.compat import require_mindspore
from tinybert.errors import DependencyError, TinyBertError

SOURCE = Path(__file__).resolve().parents[1] / "src"

WITHOUT_MINDSPORE = """
import sys
sys.modules["mindspore"] = None  # importing it fails
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "mindspore" else find_spec(name, *rest)
"""
WITH_NUMPY_2 = """
from importlib import metadata
version = metadata.version
metadata.version = lambda name: "2.1.3" if name == "numpy" else version(name)
"""


@pytest.fixture
def numpy_version(monkeypatch):
    """A function that makes it seem as if another NumPy were installed."""
    version = metadata.version
    return lambda wanted: monkeypatch.setattr(
        metadata, "version", lambda name: wanted if name == "numpy" else version(name)
    )


@pytest.mark.parametrize("version", ["2.0.0", "2.1.3", "3.0.0rc1", "10.0"])
def test_numpy_2_is_an_error_that_says_what_to_install(numpy_version, version):
    numpy_version(version)
    with pytest.raises(DependencyError) as error:
        require_mindspore()
    assert str(error.value) == (
        f"NumPy {version} is installed, but MindSpore is built against NumPy 1 and fails with it. "
        "Install an older one: pip install 'numpy<2'"
    )
    assert isinstance(error.value, ImportError)
    assert isinstance(error.value, TinyBertError)


def test_a_missing_mindspore_is_an_error_that_says_what_to_install(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mindspore" else find_spec(name))
    with pytest.raises(DependencyError, match=r"MindSpore is not installed. For CPU: pip install 'mindspore>=2.7,<3'"):
        require_mindspore()


def test_what_is_installed_here_is_good(numpy_version):
    require_mindspore()
    numpy_version("1.26.4")
    require_mindspore()


@pytest.mark.parametrize(
    ("world", "sentence"),
    [(WITHOUT_MINDSPORE, "MindSpore is not installed. For CPU: pip install"), (WITH_NUMPY_2, "pip install 'numpy<2'")],
)
def test_the_sentence_is_all_that_a_user_of_the_network_sees(fresh_python, world, sentence):
    done = fresh_python("-c", world + "from tinybert import TinyBertModel", may_fail=True)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("tinybert.errors.DependencyError: ")
    assert sentence in last
    assert "During handling" not in done.stderr


@pytest.mark.parametrize("world", [WITHOUT_MINDSPORE, WITH_NUMPY_2])
def test_what_needs_no_mindspore_works_without_it(fresh_python, world):
    code = """
import tinybert
from tinybert import TinyBertConfig, TinyBertError
config = tinybert.TinyBertConfig(num_hidden_layers=6)
try:
    config.replace(num_hidden_layers=0)
except TinyBertError as error:
    print(error)
print(tinybert.__version__, "TinyBertModel" in dir(tinybert))
"""
    done = fresh_python("-c", world + code, may_fail=True)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "num_hidden_layers is 0: it must be an integer of at least 1"
    assert lines[1].endswith(" True")


def test_importing_the_package_imports_no_mindspore(fresh_python):
    code = "import sys, tinybert, tinybert.config; tinybert.TinyBertConfig(); print('mindspore' in sys.modules)"
    assert fresh_python("-c", code).stdout.strip() == "False"


@pytest.mark.parametrize(("given", "expected"), [(None, "3"), ("1", "1")])
def test_mindspores_own_warnings_are_silenced_unless_asked_for(fresh_python, given, expected):
    code = "import os, tinybert.compat; print(os.environ['GLOG_v'])"
    assert fresh_python("-c", code, GLOG_v=given).stdout.strip() == expected


def test_an_unknown_name_is_pythons_own_error():
    import tinybert

    with pytest.raises(AttributeError, match="module 'tinybert' has no attribute 'BertModel'"):
        tinybert.BertModel  # noqa: B018
    assert all(hasattr(tinybert, name) for name in tinybert.__all__)
