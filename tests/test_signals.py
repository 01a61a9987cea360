"""Ctrl-C interrupts a program that computes, as it interrupts any other."""

from __future__ import annotations

# In a process of its own: without care, MindSpore ends it.
SCRIPT = """
import os, signal, sys, threading, time
import numpy as np
import mindspore as ms
from tinybert import TinyBertConfig, TinyBertModel

config = TinyBertConfig(vocab_size=50, hidden_size=24, num_hidden_layers=1, num_attention_heads=4, intermediate_size=32)
network, ids = TinyBertModel(config), np.ones((2, 8), np.int32)

def compute():
    while True:
        network(ids)

def interrupted(work):
    network(ids)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        work()
    except KeyboardInterrupt:
        print(ms.get_context("mode"), work.__name__)

for mode in (ms.PYNATIVE_MODE, ms.GRAPH_MODE):
    ms.set_context(mode=mode)
    network(ids)
    for work in (compute, lambda: time.sleep(60), compute):
        interrupted(work)
"""


def test_ctrl_c_interrupts_a_network_and_what_comes_after_it(fresh_python, tmp_path):
    script = tmp_path / "interrupted.py"  # MindSpore compiles from source files only
    script.write_text(SCRIPT, encoding="utf-8")
    said = fresh_python(script, cwd=tmp_path).stdout.splitlines()
    assert said == [f"{mode} {work}" for mode in (1, 0) for work in ("compute", "<lambda>", "compute")]
