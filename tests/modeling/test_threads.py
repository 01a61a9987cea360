"""Several threads may call one network, or different ones, at once. MindSpore itself crashes when they do."""

from __future__ import annotations

import pytest

# In a separate process, so that a crash fails the test instead of ending the test run.
SCRIPT = """
from concurrent.futures import ThreadPoolExecutor
import numpy as np
import mindspore as ms
from tinybert import TinyBertConfig, TinyBertForSequenceClassification, TinyBertModel

config = TinyBertConfig(vocab_size=50, hidden_size=24, num_hidden_layers=1, num_attention_heads=4,
                        intermediate_size=32, max_position_embeddings=16, seq_length=16)
one = [("encoder", seed) for seed in range(8)]
two = [(kind, seed) for seed in range(8) for kind in ("encoder", "classifier")]
tasks = one + two

def check():
    encoder = TinyBertModel(config, return_all_encoders=False)
    classifier = TinyBertForSequenceClassification(TinyBertModel(config, return_all_encoders=False), 3)

    def call(task):
        kind, seed = task
        ids = np.random.RandomState(seed).randint(0, 50, (1 + seed % 3, 4 + seed)).astype(np.int32)
        return encoder(ids)[0].asnumpy() if kind == "encoder" else classifier(ids).asnumpy()

    with ThreadPoolExecutor(4) as pool:  # the first calls, which compile, are made at once too
        together = list(pool.map(call, tasks))
    for task, result in zip(tasks, together):
        np.testing.assert_allclose(result, call(task), rtol=1e-5, atol=1e-5)
    return len(together)

for mode in ("GRAPH_MODE", "PYNATIVE_MODE"):
    ms.set_context(mode=getattr(ms, mode))
    ms.set_seed(1)
    print(mode, "equal:", check(), flush=True)
"""


@pytest.fixture(scope="module")
def said(fresh_python, tmp_path_factory):
    """The output of the process."""
    script = tmp_path_factory.mktemp("threads") / "threads.py"  # MindSpore compiles from source files only
    script.write_text(SCRIPT, encoding="utf-8")
    return fresh_python(script, cwd=script.parent).stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["GRAPH_MODE", "PYNATIVE_MODE"])
def test_four_threads_get_what_each_call_gives_alone(said, mode):
    assert f"{mode} equal: 24" in said
