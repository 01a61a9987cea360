"""Missing MindSpore, or NumPy 2: errors say what to install; and features that work without them."""

from __future__ import annotations

import importlib.util
from importlib import metadata
from pathlib import Path

import pytest

from tinybert.compat import require_mindspore
from tinybert.errors import DependencyError, TinyBertError

SOURCE = Path(__file__).resolve().parents[1] / "src"

WITHOUT_MINDSPORE = """
import importlib.machinery, sys

class Uninstalled(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] == "mindspore" else super().find_spec(name, path, target)

sys.meta_path[:] = [Uninstalled if finder is importlib.machinery.PathFinder else finder for finder in sys.meta_path]
"""
WITH_NUMPY_2 = """
from importlib import metadata
version = metadata.version
metadata.version = lambda name: "2.1.3" if name == "numpy" else version(name)
"""


WORLDS = [
    (WITHOUT_MINDSPORE, "MindSpore is not installed. For CPU: pip install"),
    (WITH_NUMPY_2, "pip install 'numpy<2'"),
]


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


@pytest.mark.parametrize(("world", "sentence"), WORLDS)
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


FILES = """
import pathlib, sys
import numpy as np
import tinybert.evaluation, tinybert.hub, tinybert.tasks, tinybert.training
from tinybert import Task, TinyBertConfig
from tinybert.checkpoint import Checkpoint, read_checkpoint, save_checkpoint, save_folder, save_huggingface
from tinybert.checkpoint.shapes import expected_shapes
from tinybert.task import SEQUENCE_CLASSIFICATION
from tinybert.errors import DependencyError
from tinybert.runtime.mindspore import MindSporeRuntime
from tinybert.text import BertTokenizer, Vocabulary

folder = pathlib.Path(sys.argv[1])
task = Task("sequence-classification", ("bad", "good"))
config = TinyBertConfig(vocab_size=9, hidden_size=12, num_hidden_layers=1, intermediate_size=8, head_act="none",
                        max_position_embeddings=8, seq_length=8)
shapes = expected_shapes(config, SEQUENCE_CLASSIFICATION, 2, pooler=True)
tensors = {name: np.full(shape, index, np.float32) for index, (name, shape) in enumerate(shapes.items())}
model = Checkpoint("a test", "v1.0", config, tensors, {name: name for name in tensors}, {}, task)
tokenizer = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]")))

first = read_checkpoint(save_checkpoint(model, folder / "first.ckpt"), head_act="none")
renamed = read_checkpoint(save_huggingface(first, folder / "bert"))
later = read_checkpoint(save_checkpoint(renamed, folder / "later.safetensors", layout="later"), head_act="none")
ours = read_checkpoint(save_folder(later.with_task(task), folder / "ours", tokenizer=tokenizer))
for found in (first, renamed, later, ours):
    assert all(np.array_equal(found.tensors[name], array) for name, array in tensors.items())
print([found.layout for found in (first, renamed, later, ours)], ours.task == task, ours.config == config)
load = tinybert.Classifier.from_pretrained
for attempt in (lambda: MindSporeRuntime.of_checkpoint(ours), lambda: load(folder / "ours")):
    try:
        attempt()
    except DependencyError as error:
        print(error)
try:
    import tinybert.weights
except DependencyError as error:
    print(error)
"""


@pytest.mark.parametrize(("world", "sentence"), WORLDS)
def test_files_are_read_renamed_and_written_without_it_and_restoring_says_what_to_install(
    fresh_python, tmp_path, world, sentence
):
    said = fresh_python("-c", world + FILES, tmp_path).stdout.splitlines()
    assert said[0] == "['v1.0', 'huggingface', 'later', 'v1.0'] True True"
    assert len(said) == 4
    assert all(sentence in line for line in said[1:])


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
