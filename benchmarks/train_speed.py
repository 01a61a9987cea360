"""Compare the speed of fine-tuning with PyTorch and transformers. See README.md."""

from __future__ import annotations

import argparse
import statistics
from importlib import metadata
from pathlib import Path
from typing import Any

from data import DATA
from processes import require, run_worker
from recipes import RECIPES
from report import RESULTS, circumstances, table, write_section
from weights import KEPT

SIDES = ("ours", "peer")
TARGET = 0.9

Round = dict[str, dict[str, Any]]


def ratio(rounds: list[Round]) -> float:
    """Return our speed relative to the peer's, as the median of the rounds."""
    return statistics.median(one["ours"]["speed"] / one["peer"]["speed"] for one in rounds)


def row(layers: int, rounds: list[Round]) -> list[str]:
    speeds, memory = (
        [statistics.median(one[side][key] for one in rounds) for side in SIDES] for key in ("speed", "memory")
    )
    ratios = [one["ours"]["speed"] / one["peer"]["speed"] for one in rounds]
    return [
        str(layers),
        *(f"{value:.1f}" for value in speeds),
        f"**{ratio(rounds):.2f}**",
        f"{min(ratios):.2f} to {max(ratios):.2f}",
        *(f"{value:.0f}" for value in memory),
    ]


def section(results: dict[int, list[Round]], steps: int) -> str:
    verdicts = [
        f"{layers} layers {'reached' if ratio(rounds) >= TARGET else '**missed**'} ({ratio(rounds):.2f})"
        for layers, rounds in results.items()
    ]
    others = max(one[side]["others"] for rounds in results.values() for one in rounds for side in SIDES)
    batch = RECIPES["sst2"].settings["batch_size"]
    rounds = len(next(iter(results.values())))
    header = ["layers", "sentences/s", "peer sentences/s", "against peer", "its range", "MiB", "peer MiB"]
    return f"""\
## Fine-tuning: speed

Sentences a second of {steps} steps on SST-2, batches of {batch}, after 30 steps: the same rows in the same batches,
padded to the longest of each, on both sides. Ours is `tinybert.finetune`, the peer
`BertForSequenceClassification` with fused AdamW and clipping in a loop of its own. Medians of {rounds} rounds, each
side in a process of its own. Other programs took at most {others:.0%} of the machine.

{table(header, [row(layers, rounds) for layers, rounds in results.items()])}

- At least {TARGET} of the peer's speed, the target: {"; ".join(verdicts)}.

{circumstances({name: metadata.version(name) for name in ("mindspore", "torch", "transformers")})}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", nargs="+", type=int, choices=KEPT, default=sorted(KEPT), help="depths (4 6)")
    parser.add_argument("--rounds", type=int, default=3, help="processes of each side (3)")
    parser.add_argument("--steps", type=int, default=150, help="steps of each (150)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets (data in $TINYBERT_SHARED)")
    parser.add_argument("--quick", action="store_true", help="one round of 60 steps; prints and writes no report")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the report (benchmarks/RESULTS.md)")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.steps = 1, 60
    require(["mindspore", "torch", "transformers"])
    results = {}
    for layers in args.layers:
        options = ["--layers", layers, "--steps", args.steps, "--data", args.data]
        results[layers] = [
            {side: run_worker("train_speed_worker.py", side, *options) for side in SIDES} for _ in range(args.rounds)
        ]
    text = section(results, args.steps)
    print(text)
    if not args.quick:
        write_section(args.output, "train-speed", text)


if __name__ == "__main__":
    main()
