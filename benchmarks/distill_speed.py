"""Compare the speed of a distillation step with PyTorch. See README.md."""

from __future__ import annotations

import argparse
import statistics
from importlib import metadata
from pathlib import Path
from typing import Any

from processes import require, run_worker
from report import RESULTS, circumstances, table, write_section

SIDES = ("ours", "peer")

Round = dict[str, dict[str, Any]]


def ratios(rounds: list[Round]) -> list[float]:
    """Return the peer's milliseconds over ours, in each round."""
    return [one["peer"]["ms"] / one["ours"]["ms"] for one in rounds]


def section(rounds: list[Round], rows: int, length: int) -> str:
    ms, memory = ([statistics.median(one[side][key] for one in rounds) for side in SIDES] for key in ("ms", "memory"))
    found = ratios(rounds)
    others = max(one[side]["others"] for one in rounds for side in SIDES)
    cells = [
        f"{rows}x{length}",
        *(f"{value:.0f}" for value in ms),
        f"**{statistics.median(found):.2f}**",
        f"{min(found):.2f} to {max(found):.2f}",
        *(f"{value:.0f}" for value in memory),
    ]
    header = ["batch", "ms", "peer ms", "against peer", "its range", "MiB", "peer MiB"]
    first = [rounds[0][side]["first_loss"] for side in SIDES]
    return f"""\
## A distillation step

Six layers of all-MiniLM-L6-v2 teach four of them: embeddings, hidden states and attention scores of all layers and the
directions of the texts' vectors, with AdamW and clipping, without dropout. Ours is the graph that `tinybert distill`
runs; the peer does the same in PyTorch, on transformers' modules. The first loss is {first[0]:.5f} and {first[1]:.5f}.
Medians of {len(rounds)} rounds, each side in a process of its own. Other programs took at most {others:.0%} of the
machine.

{table(header, [cells])}

{circumstances({name: metadata.version(name) for name in ("mindspore", "torch", "transformers")})}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=8, help="rows of a batch (8)")
    parser.add_argument("--length", type=int, default=128, help="tokens of a row (128)")
    parser.add_argument("--rounds", type=int, default=3, help="processes of each side (3)")
    parser.add_argument("--quick", action="store_true", help="one round; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    require(["mindspore", "torch", "transformers"])
    options = ["--rows", args.rows, "--length", args.length]
    rounds = [
        {side: run_worker("distill_speed_worker.py", side, *options) for side in SIDES}
        for _ in range(1 if args.quick else args.rounds)
    ]
    text = section(rounds, args.rows, args.length)
    print(text)
    if not args.quick:
        write_section(args.output, "distill-speed", text)


if __name__ == "__main__":
    main()
