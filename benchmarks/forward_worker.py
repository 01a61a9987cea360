"""Time one network at one batch size and length in this process: the worker of forward.py.

A call from NumPy arrays to NumPy arrays is timed: sequence output and pooled output, and with `--all-encoders` hidden
states and attention maps too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any

import numpy as np
from processes import peak_memory

Call = Callable[[np.ndarray, np.ndarray, np.ndarray], list[np.ndarray]]

VOCAB_SIZE = 30522
LEAST_CALLS = 5


def tinybert(args: argparse.Namespace) -> Call:
    """This project's network, in the published configuration."""
    from tinybert import TinyBertConfig, TinyBertModel  # before mindspore, whose log level it sets

    import mindspore as ms  # isort: skip

    ms.set_device("CPU")
    ms.set_context(mode=ms.PYNATIVE_MODE if args.pynative else ms.GRAPH_MODE)
    config = TinyBertConfig(vocab_size=VOCAB_SIZE, hidden_act=args.hidden_act)
    network = TinyBertModel(config, return_all_encoders=args.all_encoders)

    def call(input_ids: np.ndarray, input_mask: np.ndarray, segment_ids: np.ndarray) -> list[np.ndarray]:
        sequence, pooled, _, *others = network(input_ids, input_mask, segment_ids)
        return [tensor.asnumpy() for tensor in (sequence, pooled, *(tensor for group in others for tensor in group))]

    return call


def torch(args: argparse.Namespace) -> Call:
    """The same network in PyTorch and transformers."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=VOCAB_SIZE,
        hidden_size=384,
        num_hidden_layers=4,
        num_attention_heads=12,
        intermediate_size=1536,
        hidden_act={"gelu": "gelu_pytorch_tanh", "gelu_erf": "gelu"}[args.hidden_act],
        output_hidden_states=args.all_encoders,
        output_attentions=args.all_encoders,
        # The default, sdpa, does not return attention maps.
        attn_implementation="eager" if args.all_encoders else "sdpa",
    )
    network = BertModel(config).eval()

    def call(input_ids: np.ndarray, input_mask: np.ndarray, segment_ids: np.ndarray) -> list[np.ndarray]:
        ids, mask, segments = (torch.from_numpy(array) for array in (input_ids, input_mask, segment_ids))
        with torch.inference_mode():
            out = network(input_ids=ids, attention_mask=mask, token_type_ids=segments)
        others = (*out.hidden_states, *out.attentions) if args.all_encoders else ()
        return [tensor.numpy() for tensor in (out.last_hidden_state, out.pooler_output, *others)]

    return call


NETWORKS = {"tinybert": (tinybert, ["mindspore"]), "torch": (torch, ["torch", "transformers"])}


def inputs(batch: int, length: int) -> list[np.ndarray]:
    """Return three (B, T) arrays with random ids; the last eighth of each row is padding, so masks are needed."""
    ids = np.random.default_rng(0).integers(0, VOCAB_SIZE, (batch, length), dtype=np.int64)
    mask = np.ones_like(ids)
    mask[:, length - length // 8 :] = 0
    return [ids, mask, np.zeros_like(ids)]


def measure(call: Call, arrays: list[np.ndarray], seconds: float) -> list[float]:
    """Return the milliseconds of each call over the given time, after a warm-up of a quarter of it."""
    first = call(*arrays)
    assert first[0].shape == (*arrays[0].shape, 384), first[0].shape
    _repeat(call, arrays, seconds / 4)
    return _repeat(call, arrays, seconds)


def _repeat(call: Call, arrays: list[np.ndarray], seconds: float) -> list[float]:
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < LEAST_CALLS:
        start = time.perf_counter()
        call(*arrays)
        times.append((time.perf_counter() - start) * 1000)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("batch", type=int)
    parser.add_argument("length", type=int)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--hidden-act", choices=["gelu", "gelu_erf"], default="gelu")
    parser.add_argument("--all-encoders", action="store_true")
    parser.add_argument("--pynative", action="store_true")
    args = parser.parse_args()

    build, packages = NETWORKS[args.network]
    times = measure(build(args), inputs(args.batch, args.length), args.seconds)
    result: dict[str, Any] = {
        "milliseconds": statistics.median(times),
        "calls": len(times),
        "memory": peak_memory(),
        "versions": {name: metadata.version(name) for name in [*packages, "numpy"]},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
