"""Ctrl-C interrupts a computing program like any other."""

from __future__ import annotations

import pytest

# In a separate process, which MindSpore would end if unhandled.
SCRIPT = """
import os, signal, sys, threading, time
import numpy as np
import mindspore as ms
from tinybert import TinyBertConfig, TinyBertModel

config = TinyBertConfig(vocab_size=50, hidden_size=24, num_hidden_layers=1, num_attention_heads=4, intermediate_size=32)
network, ids = TinyBertModel(config, return_all_encoders=False), np.ones((2, 8), np.int32)
at_work = threading.Event()

def compute():
    while True:
        network(ids)
        at_work.set()

def wait():
    at_work.set()
    time.sleep(600)

def interrupt():
    at_work.wait()
    time.sleep(0.1)  # into the middle of it
    os.kill(os.getpid(), signal.SIGINT)

def interrupted(work):
    at_work.clear()
    try:
        threading.Thread(target=interrupt).start()
        work()
    except KeyboardInterrupt:
        print(ms.get_context("mode"), work.__name__)

for mode in (ms.PYNATIVE_MODE, ms.GRAPH_MODE):
    ms.set_context(mode=mode)
    for work in (compute, wait, compute):
        interrupted(work)
"""


@pytest.mark.slow
def test_ctrl_c_interrupts_a_network_and_what_comes_after_it(fresh_python, tmp_path):
    script = tmp_path / "interrupted.py"  # MindSpore compiles from source files only
    script.write_text(SCRIPT, encoding="utf-8")
    said = fresh_python(script, cwd=tmp_path).stdout.splitlines()
    assert said == [f"{mode} {work}" for mode in (1, 0) for work in ("compute", "wait", "compute")]
