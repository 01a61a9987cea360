"""Compare embeddings with sentence-transformers: quality and speed. See README.md."""

from __future__ import annotations

import argparse
import statistics
from importlib import metadata
from pathlib import Path
from typing import Any

from data import DATA
from processes import require, run_worker
from report import RESULTS, circumstances, table, write_section
from weights import KEPT

SIDES = ("ours", "peer", "padded")
PADDED_LINES = 1500
"""Number of lines to measure padded batches, which all take the same time."""
TOLERANCE, TARGET_PEER, TARGET_PADDED = 0.001, 0.9, 3.0


def measure(layers: int, args: argparse.Namespace) -> dict[str, Any]:
    """Measure speed on all sides in rounds, and the correlations."""
    common = ["--layers", layers, "--data", args.data]
    rounds = []
    for _ in range(args.rounds):
        one = {}
        for side in SIDES:
            limit = min(PADDED_LINES, args.limit or PADDED_LINES) if side == "padded" else args.limit
            options = ["--limit", limit] if limit else []
            one[side] = run_worker("embed_worker.py", side, "speed", *common, *options)
        rounds.append(one)
    limit = ["--limit", args.limit] if args.limit else []
    spearman = {
        side: run_worker("embed_worker.py", side, "similarity", *common, *limit)["spearman"]
        for side in ("ours", "peer")
    }
    return {"rounds": rounds, "spearman": spearman}


def speed_row(layers: int, rounds: list[dict[str, Any]]) -> list[str]:
    speeds = {side: statistics.median(one[side]["speed"] for one in rounds) for side in SIDES}
    memory = {side: statistics.median(one[side]["memory"] for one in rounds) for side in ("ours", "peer")}
    ratios = [f"**{ratio(rounds, side):.2f}**" for side in ("peer", "padded")]
    spread = [one["ours"]["speed"] / one["peer"]["speed"] for one in rounds]
    return [
        str(layers),
        *(f"{speeds[side]:.0f}" for side in SIDES),
        *ratios,
        f"{min(spread):.2f} to {max(spread):.2f}",
        *(f"{memory[side]:.0f}" for side in memory),
    ]


def ratio(rounds: list[dict[str, Any]], side: str) -> float:
    """Return our speed relative to another side's, as the median of the rounds."""
    return statistics.median(one["ours"]["speed"] / one[side]["speed"] for one in rounds)


def section(results: dict[int, dict[str, Any]]) -> str:
    speeds = [speed_row(layers, result["rounds"]) for layers, result in results.items()]
    quality, verdicts = [], []
    for layers, result in results.items():
        own, peer = result["spearman"]["ours"], result["spearman"]["peer"]
        quality.append([str(layers), f"{own:.5f}", f"{peer:.5f}", f"{own - peer:+.5f}"])
        for reached, text in (
            (abs(own - peer) <= TOLERANCE, f"Spearman within {TOLERANCE} ({own - peer:+.5f})"),
            (ratio(result["rounds"], "peer") >= TARGET_PEER, f"at least {TARGET_PEER} of the peer's speed"),
            (ratio(result["rounds"], "padded") >= TARGET_PADDED, f"{TARGET_PADDED:.0f} times padding to 128"),
        ):
            verdicts.append(f"{layers} layers, {text}: {'reached' if reached else '**missed**'}")
    header = ["layers", "lines/s", "peer lines/s", "padded lines/s", "against peer", "against padded", "range"]
    others = max(one[side]["others"] for result in results.values() for one in result["rounds"] for side in SIDES)
    rounds = len(next(iter(results.values()))["rounds"])
    names = ("mindspore", "torch", "transformers", "sentence-transformers")
    return f"""\
## Embeddings

all-MiniLM-L6-v2, whole and cut to 4 layers. Speed: the lines of the dev part of SST-2, from strings to one array,
batches of 64, cut at 128 tokens; the peer is sentence-transformers, *padded* is our network with every row padded to
128. Medians of {rounds} rounds, each side in a process of its own; the range is that of the rounds'
ratios against the peer. Other programs took at most {others:.0%} of the machine.

{table([*header, "MiB", "peer MiB"], speeds)}

Quality: Spearman correlation of cosine similarity and score on the dev part of STS-B, without training.

{table(["layers", "ours", "peer", "difference"], quality)}

- Targets: {"; ".join(verdicts)}.

{circumstances({name: metadata.version(name) for name in names})}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--layers", nargs="+", type=int, choices=sorted(KEPT), default=sorted(KEPT), help="depths (4 6)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="processes of each side (3)")
    parser.add_argument("--limit", type=int, help="lines and pairs (all)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets (data in $TINYBERT_SHARED)")
    parser.add_argument("--quick", action="store_true", help="one round of 1000 lines; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.limit = 1, 1000
    require(["mindspore", "torch", "sentence_transformers"])
    text = section({layers: measure(layers, args) for layers in args.layers})
    print(text)
    if not args.quick:
        write_section(args.output, "embed", text)


if __name__ == "__main__":
    main()
