"""Measure the seconds until a cached hub module answers: import, verified load, first output. See README.md."""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from processes import peak_memory, require, run_worker
from report import RESULTS, circumstances, table, write_section

TARGET_SECONDS = 1.0
"""Maximum time of load and verification after the import."""
ASSET = Path("mindspore/ascend/1.0/tinybert.ckpt")
STEPS = {
    "import": "import of the package and MindSpore",
    "load": "load: read, SHA-256, parse, build the network, bind",
    "first": "first output (1x128), with the compilation of the graph",
    "second": "second output (1x128)",
}


def load_network(path: Path, sha256: str) -> Any:
    """Build a network with the values of a verified checkpoint."""
    from mindspore.nn.utils import no_init_parameters

    from tinybert import TinyBertModel
    from tinybert.checkpoint import parse_checkpoint
    from tinybert.weights import bind

    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SystemExit(f"{path} is not the file that this benchmark wrote")
    checkpoint = parse_checkpoint(data, "ckpt", str(path))
    with no_init_parameters():
        network = TinyBertModel(checkpoint.config)
    bind(network, checkpoint)
    return network


def worker(path: Path, sha256: str) -> dict[str, Any]:
    """Time each step once, in this process."""
    marks = [time.perf_counter()]
    import tinybert.weights  # noqa: F401 -- the import itself is timed

    marks.append(time.perf_counter())
    network = load_network(path, sha256)
    marks.append(time.perf_counter())
    import numpy as np

    ids = np.ones((1, 128), np.int32)
    for _ in ("first", "second"):
        network(ids, ids, np.zeros_like(ids))[0].asnumpy()
        marks.append(time.perf_counter())
    durations = [end - start for start, end in itertools.pairwise(marks)]
    return {**dict(zip(STEPS, durations, strict=True)), "memory": peak_memory()}


def write_asset(path: Path) -> str:
    """Write an untrained network of the published configuration, and return the file's SHA-256."""
    from tinybert import TinyBertConfig, TinyBertModel
    from tinybert.checkpoint import save_checkpoint
    from tinybert.weights import checkpoint_of

    save_checkpoint(checkpoint_of(TinyBertModel(TinyBertConfig())), path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def section(results: Sequence[dict[str, Any]], size: int) -> str:
    rows = [
        [text, *(f"{function(one[step] for one in results):.2f}" for function in (statistics.median, min, max))]
        for step, text in STEPS.items()
    ]
    load = statistics.median(one["load"] for one in results)
    reached = "reached" if load < TARGET_SECONDS else "**missed**"
    versions = {name: metadata.version(name) for name in ("mindspore", "numpy")}
    return f"""\
## Load

Seconds of each step in a fresh process ({len(results)} of them), with a checkpoint of {size / 2**20:.0f} MiB in the
hub's cache layout, which the operating system holds in memory.

{table(["step", "median s", "least s", "most s"], rows)}

- Load and verification after the import below {TARGET_SECONDS:.0f} s, the target: {reached} ({load:.2f} s).
- Peak memory {statistics.median(one["memory"] for one in results):.0f} MiB. Other programs took at most
  {max(one["others"] for one in results):.0%} of the machine.

{circumstances(versions)}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="processes (7)")
    parser.add_argument("--quick", action="store_true", help="one process; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    parser.add_argument("--worker", nargs=2, metavar=("PATH", "SHA256"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        print(json.dumps(worker(Path(args.worker[0]), args.worker[1])))
        return

    require(["mindspore"])
    with tempfile.TemporaryDirectory() as cache:
        path = Path(cache) / ASSET
        sha256 = write_asset(path)
        rounds = 1 if args.quick else args.rounds
        results = [run_worker("load.py", "--worker", path, sha256) for _ in range(rounds)]
        text = section(results, path.stat().st_size)
    print(text)
    if not args.quick:
        write_section(args.output, "load", text)


if __name__ == "__main__":
    main()
